import Bytes
import JSON

/// The records of a table, one after the other.
public struct RecordReader: ~Copyable {
  /// How lines hold fields.
  public let form: TableForm
  private let lines: LineReader
  // A line that was taken to see the form, and comes again.
  private var waiting: String?

  /// Reads a file whose form is known, or shows in its name and its first line; tabs are taken where nothing shows.
  ///
  /// - Parameter form: The form; nil to see it.
  /// - Throws: `Problem` as ``LineReader`` does.
  public init(_ lines: LineReader, form: TableForm? = nil) throws {
    let file = lines.file
    waiting = try lines.next()
    self.form = form ?? TableForm(ofFileNamed: file, beginningWith: waiting ?? "") ?? .tsv
    self.lines = lines
  }

  /// The name that problems show.
  public var file: String { lines.file }
  /// How many bytes have been taken.
  public var position: Int { lines.position }
  /// The size of the file; nil where it has none.
  public var byteCount: Int? { lines.byteCount }

  /// Takes the next record; nil at the end.
  ///
  /// Lines with nothing but white space are passed over in JSON and between commas.
  ///
  /// - Throws: `Problem` of kind *damaged*, with the line, for one that the form does not allow; what reading throws.
  public mutating func next() throws -> Record? {
    while let line = try nextLine() {
      let number = lines.number
      switch form {
      case .lines: return Record(line: number, fields: [line], object: nil, text: line)
      case .tsv:
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        return Record(line: number, fields: fields, object: nil, text: line)
      case .csv:
        guard !line.allSatisfy(\.isWhitespace) else { continue }
        return try commaRecord(line, from: number)
      case .jsonl:
        guard !line.allSatisfy(\.isWhitespace) else { continue }
        return try jsonRecord(line, at: number)
      }
    }
    return nil
  }

  private mutating func nextLine() throws -> String? {
    if let line = waiting {
      waiting = nil
      return line
    }
    return try lines.next()
  }

  private mutating func commaRecord(_ first: String, from number: Int) throws -> Record {
    var fields = CommaFields()
    var text = first
    var line = first
    while true {
      if let fault = fields.take(line) {
        throw problem(number, fault, "fields between commas, quoted as RFC 4180 says")
      }
      guard fields.isOpen else { return Record(line: number, fields: fields.fields, object: nil, text: text) }
      guard text.utf8.count <= LineReader.greatestByteCount, let next = try nextLine() else {
        throw problem(number, "a quotation mark that nothing closes", "one at the end of the field")
      }
      text += "\n" + next
      line = next
    }
  }

  private func jsonRecord(_ line: String, at number: Int) throws -> Record {
    let object: JSON
    do {
      object = try JSON(parsing: line, file: file)
    } catch let problem as Problem {
      throw self.problem(number, "\(problem.found), which is no JSON", problem.expected ?? "a JSON object")
    }
    guard let members = object.members else { throw problem(number, "JSON that is no object", "an object") }
    return Record(line: number, fields: members.map { $0.value.string ?? $0.value.compact }, object: object, text: line)
  }

  private func problem(_ line: Int, _ found: String, _ expected: String) -> Problem {
    Problem(.damaged, file: file, object: "line \(line)", found: found, expected: expected)
  }
}
