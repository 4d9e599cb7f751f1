/// How answers compare with what was expected.
public struct LabelScore: Equatable, Sendable {
  /// What is counted of one label, or of all.
  public struct Count: Equatable, Sendable {
    /// How many were expected, how many were found, and how many of them are both.
    public var (expected, found, correct) = (0, 0, 0)
    /// The share of what was found that was expected; 0 where nothing was found.
    public var precision: Double { found == 0 ? 0 : Double(correct) / Double(found) }
    /// The share of what was expected that was found; 0 where nothing was expected.
    public var recall: Double { expected == 0 ? 0 : Double(correct) / Double(expected) }
    /// 2 correct / (expected + found), the harmonic mean of both.
    public var f1: Double { expected + found == 0 ? 0 : 2 * Double(correct) / Double(expected + found) }
  }

  /// A row for each label, in the order of their names, and one for all.
  public private(set) var rows: [(name: String, count: Count)] = []
  /// How many inputs there are.
  public let count: Int
  /// The share of inputs with the right label; nil for spans.
  public private(set) var accuracy: Double?
  /// Whether spans were counted.
  public let isOfSpans: Bool

  /// Compares.
  public init(of answers: [LabelAnswer], expected: [LabelledData.Expectation]) {
    var counts: [String: Count] = [:]
    var total = Count()
    count = answers.count
    isOfSpans = expected.contains { if case .spans = $0 { true } else { false } }
    func add(_ label: String, _ change: (inout Count) -> Void) {
      change(&counts[label, default: Count()])
      change(&total)
    }
    for (answer, expectation) in zip(answers, expected) {
      switch expectation {
      case .label(let label):
        add(label) { $0.expected += 1 }
        for found in answer.labels ?? [answer.label].compactMap(\.self) { add(found) { $0.found += 1 } }
        if (answer.labels ?? [answer.label].compactMap(\.self)).contains(label) { add(label) { $0.correct += 1 } }
      case .spans(let spans):
        let found = Set(
          (answer.spans ?? []).map { LabelledData.SpanKey(start: $0.start, end: $0.end, label: $0.label ?? "") })
        for span in spans { add(span.label) { $0.expected += 1 } }
        for span in found { add(span.label) { $0.found += 1 } }
        for span in found.intersection(spans) { add(span.label) { $0.correct += 1 } }
      }
    }
    rows = counts.sorted { $0.key < $1.key }.map { ($0.key.isEmpty ? "words" : $0.key, $0.value) }
    if rows.count > 1 { rows.append(("all", total)) }
    accuracy = isOfSpans || count == 0 ? nil : Double(total.correct) / Double(count)
  }

  /// Whether both count the same.
  public static func == (one: LabelScore, other: LabelScore) -> Bool {
    one.count == other.count && one.accuracy == other.accuracy && one.rows.map(\.name) == other.rows.map(\.name)
      && one.rows.map(\.count) == other.rows.map(\.count)
  }
}
