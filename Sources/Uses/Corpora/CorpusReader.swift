import Bytes

/// The texts of a file or of standard input, one after the other, in memory for one record at a time.
public struct CorpusReader: ~Copyable {
  /// Where the texts of records are.
  public enum Form: Hashable, Sendable {
    /// Each line is a text.
    case lines
    /// A column of a table, or a member of JSON lines; the form of the table is seen where it is nil.
    case column(Column, of: TableForm?)
  }

  private var records: RecordReader
  private let selection: Selection
  private var running = RunningDigest()

  /// Reads a corpus; a column's heading is read at once.
  ///
  /// - Throws: `Problem` as ``LineReader`` and ``Selection`` do.
  public static func reading(_ lines: LineReader, form: Form) throws -> CorpusReader {
    let column: Column
    let table: TableForm?
    switch form {
    case .lines: (column, table) = (.place(1), .lines)
    case .column(let wanted, let given): (column, table) = (wanted, given)
    }
    var selection = Selection([column])
    var records = try RecordReader(lines, form: table)
    if selection.hasHeading(in: records.form) { try selection.readHeading(records.next(), of: records.file) }
    return CorpusReader(records, selection)
  }

  private init(_ records: consuming RecordReader, _ selection: Selection) {
    self.records = records
    self.selection = selection
  }

  /// The name that problems show.
  public var file: String { records.file }
  /// How many bytes have been taken.
  public var position: Int { records.position }
  /// The size of the file; nil where it has none.
  public var byteCount: Int? { records.byteCount }

  /// The digest of the texts that have been taken, each followed by a line feed.
  public var digest: Digest { running.digest }

  /// Takes the next text; nil at the end.
  ///
  /// - Throws: `Problem`, with the line, for what is no text in UTF-8, breaks the table's form, or lacks the column.
  public mutating func next() throws -> CorpusText? {
    guard let record = try records.next() else { return nil }
    var text = try selection.fields(of: record, in: file)[0]
    text.withUTF8 { running.update(UnsafeRawBufferPointer($0)) }
    withUnsafeBytes(of: UInt8(ascii: "\n")) { running.update($0) }
    return CorpusText(text: text, line: record.line, object: record.object)
  }
}
