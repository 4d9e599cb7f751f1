import Bytes

/// The bytes of an element that was never written; nil stands for zeros.
///
/// HDF5 File Format Specification 3.0, IV.A.2.e. "The Data Storage - Fill Value (Old) Message" and IV.A.2.f. "The Data
/// Storage - Fill Value Message".
enum FillValue {
  static func read(_ header: ObjectHeader, elementSize: Int) throws -> ByteView? {
    let value: ByteView?
    if let message = header.first(.fillValue) {
      var cursor = try header.cursor(message, of: "a fill value")
      value = try new(&cursor)
    } else if let message = header.first(.oldFillValue) {
      var cursor = try header.cursor(message, of: "a fill value")
      value = try sized(&cursor)
    } else {
      value = nil
    }
    if let value, value.count != elementSize {
      throw Problem(
        .damaged, file: value.file, byte: value.start, found: "a fill value of \(value.count) bytes",
        expected: "\(elementSize) bytes, one element")
    }
    return value
  }

  private static func new(_ cursor: inout Cursor) throws -> ByteView? {
    let version = try cursor.version(1...3, of: "a fill value")
    if version == 3 {
      let flags = try cursor.u8("the flags of a fill value")
      return flags & 0x20 != 0 ? try sized(&cursor) : nil
    }
    try cursor.skip(2, "the times of a fill value")
    let isDefined = try cursor.u8("whether a fill value is defined") != 0
    return isDefined ? try sized(&cursor) : nil
  }

  private static func sized(_ cursor: inout Cursor) throws -> ByteView? {
    let size = try cursor.u32("the size of a fill value")
    return size == 0 || size == .max ? nil : try cursor.bytes(Int(size), "a fill value")
  }
}
