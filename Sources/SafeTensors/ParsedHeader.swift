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

  /// A tensor with its place relative to the beginning of the data.
  private struct Declaration {
    let name: String
    let dataType: DataType
    let shape: Shape
    let begin: Int
    let end: Int
    let position: Int
  }

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
        declarations.append(try declaration(member, at: position, limits: limits))
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

  private func declaration(
    _ member: JSON.Member, at position: Int, limits: SafeTensorsFile.Limits
  ) throws -> Declaration {
    func problem(_ found: String, _ expected: String, _ kind: Problem.Kind = .damaged) -> Problem {
      Problem(
        kind, file: bytes.file, object: "tensor \"\(member.name.prefix(limits.nameByteCount))\"", byte: position,
        found: found, expected: expected)
    }
    func required(_ name: String, _ expected: String) throws -> JSON {
      guard let value = member.value[name] else { throw problem("no \(name)", expected) }
      return value
    }
    func naturals(_ value: JSON, _ name: String, _ expected: String) throws -> [Int] {
      guard let elements = value.elements else { throw problem("\(value.kind) as \(name)", expected) }
      return try elements.map { element in
        guard let number = element.natural else { throw problem("\(element.kind) in \(name)", expected) }
        return number
      }
    }

    guard member.name.utf8.count <= limits.nameByteCount else {
      throw problem(
        "a name of \(member.name.utf8.count) bytes", "at most \(limits.nameByteCount) bytes", .refused)
    }
    guard member.value.members != nil else {
      throw problem(member.value.kind, "an object with dtype, shape and data_offsets")
    }
    let dtype = try required("dtype", "the type of the elements")
    guard let spelling = dtype.string else { throw problem("\(dtype.kind) as dtype", "a string") }
    guard let dataType = DataType(rawValue: spelling) else {
      throw problem(
        "the dtype \"\(spelling)\"", "one of " + DataType.allCases.map(\.rawValue).joined(separator: ", "), .unsupported
      )
    }

    let extents = try required("shape", "a list of extents")
    let dimensions = try naturals(extents, "shape", "whole numbers from 0 to 2^63 - 1")
    guard dimensions.count <= limits.rank else {
      throw problem("\(dimensions.count) dimensions", "at most \(limits.rank)", .refused)
    }
    guard let shape = Shape(dimensions),
      case (let size, false) = shape.elementCount.multipliedReportingOverflow(
        by: dataType.byteCount)
    else {
      throw problem("the shape \(extents.compact) of \(spelling)", "a size below 2^63 bytes")
    }

    let pair = try required("data_offsets", "where the data begin and end")
    let offsets = try naturals(pair, "data_offsets", "whole numbers from 0 to 2^63 - 1")
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw problem("the data_offsets \(pair.compact)", "two, the end not before the beginning")
    }
    guard offsets[1] - offsets[0] == size else {
      throw problem("\(offsets[1] - offsets[0]) bytes of data", "\(size) for \(spelling) \(shape)")
    }
    return Declaration(
      name: member.name, dataType: dataType, shape: shape, begin: offsets[0], end: offsets[1], position: position)
  }

  /// The tensors in the order of their data, which they cover without a hole or an overlap.
  func entries() throws -> [SafeTensorsFile.Entry] {
    let advice = "The file is cut short or overwritten; get it again from where it came"
    let available = bytes.start + bytes.count - dataStart
    var end = 0
    var entries: [SafeTensorsFile.Entry] = []
    entries.reserveCapacity(declarations.count)
    for index in declarations.indices.sorted(by: { before(declarations[$0], declarations[$1]) }) {
      let tensor = declarations[index]
      guard tensor.begin == end else {
        throw Problem(
          .damaged, file: bytes.file, object: "tensor \"\(tensor.name)\"", byte: tensor.position,
          found: "data that begin at \(tensor.begin)",
          expected: "\(end), where the data before them end")
      }
      guard tensor.end <= available else {
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
    guard end == available else {
      throw Problem(
        .damaged, file: bytes.file, byte: dataStart + end, found: "\(available - end) bytes that belong to no tensor",
        expected: "the end of the file", advice: advice)
    }
    return entries
  }

  private func before(_ left: Declaration, _ right: Declaration) -> Bool {
    (left.begin, left.end, left.position) < (right.begin, right.end, right.position)
  }
}

extension JSON {
  /// The value when it is a whole number from 0 on, spelled with digits only.
  fileprivate var natural: Int? {
    guard case .number(let spelling) = self, spelling.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(spelling)
  }

  /// What the value is, as a noun phrase; numbers as they are spelled.
  fileprivate var kind: String {
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
