import Bytes

/// The fields of a protobuf message, taken one after the other.
///
/// Nothing is copied: the contents of a field are a range of the file. Source: protobuf's encoding specification
/// (protobuf.dev/programming-guides/encoding), wire types 0, 1, 2 and 5; the groups of wire types 3 and 4 are damage here.
struct MessageReader {
  /// One field: its number, and what its wire type holds.
  struct Field {
    let number: UInt64
    let value: Value
    /// The offset of the field in the file.
    let position: Int
  }

  /// What a field holds.
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    /// The contents of a text, of bytes or of a message.
    case range(Range<Int>)
  }

  let bytes: UnsafeRawBufferPointer
  let file: String
  private var position: Int
  private let end: Int

  /// Reads a whole file.
  init(_ bytes: UnsafeRawBufferPointer, file: String) {
    self.init(bytes, bytes.indices, file: file)
  }

  private init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, file: String) {
    self.bytes = bytes
    self.file = file
    position = range.lowerBound
    end = range.upperBound
  }

  /// Takes the next field; nil at the end of the message.
  ///
  /// - Throws: `Problem` of kind *damaged* when the field is not whole or of no known wire type.
  mutating func next() throws -> Field? {
    guard position < end else { return nil }
    let start = position
    let key = try varint()
    let value: Value
    switch key & 7 {
    case 0: value = .varint(try varint())
    case 1: value = .fixed64(try take(8) { $0.loadUnaligned(as: UInt64.self) })
    case 2:
      let count = try varint()
      guard count <= UInt64(end - position) else {
        throw damaged("\(count) bytes in a field", "at most the \(end - position) that are left", at: start)
      }
      value = .range(position..<position + Int(count))
      position += Int(count)
    case 5: value = .fixed32(try take(4) { $0.loadUnaligned(as: UInt32.self) })
    default: throw damaged("the wire type \(key & 7)", "0, 1, 2 or 5", at: start)
    }
    guard key >> 3 > 0 else { throw damaged("the field number 0", "at least 1", at: start) }
    return Field(number: key >> 3, value: value, position: start)
  }

  /// Reads a field that holds a message.
  func message(_ field: Field) throws -> MessageReader { MessageReader(bytes, try range(field), file: file) }

  /// The contents of a field that holds bytes.
  func range(_ field: Field) throws -> Range<Int> {
    guard case .range(let range) = field.value else { throw damagedType(of: field, "bytes") }
    return range
  }

  /// The text of a field.
  func text(_ field: Field) throws -> String {
    guard let text = String(validating: bytes[try range(field)], as: UTF8.self) else {
      throw damaged("a text that is not UTF-8", "UTF-8", at: field.position)
    }
    return text
  }

  /// The number that a field holds as a varint.
  func integer(_ field: Field) throws -> UInt64 {
    guard case .varint(let value) = field.value else { throw damagedType(of: field, "a whole number") }
    return value
  }

  /// The truth value of a field.
  func boolean(_ field: Field) throws -> Bool { try integer(field) != 0 }

  /// The number that a field holds as a float.
  func float(_ field: Field) throws -> Float {
    guard case .fixed32(let bits) = field.value else { throw damagedType(of: field, "a float") }
    return Float(bitPattern: UInt32(littleEndian: bits))
  }

  /// Builds the problem *damaged*.
  func damaged(_ found: String, _ expected: String, at position: Int, object: String? = nil) -> Problem {
    Problem(
      .damaged, file: file, object: object, byte: position, found: found, expected: expected,
      advice: "Get the SentencePiece model again from where it came")
  }

  private func damagedType(of field: Field, _ expected: String) -> Problem {
    damaged("the field \(field.number) with another type", expected, at: field.position)
  }

  private mutating func take<Number>(_ count: Int, _ load: (UnsafeRawBufferPointer) -> Number) throws -> Number {
    guard end - position >= count else {
      throw damaged("\(end - position) bytes left", "\(count) bytes of a number", at: position)
    }
    defer { position += count }
    return load(UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
  }

  /// Takes a number of 7 bits to a byte, the least significant first.
  private mutating func varint() throws -> UInt64 {
    let start = position
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard position < end else { throw damaged("a number that is cut short", "its last byte", at: start) }
      let byte = bytes[position]
      position += 1
      guard shift < 63 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw damaged("a number of more than 64 bits", "at most 64", at: start)
  }
}
