import Bytes

extension Cursor {
  /// Takes a number of 7 bits to a byte, least significant first, of which the last byte has its top bit clear.
  ///
  /// - Throws: `Problem` of kind *damaged* when it has more than 64 bits or the window ends before it does.
  mutating func varint(_ what: @autoclosure () -> String) throws -> UInt64 {
    let start = self
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      let byte = try u8(what())
      // The tenth byte has room for a single bit.
      guard shift < 63 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw start.damaged(found: "a number of more than 64 bits", expected: what())
  }

  /// Takes such a number that counts bytes.
  ///
  /// - Throws: `Problem` of kind *damaged* when it cannot be a size.
  mutating func size(_ what: @autoclosure () -> String) throws -> Int {
    let start = self
    let value = try varint(what())
    guard let size = Int(exactly: value) else {
      throw start.damaged(found: "\(value) as \(what())", expected: "a number of less than 63 bits")
    }
    return size
  }
}
