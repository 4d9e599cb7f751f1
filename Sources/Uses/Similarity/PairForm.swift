import Corpora

/// How a file holds pairs of texts with scores.
public enum PairForm: Hashable, Sendable {
  /// Two texts and a label between tabs, without a heading: the five tasks of the whitening post.
  ///
  /// The rule is that of `load_data` (bojone/BERT-whitening, `chn/utils.py`): white space is taken off both ends of the line, and a line
  /// that then has not exactly three fields is passed over. Every such line is told here (``PairFile/skipped``).
  case task
  /// The STS benchmark: genre, file, year, id, score and two texts between tabs, without a heading; sources may follow.
  case stsBenchmark
  /// Any table, of which these columns hold the first text, the second text and the score.
  case table(TableForm?, [Column])

  /// The members of JSON lines that hold a pair where nobody says otherwise: those of CLUE.
  static let memberNames = [["sentence1", "sentence2", "score"], ["sentence1", "sentence2", "label"]]

  /// The form that a file's name and its first line show: STS benchmark by seven fields of which the fifth is a number, JSON lines by
  /// the members of CLUE, commas by three columns; else a task.
  static func form(ofFileNamed name: String, beginningWith line: String) -> PairForm {
    switch TableForm(ofFileNamed: name, beginningWith: line) {
    case .jsonl:
      let names = memberNames.first { names in names.allSatisfy { line.contains("\"\($0)\"") } } ?? memberNames[0]
      return .table(.jsonl, names.map(Column.name))
    case .csv: return .table(.csv, [.place(1), .place(2), .place(3)])
    case .tsv, .lines, nil:
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return fields.count >= 7 && Score.number(in: fields[4]) != nil ? .stsBenchmark : .task
    }
  }
}
