import Bytes
import ModelFiles
import Tasks

/// What a head says of the texts of a reference, held against the recorded answers, exactly.
public struct AnswerComparison: Sendable {
  /// An answer that differs.
  public struct Difference: Equatable, Sendable {
    /// The batch and the row.
    public let batch, row: Int
    /// The text, or the two.
    public let text: Reference.Batch.Text
    /// What was recorded, and what Ingot says.
    public let recorded, computed: String
  }

  /// How many answers were compared.
  public let count: Int
  /// How many differ.
  public let differing: Int
  /// The first that differs; nil when all agree.
  public let difference: Difference?
  /// How many are one of several that are as good within rounding, and therefore need not agree.
  public let ties: Int
  /// What would make all of them agree; nil where nothing is known that does.
  public private(set) var diagnosis: String?

  /// Whether every answer is the recorded one.
  public var agrees: Bool { difference == nil }

  /// Compares all answers of a reference.
  ///
  /// - Returns: Nil when the reference holds none.
  /// - Throws: `Problem` as reading the reference and answering do; of kind *mismatched* when answers are recorded without texts.
  public init?(of file: ModelFile, with reference: Reference, threads: Int? = nil) throws {
    guard reference.batches.contains(where: { $0.points[Reference.Batch.answersName] != nil }) else { return nil }
    let labeller = try Labeller(Session(file, tokenizer: .init(of: file), threads: threads))
    let rows = try AnswerComparison.rows(of: reference)
    let pairs = try AnswerComparison.pairs(rows, by: labeller)
    let differing = pairs.filter { !$0.agrees && !$0.isTie }
    count = rows.count
    self.differing = differing.count
    ties = pairs.count { $0.isTie }
    difference = differing.first.map { pair in
      let (recorded, computed) = pair.words
      return Difference(
        batch: pair.row.batch, row: pair.row.row, text: pair.row.text, recorded: recorded, computed: computed)
    }
    guard !differing.isEmpty else { return }
    diagnosis = try AnswerComparison.diagnosis(of: pairs, rows, labeller)
  }

  /// One recorded answer.
  private struct Row {
    let batch, row: Int
    let text: Reference.Batch.Text
    let answer: Reference.Batch.Answer
    var texts: [String] { [text.first] + (text.second.map { [$0] } ?? []) }
  }

  private static func rows(of reference: Reference) throws -> [Row] {
    var rows: [Row] = []
    for (number, batch) in reference.batches.enumerated() {
      guard let answers = try batch.answers(number: number, of: reference.file) else { continue }
      guard let texts = try batch.texts(number: number, of: reference.file) else {
        throw Reference.mismatch(
          reference.file, "\(number)/point/\(Reference.Batch.answersName)", found: "answers without texts",
          expected: "\(number)/input/text beside them")
      }
      rows += zip(texts, answers).enumerated().map { Row(batch: number, row: $0, text: $1.0, answer: $1.1) }
    }
    return rows
  }

  /// A recorded answer and Ingot's.
  private struct Pair {
    let row: Row
    let computed: LabelAnswer
    var isTie: Bool { computed.isTie }

    var recordedSpans: [Reference.Batch.Span] { (row.answer.spans ?? []).sorted() }
    var computedSpans: [Reference.Batch.Span] {
      (computed.spans ?? []).map { Reference.Batch.Span(start: $0.start, end: $0.end, label: $0.label ?? "") }.sorted()
    }

    var agrees: Bool {
      (row.answer.label == nil || row.answer.label == computed.label)
        && (row.answer.tokenLabels == nil || row.answer.tokenLabels == computed.tokenLabels)
        && (row.answer.spans == nil || recordedSpans == computedSpans)
    }

    /// Both sides, as far as they differ.
    var words: (String, String) {
      if let label = row.answer.label, label != computed.label { return (label, computed.label ?? "no label") }
      if let recorded = row.answer.tokenLabels, recorded != computed.tokenLabels {
        let own = computed.tokenLabels ?? []
        let place = zip(recorded, own).enumerated().first { $1.0 != $1.1 }?.offset ?? min(recorded.count, own.count)
        func word(_ labels: [String]) -> String { labels.indices.contains(place) ? labels[place] : "none" }
        return ("\(word(recorded)) of token \(place)", word(own))
      }
      let (one, other) = (Set(recordedSpans), Set(computedSpans))
      func list(_ spans: Set<Reference.Batch.Span>) -> String {
        spans.isEmpty ? "nothing else" : spans.sorted().prefix(3).map(\.description).joined(separator: ", ")
      }
      return (list(one.subtracting(other)), list(other.subtracting(one)))
    }
  }

