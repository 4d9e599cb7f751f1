import Bytes
import Heads

/// Texts and what a head should say of them.
public struct LabelledData: Sendable {
  /// What should be said of one input.
  public enum Expectation: Equatable, Sendable {
    /// This label.
    case label(String)
    /// These spans, each by its ends in Unicode scalars and its label.
    case spans(Set<SpanKey>)
  }

  /// What tells one span from another.
  public struct SpanKey: Hashable, Sendable {
    /// Where it begins and ends.
    public let start, end: Int
    /// Its label; empty where there is one kind alone.
    public let label: String

    /// Joins ends and a label.
    public init(start: Int, end: Int, label: String) { (self.start, self.end, self.label) = (start, end, label) }
  }

  /// The texts of each input.
  public private(set) var inputs: [[String]] = []
  /// For each what should be said.
  public private(set) var expected: [Expectation] = []

  /// Reads a file: for labels of texts a line each, the label last behind a tab (bert4keras' `task_sentence_similarity_lcqmc.py:26-36`);
  /// for labels of tokens a character and its label a line, with a space between, and an empty line between texts
  /// (`task_sequence_labeling_ner_crf.py:28-47`).
  ///
  /// - Throws: `Problem` of kind *damaged* when the file is not UTF-8, *mismatched* for a line of another form, a label that is none of the
  ///   head's, a file without a text, or a head of which such files say nothing.
  public init(reading file: ByteView, for head: HeadSettings) throws {
    guard let text = String(validating: file.array(), as: UTF8.self) else {
      throw Problem(.damaged, file: file.file, found: "bytes that are not UTF-8", expected: "texts with their labels")
    }
    // By bytes: to a Character, a carriage return and a line feed are one.
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      Substring($0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0)
    }
    switch head.kind {
    case .sequence: try readTexts(lines, head, file.file)
    case .token, .crf, .memm: try readTokens(lines, head, file.file)
    case .choice, .span, .globalPointer, .efficientGlobalPointer:
      throw Problem(
        .unsupported, file: file.file, found: "--data for a head of the kind \(head.kind.rawValue)",
        expected: "labels of texts or of tokens", advice: "Take --json and compare its answers")
    }
    guard !inputs.isEmpty else {
      throw Problem(.mismatched, file: file.file, found: "no line", expected: "texts with their labels")
    }
  }

  private mutating func readTexts(_ lines: [Substring], _ head: HeadSettings, _ file: String) throws {
    for (number, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard (2...3).contains(fields.count) else {
        throw mismatch(
          file, number, "\(fields.count) \(fields.count == 1 ? "column" : "columns")", "one or two texts and a label")
      }
      try check(fields[fields.count - 1], head, file, number)
      inputs.append(Array(fields.dropLast()))
      expected.append(.label(fields[fields.count - 1]))
    }
  }

  private mutating func readTokens(_ lines: [Substring], _ head: HeadSettings, _ file: String) throws {
    var (text, labels): (String, [String]) = ("", [])
    func finish(_ data: inout LabelledData) {
      guard !labels.isEmpty else { return }
      let spans = (head.grouping ?? .tokens).spans(of: labels, isSpecial: labels.map { _ in false })
      data.inputs.append([text])
      data.expected.append(
        .spans(
          Set(spans.map { SpanKey(start: $0.tokens.lowerBound, end: $0.tokens.upperBound + 1, label: $0.label ?? "") }))
      )
      (text, labels) = ("", [])
    }
    for (number, line) in lines.enumerated() {
      if line.allSatisfy(\.isWhitespace) {
        finish(&self)
        continue
      }
      let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
      guard fields.count == 2, fields[0].unicodeScalars.count == 1 else {
        throw mismatch(file, number, "\"\(line.prefix(40))\"", "one character, a space and its label")
      }
      try check(fields[1], head, file, number)
      text += fields[0]
      labels.append(fields[1])
    }
    finish(&self)
  }

  private func check(_ label: String, _ head: HeadSettings, _ file: String, _ number: Int) throws {
    guard let labels = head.labels, !labels.contains(label) else { return }
    throw mismatch(file, number, "the label \"\(label)\"", "one of \(labels.joined(separator: ", "))")
  }

  private func mismatch(_ file: String, _ number: Int, _ found: String, _ expected: String) -> Problem {
    Problem(.mismatched, file: file, object: "line \(number + 1)", found: found, expected: expected)
  }
}
