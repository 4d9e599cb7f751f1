import Bytes
import JSON
import Tensors

/// A tensor as a header declares it, its place relative to the beginning of the data and not yet checked against others.
struct Declaration {
  let name: String
  let dataType: DataType
  let shape: Shape
  let begin: Int
  let end: Int
  /// Where the declaration stands, in bytes from the start of the file.
  let position: Int

  /// Reads one member of a header.
  ///
  /// - Throws: `Problem` of kind *damaged*, *unsupported* or *refused*, each naming the tensor.
  init(_ member: JSON.Member, at position: Int, in file: String, limits: SafeTensorsFile.Limits) throws {
    let fields = Fields(member: member, position: position, file: file, limits: limits)
    guard member.name.utf8.count <= limits.nameByteCount else {
      throw fields.problem(
        "a name of \(member.name.utf8.count) bytes", "at most \(limits.nameByteCount) bytes", .refused)
    }
    name = member.name
    self.position = position
    dataType = try fields.dataType()
    shape = try fields.shape()
    (begin, end) = try fields.place()

    let (size, overflow) = shape.elementCount.multipliedReportingOverflow(by: dataType.byteCount)
    guard !overflow else { throw fields.overflow() }
    guard end - begin == size else {
      throw fields.problem("\(end - begin) bytes of data", "\(size) for \(dataType.rawValue) \(shape)")
    }
  }
}

/// The parts of a declaration.
private struct Fields {
  let member: JSON.Member
  let position: Int
  let file: String
  let limits: SafeTensorsFile.Limits

  func dataType() throws -> DataType {
    guard member.value.members != nil else {
      throw problem(member.value.kind, "an object with dtype, shape and data_offsets")
    }
    let dtype = try required("dtype", "the type of the elements")
    guard let spelling = dtype.string else { throw problem("\(dtype.kind) as dtype", "a string") }
    guard let type = DataType(rawValue: spelling) else {
      let known = DataType.allCases.map(\.rawValue).joined(separator: ", ")
      throw problem("the dtype \"\(spelling)\"", "one of \(known)", .unsupported)
    }
    return type
  }

  func shape() throws -> Shape {
    let dimensions = try naturals("shape", "a list of extents")
    guard dimensions.count <= limits.rank else {
      throw problem("\(dimensions.count) dimensions", "at most \(limits.rank)", .refused)
    }
    guard let shape = Shape(dimensions) else { throw overflow() }
    return shape
  }

  func place() throws -> (begin: Int, end: Int) {
    let offsets = try naturals("data_offsets", "where the data begin and end")
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw problem(
        "the data_offsets \(member.value["data_offsets"]?.compact ?? "")", "two, the end not before the beginning")
    }
    return (offsets[0], offsets[1])
  }

  func overflow() -> Problem {
    let shape = member.value["shape"]?.compact ?? ""
    return problem("the shape \(shape) of \(member.value["dtype"]?.string ?? "")", "a size below 2^63 bytes")
  }

  func problem(_ found: String, _ expected: String, _ kind: Problem.Kind = .damaged) -> Problem {
    let name = member.name.prefix(limits.nameByteCount)
    return Problem(kind, file: file, object: "tensor \"\(name)\"", byte: position, found: found, expected: expected)
  }

  private func required(_ name: String, _ expected: String) throws -> JSON {
    guard let value = member.value[name] else { throw problem("no \(name)", expected) }
    return value
  }

  private func naturals(_ name: String, _ what: String) throws -> [Int] {
    let value = try required(name, what)
    let expected = "whole numbers from 0 to 2^63 - 1"
    guard let elements = value.elements else { throw problem("\(value.kind) as \(name)", expected) }
    return try elements.map { element in
      guard let number = element.natural else { throw problem("\(element.kind) in \(name)", expected) }
      return number
    }
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
}