  private static func pairs(_ rows: [Row], by labeller: Labeller) throws -> [Pair] {
    let answers = try labeller.answers(to: rows.map(\.texts), truncating: true) { "text \($0 + 1) of the reference" }
    return zip(rows, answers).map { Pair(row: $0, computed: $1) }
  }
}

// What else people make of the same scores.

extension AnswerComparison {
  /// The one change, of those that are known, with which all answers agree.
  private static func diagnosis(of pairs: [Pair], _ rows: [Row], _ labeller: Labeller) throws -> String? {
    if let labels = renaming(pairs) { return labels }
    if let shift = shift(pairs) { return shift }
    if let mask = diagonal(pairs) { return mask }
    guard let transitions = labeller.head.transitions else { return nil }
    func agree(_ other: Labeller) throws -> Bool {
      try self.pairs(rows, by: other).allSatisfy { $0.agrees || $0.isTie }
    }
    if try agree(labeller.changingTransitions(isTransposed: true)) {
      return
        "with the scores of steps transposed all answers are the recorded ones: they go from label to label, and not back"
    }
    for multiplier in [1.0, 2, 3, 4, 5, 10, 20, 50, 100, 500, 1000] where multiplier != transitions.multiplier {
      if try agree(labeller.changingTransitions(multiplier: multiplier)) {
        return
          "with lr_multiplier=\(Int(multiplier)) all answers are the recorded ones: convert again and say it with --head"
      }
    }
    return nil
  }

  /// Whether labels are called otherwise, each always in the same way.
  private static func renaming(_ pairs: [Pair]) -> String? {
    var names: [String: String] = [:]
    var known: Set<String> = []
    for pair in pairs {
      let recorded =
        pair.row.answer.label.map { [$0] } ?? pair.row.answer.tokenLabels ?? pair.recordedSpans.map(\.label)
      let computed =
        pair.row.answer.label != nil
        ? [pair.computed.label ?? ""]
        : pair.row.answer.tokenLabels != nil ? pair.computed.tokenLabels ?? [] : pair.computedSpans.map(\.label)
      guard recorded.count == computed.count else { return nil }
      for (one, other) in zip(computed, recorded) {
        guard names[one, default: other] == other else { return nil }
        names[one] = other
        known.insert(other)
      }
    }
    guard known.count == names.count else { return nil }
    let changed = names.filter { $0.key != $0.value }.sorted { $0.key < $1.key }
    guard !changed.isEmpty else { return nil }
    return "labels stand in another order: what is called "
      + changed.prefix(4).map { "\($0.key) is \($0.value)" }.joined(separator: ", ") + "; convert again with --labels"
  }

  /// Whether spans of one token are left out.
  private static func diagonal(_ pairs: [Pair]) -> String? {
    let isSo = pairs.allSatisfy { pair in
      var computed = pair.computed
      computed.keepSpans { $0.tokenCount > 1 }
      return Pair(row: pair.row, computed: computed).agrees
    }
    return isSo
      ? "recorded answers have no span of one token: their mask hides the first of each row too, and is off by one"
      : nil
  }

  /// Whether spans begin or end one further on.
  private static func shift(_ pairs: [Pair]) -> String? {
    let shifts = [(0, -1), (0, 1), (-1, -1), (1, 1), (-1, 0), (1, 0)]
    for (start, end) in shifts {
      let isSo = pairs.allSatisfy { pair in
        pair.computedSpans.map {
          Reference.Batch.Span(start: $0.start + start, end: $0.end + end, label: $0.label)
        }.sorted() == pair.recordedSpans
      }
      guard isSo else { continue }
      let parts = [(start, "begin"), (end, "end")].filter { $0.0 != 0 }.map {
        "\($0.1) one \($0.0 < 0 ? "before" : "behind")"
      }
      return "recorded spans \(parts.joined(separator: " and ")) Ingot's: "
        + (start == 0 && end == -1
          ? "their last character counts, and here the end is excluded" : "they are off by one")
    }
    return nil
  }
}
