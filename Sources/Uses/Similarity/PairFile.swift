import Bytes
import Corpora

/// The pairs of a file.
public struct PairFile: Sendable {
  /// A line that was passed over, as the form's rule is.
  public struct SkippedLine: Hashable, Sendable {
    /// The line, from 1 on.
    public let line: Int
    /// How many fields it has.
    public let fields: Int
  }

  /// The file's path.
  public let path: String
  /// The pairs in the file's order; at least one.
  public let pairs: [SentencePair]
  /// The lines that were passed over.
  public let skipped: [SkippedLine]

  /// Reads a file.
  ///
  /// - Parameter form: How it holds pairs; nil to see it.
  /// - Throws: `Problem`, with the line: of kind *damaged* for a label that is no number, a text that is empty, and what the form does not
  ///   allow; *mismatched* for fields that are missing, and for a file without a pair; what reading throws.
  public init(reading path: String, form: PairForm? = nil) throws {
    var skipped: [SkippedLine] = []
    var pairs: [SentencePair] = []
    var reading = try PairReading.opening(path, form: form)
    while let record = try reading.next() {
      switch record {
      case .pair(let pair): pairs.append(pair)
      case .skipped(let line): skipped.append(line)
      }
    }
    guard !pairs.isEmpty else {
      throw Problem(
        .mismatched, file: path, object: skipped.first.map { "line \($0.line)" },
        found: skipped.first.map { "\($0.fields) \($0.fields == 1 ? "field" : "fields")" } ?? "no pair",
        expected: "two texts and a score between tabs",
        advice: skipped.isEmpty
          ? nil : "Name the columns of another table: --columns sentence1,sentence2,score, or --columns 1,2,3")
    }
    self.path = path
    self.pairs = pairs
    self.skipped = skipped
  }
}

/// The records of a file of pairs on their way.
private struct PairReading: ~Copyable {
  enum Outcome {
    case pair(SentencePair)
    case skipped(PairFile.SkippedLine)
  }

  private var records: RecordReader
  private let form: PairForm
  private var selection: Selection

  static func opening(_ path: String, form: PairForm?) throws -> PairReading {
    let form = try form ?? seenForm(of: path)
    let selection: Selection
    switch form {
    case .task: selection = Selection([.place(1), .place(2), .place(3)])
    case .stsBenchmark: selection = Selection([.place(6), .place(7), .place(5)])
    case .table(_, let columns): selection = Selection(columns)
    }
    let table: TableForm? = if case .table(let table, _) = form { table } else { .tsv }
    var reading = PairReading(try RecordReader(LineReader(opening: path), form: table), form, selection)
    if selection.hasHeading(in: reading.records.form) {
      try reading.selection.readHeading(reading.records.next(), of: path)
    }
    return reading
  }

  private init(_ records: consuming RecordReader, _ form: PairForm, _ selection: Selection) {
    self.records = records
    self.form = form
    self.selection = selection
  }

  private static func seenForm(of path: String) throws -> PairForm {
    let lines = try LineReader(opening: path)
    return PairForm.form(ofFileNamed: path, beginningWith: try lines.next() ?? "")
  }

  mutating func next() throws -> Outcome? {
    guard let record = try records.next() else { return nil }
    let file = records.file
    func damaged(_ found: String, _ expected: String, advice: String? = nil) -> Problem {
      Problem(
        .damaged, file: file, object: "line \(record.line)", found: found, expected: expected, advice: advice)
    }
    guard !record.text.contains("\r") || form != .task else {
      throw damaged("a carriage return within the line", "one line for each pair")
    }
    let fields: [String]
    if form == .task {
      fields = PythonText.stripped(record.text).split(separator: "\t", omittingEmptySubsequences: false).map(
        String.init)
      guard fields.count == 3 else { return .skipped(PairFile.SkippedLine(line: record.line, fields: fields.count)) }
    } else {
      fields = try selection.fields(of: record, in: file)
    }
    guard let score = Score.number(in: fields[2]) else {
      let advice =
        record.line == 1 && records.form != .jsonl
        ? "Name the columns where the first line is a heading: --columns" : nil
      throw damaged("the label \"\(fields[2].prefix(80))\"", "a number", advice: advice)
    }
    for (text, place) in zip(fields, ["first", "second"]) where PythonText.stripped(text).isEmpty {
      throw damaged("an empty \(place) text", "a text")
    }
    return .pair(SentencePair(first: fields[0], second: fields[1], score: score, line: record.line))
  }
}
