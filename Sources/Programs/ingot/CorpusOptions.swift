import ArgumentParser
import Bytes
import Corpora

/// The arguments that say where the texts of a corpus are.
struct CorpusOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The column of a table that has the text: a name, or a number from 1 on. Without it, each line is a text.",
      valueName: "column"))
  var column: String?

  @Option(
    help: ArgumentHelp(
      "What the table is: tsv, csv or jsonl; by default as the file's name and its first line show.", valueName: "form")
  )
  var table: TableForm?

  func validate() throws {
    guard table == nil || column != nil else {
      throw ValidationError("--table needs --column, which says where the text is.")
    }
  }

  /// Opens a corpus.
  ///
  /// - Parameter path: The file; nil or - for standard input.
  func open(_ path: String?) throws -> CorpusReader {
    let form = column.map { CorpusReader.Form.column(Column($0), of: table) } ?? .lines
    guard let path, path != "-" else { return try CorpusReader.reading(LineReader.standardInput(), form: form) }
    return try CorpusReader.reading(LineReader(opening: path), form: form)
  }
}

extension TableForm: ExpressibleByArgument {}
