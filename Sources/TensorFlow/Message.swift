import Bytes

/// The fields of one Protocol Buffers message, one after the other (`protobuf.dev/programming-guides/encoding`).
///
/// The four messages of a checkpoint are so few and so flat that they are read off their fields, each problem with its byte
/// in the file; a field of an unknown number is passed over, as the format demands.
struct Message {
  /// One field as it stands there.
  struct Field {
    let number: Int
    private let value: Value
    private let place: Cursor

    fileprivate enum Value {
      case varint(UInt64)
      case fixed64(UInt64)
      case fixed32(UInt32)
      case bytes(ByteView)
    }

    fileprivate init(number: Int, value: Value, place: Cursor) {
      self.number = number
      self.value = value
      self.place = place
    }

    /// The value as a signed number, which negative ones are in ten bytes.
    func integer(_ what: @autoclosure () -> String) throws -> Int {
      guard case .varint(let bits) = value else { throw wrongType(what()) }
      return Int(Int64(bitPattern: bits))
    }

    /// The value as a size, which is not negative.
    func size(_ what: @autoclosure () -> String) throws -> Int {
      let value = try integer(what())
      guard value >= 0 else { throw place.damaged(found: "\(value) as \(what())", expected: "a number from 0") }
      return value
    }

    /// The value as four bytes.
    func fixed32(_ what: @autoclosure () -> String) throws -> UInt32 {
      guard case .fixed32(let bits) = value else { throw wrongType(what()) }
      return bits
    }

    /// The value as bytes.
    func bytes(_ what: @autoclosure () -> String) throws -> ByteView {
      guard case .bytes(let bytes) = value else { throw wrongType(what()) }
      return bytes
    }

    /// The value as a message within this one.
    func message(_ what: @autoclosure () -> String) throws -> Message { Message(try bytes(what())) }

    /// The value as text.
    func text(_ what: @autoclosure () -> String) throws -> String {
      guard let text = String(validating: try bytes(what()).array(), as: UTF8.self) else {
        throw place.damaged(found: "bytes that are no UTF-8 as \(what())", expected: "text")
      }
      return text
    }

    /// Builds the problem *damaged* at this field.
    func damaged(found: String, expected: String) -> Problem { place.damaged(found: found, expected: expected) }

    private func wrongType(_ what: String) -> Problem {
      let type =
        switch value {
        case .varint: 0
        case .fixed64: 1
        case .bytes: 2
        case .fixed32: 5
        }
      return place.damaged(found: "the wire type \(type) for \(what)", expected: "the type of that field")
    }
  }

  private var cursor: Cursor

  /// Starts at the first field.
  init(_ bytes: ByteView) {
    cursor = Cursor(bytes)
  }

  /// Where the message goes on, for problems about the whole of it.
  var place: Cursor { cursor }

  /// Takes the next field; nil at the end.
  ///
  /// - Throws: `Problem` of kind *damaged* for numbers and types of field that do not exist, and for one that leaves the message.
  mutating func next() throws -> Field? {
    guard cursor.remaining > 0 else { return nil }
    let place = cursor
    let tag = try cursor.varint("the tag of a field")
    guard let number = Int(exactly: tag >> 3), (1..<(1 << 29)).contains(number) else {
      throw place.damaged(found: "the field number \(tag >> 3)", expected: "one from 1 to 536870911")
    }
    let value: Field.Value
    switch tag & 7 {
    case 0: value = .varint(try cursor.varint("the field \(number)"))
    case 1: value = .fixed64(try cursor.u64("the field \(number)"))
    case 2: value = .bytes(try cursor.bytes(cursor.size("the length of the field \(number)"), "the field \(number)"))
    case 5: value = .fixed32(try cursor.u32("the field \(number)"))
    default:
      throw place.damaged(found: "the wire type \(tag & 7) of the field \(number)", expected: "0, 1, 2 or 5")
    }
    return Field(number: number, value: value, place: place)
  }
}
