/// How the lines of a file hold fields.
public enum TableForm: String, CaseIterable, Sendable {
  /// Each line is one field.
  case lines
  /// Fields between tabs; nothing is quoted.
  case tsv
  /// Fields between commas, in quotation marks where need be (RFC 4180).
  case csv
  /// A JSON object on each line, whose members are the fields.
  case jsonl

  /// The form that a file's name and first line show: tabs count more than the ending `.csv`, which files with tabs bear as well.
  public init?(ofFileNamed name: String, beginningWith line: String) {
    let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    if ["jsonl", "ndjson", "json"].contains(ending) {
      self = .jsonl
    } else if line.utf8.contains(UInt8(ascii: "\t")) {
      self = .tsv
    } else if ending == "csv" {
      self = .csv
    } else {
      return nil
    }
  }
}
