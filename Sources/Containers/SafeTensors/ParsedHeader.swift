import Bytes
import JSON
import Tensors

/// The header of a file, parsed member by member; the places of the tensors are not yet checked against each other.
struct ParsedHeader {
  private(set) var metadata: [(name: String, value: String)] = []
  /// Where the data begin, in bytes from the start of the file.
  let dataStart: Int
  private let bytes: ByteView
  private var declarations: [Declaration] = []

  init(of bytes: ByteView, limits: SafeTensorsFile.Limits) throws {
    let text = try ParsedHeader.text(of: bytes)
    self.bytes = bytes
    dataStart = text.start + text.count
    try JSON.forEachMember(parsing: text) { member, position in
      if Spelling(member.name) == Spelling("__metadata__") {
        metadata = try ParsedHeader.metadata(member.value, file: bytes.file, position: position)
      } else {
        guard declarations.count < limits.tensors else {
          throw Problem(
            .refused, file: bytes.file, byte: position, found: "more than \(limits.tensors) tensors",
            expected: "at most \(limits.tensors)")
        }
        declarations.append(try Declaration(member, at: position, in: bytes.file, limits: limits))
      }
    }
  }

  /// The JSON text, whose length the first eight bytes give.
  private static func text(of bytes: ByteView) throws -> ByteView {
    let longest = 100_000_000
    var cursor = Cursor(bytes)
    let length = try cursor.u64("the length of a safetensors header")
    guard length <= longest, Int(length) <= cursor.remaining else {
      throw Problem(
        .damaged, file: bytes.file, byte: bytes.start, found: "a header of \(length) bytes",
        expected: length > longest
          ? "at most \(longest), the format's limit" : "at most \(cursor.remaining), the rest of the file",
        advice: length > longest
          ? "This is no safetensors file, or its beginning is overwritten"
          : "The file is cut short or overwritten; get it again from where it came")
    }
    return try cursor.bytes(Int(length), "the header")
  }

  private static func metadata(
    _ value: JSON, file: String, position: Int
  ) throws -> [(name: String, value: String)] {
    func damaged(_ found: String, _ expected: String) -> Problem {
      Problem(
        .damaged, file: file, object: "__metadata__", byte: position, found: found, expected: expected)
    }
    if value == .null { return [] }
    guard let members = value.members else { throw damaged(value.kind, "an object of strings") }
    return try members.map { member in
      guard let text = member.value.string else {
        throw damaged("\(member.value.kind) under \"\(member.name)\"", "a string")
      }
      return (member.name, text)
    }
  }

  /// The tensors in the order of their data, which they cover without a hole or an overlap.
  ///
  /// - Parameter isCutShort: Whether the end of the data may be missing.
  func entries(isCutShort: Bool = false) throws -> [SafeTensorsFile.Entry] {
    let advice = "The file is cut short or overwritten; get it again from where it came"
    let available = bytes.start + bytes.count - dataStart
    var end = 0
    var entries: [SafeTensorsFile.Entry] = []
    entries.reserveCapacity(declarations.count)
    let inOrder = declarations.sorted { ($0.begin, $0.end, $0.position) < ($1.begin, $1.end, $1.position) }
    for tensor in inOrder {
      guard tensor.begin == end else {
        throw Problem(
          .damaged, file: bytes.file, object: "tensor \"\(tensor.name)\"", byte: tensor.position,
          found: "data that begin at \(tensor.begin)",
          expected: "\(end), where the data before them end")
      }
      guard tensor.end <= available || isCutShort else {
        throw Problem(
          .damaged, file: bytes.file, object: "tensor \"\(tensor.name)\"", byte: tensor.position,
          found: "data that end at \(tensor.end)", expected: "at most \(available), the length of the data",
          advice: advice)
      }
      end = tensor.end
      entries.append(
        SafeTensorsFile.Entry(
          name: tensor.name, dataType: tensor.dataType, shape: tensor.shape,
          range: (dataStart + tensor.begin)..<(dataStart + tensor.end)))
    }
    guard end == available || (isCutShort && end > available) else {
      throw Problem(
        .damaged, file: bytes.file, byte: dataStart + end, found: "\(available - end) bytes that belong to no tensor",
        expected: "the end of the file", advice: advice)
    }
    return entries
  }
}

extension JSON {
  /// What the value is, as a noun phrase; numbers as they are spelled.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .number(let spelling): "the number \(spelling.prefix(40))"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
