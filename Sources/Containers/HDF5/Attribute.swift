import Bytes
import Tensors

/// A small named value on a group or a dataset.
public struct Attribute: Sendable {
  /// The name.
  public let name: String
  /// The extents; `[]` for a single value, `[0]` where the file says that there is none.
  public let shape: Shape

  let space: AddressSpace
  let datatype: Datatype
  let data: ByteView
  /// The path of the object and the attribute's name, for problems.
  let place: String

  /// The type of the elements; nil for strings and other types that are no numbers.
  public var elementType: ElementType? { datatype.elementType }

  /// Returns the value as strings, row-major, decoded as UTF-8 whatever character set the file declares.
  ///
  /// An attribute without elements gives no strings whatever its type: Keras writes an empty `weight_names` as float64
  /// of shape `[0]`. Fixed-length strings lose their padding (trailing NULs, or spaces where the type says so).
  ///
  /// - Throws: `Problem` of kind *mismatched* when the elements are no strings, *damaged* when a string is not where it
  ///   should be or is no UTF-8, *refused* when the strings are longer than 16 MiB together.
  public func strings() throws -> [String] {
    try naming(place) {
      switch datatype {
      case _ where shape.elementCount == 0: return []
      case .fixedString(let size, let isSpacePadded):
        return try fixedStrings(size: size, padding: isSpacePadded ? 0x20 : 0x00)
      case .variableString: return try variableStrings()
      default: throw problem(.mismatched, found: datatype.description, expected: "strings")
      }
    }
  }

  /// Returns the value of an attribute with exactly one string.
  ///
  /// - Throws: `Problem` as ``strings()`` does, and *mismatched* when there are none or several.
  public func text() throws -> String {
    guard shape.elementCount == 1, let text = try strings().first else {
      throw problem(.mismatched, found: "\(shape.elementCount) elements", expected: "one string")
    }
    return text
  }

  /// Returns the value as integers, row-major.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the elements are no integers, or one is beyond `Int`.
  public func integers() throws -> [Int] {
    let tensor = try tensor()
    func values<Value: FixedWidthInteger>(_ type: Value.Type) throws -> [Int] {
      try tensor.bytes.withUnsafeBytes { bytes in
        try stride(from: 0, to: bytes.count, by: MemoryLayout<Value>.size).map { offset in
          let value = Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
          guard let value = Int(exactly: value) else {
            throw problem(.mismatched, found: "the value \(value)", expected: "a number below 2^63")
          }
          return value
        }
      }
    }
    return switch tensor.elementType {
    case .bool, .uint8: try values(UInt8.self)
    case .int8: try values(Int8.self)
    case .int16: try values(Int16.self)
    case .uint16: try values(UInt16.self)
    case .int32: try values(Int32.self)
    case .uint32: try values(UInt32.self)
    case .int64: try values(Int64.self)
    case .uint64: try values(UInt64.self)
    default: throw problem(.mismatched, found: datatype.description, expected: "integers")
    }
  }

  /// Returns the value as a tensor.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the elements are no numbers.
  public func tensor() throws -> Tensor {
    guard let elementType else { throw problem(.mismatched, found: datatype.description, expected: "numbers") }
    var bytes = data
    if datatype.form != .plain {
      bytes = ByteView(count: data.count, file: data.file) { buffer in
        data.withUnsafeBytes { buffer.copyMemory(from: $0) }
        datatype.form.makePlain(buffer)
      }
    }
    guard let tensor = Tensor(elementType, shape, bytes: bytes) else {
      throw problem(.damaged, found: "\(bytes.count) bytes", expected: "\(elementType) of shape \(shape)")
    }
    return tensor
  }

  private func fixedStrings(size: Int, padding: UInt8) throws -> [String] {
    try (0..<shape.elementCount).map { index in
      try string(try data.slice(at: index * size, count: size, of: "a string"), padding: padding)
    }
  }

  private func variableStrings() throws -> [String] {
    var heap = GlobalHeap(space)
    var cursor = Cursor(data)
    var bytesLeft = Limits.attributeBytes
    return try (0..<shape.elementCount).map { _ in
      let place = cursor
      let length = Int(try cursor.u32("the length of a string"))
      let collection = try cursor.u64("the address of a string's heap collection")
      let index = try cursor.u32("the index of a string")
      guard length > 0 else { return "" }
      let object = try heap.object(index, ofCollectionAt: collection)
      guard length <= object.count else {
        throw place.damaged(
          found: "a string of \(length) bytes in a heap object of \(object.count)", expected: "one that fits")
      }
      bytesLeft -= length
      guard bytesLeft >= 0 else {
        throw problem(
          .refused, found: "strings of more than \(Limits.attributeBytes) bytes in one attribute",
          expected: "at most that many")
      }
      return try string(try space.slice(object.lowerBound..<(object.lowerBound + length)), padding: 0)
    }
  }

  private func string(_ view: ByteView, padding: UInt8) throws -> String {
    let text = view.withUnsafeBytes { bytes in
      var end = bytes.count
      while end > 0, bytes[end - 1] == padding { end -= 1 }
      return String(validating: bytes[..<end], as: UTF8.self)
    }
    guard let text else {
      throw Problem(.damaged, file: view.file, byte: view.start, found: "a string that is no UTF-8", expected: "UTF-8")
    }
    return text
  }

  private func problem(_ kind: Problem.Kind, found: String, expected: String) -> Problem {
    Problem(kind, file: data.file, object: place, byte: data.start, found: found, expected: expected)
  }
}
