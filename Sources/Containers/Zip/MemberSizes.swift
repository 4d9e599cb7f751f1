import Bytes

/// The sizes and the place of a member, some of them out of the zip64 extra field (APPNOTE 4.5.3).
struct MemberSizes {
  let count: UInt64
  let stored: UInt64
  let offset: UInt64
  let disk: UInt32

  /// Replaces each saturated number by the one from the extra field, which holds just those, in this order.
  ///
  /// - Throws: `Problem` of kind *damaged* when the extra field lacks one, is there twice or runs over its end.
  init(in extra: ByteView, count: UInt32, stored: UInt32, offset: UInt32, disk: UInt16, object: String) throws {
    var zip64 = try Self.field(in: extra, object: object).map { Cursor($0) }
    func long(_ short: UInt32, _ what: String) throws -> UInt64 {
      guard short == .max else { return UInt64(short) }
      guard let value = try zip64?.u64(what) else {
        throw Problem(
          .damaged, file: extra.file, object: object, byte: extra.start, found: "no zip64 extra field",
          expected: "one that gives \(what)")
      }
      return value
    }
    self.count = try long(count, "the size")
    self.stored = try long(stored, "the compressed size")
    self.offset = try long(offset, "the offset of the local header")
    self.disk = try disk == .max ? zip64?.u32("the disk") ?? UInt32(disk) : UInt32(disk)
  }

  private static func field(in extra: ByteView, object: String) throws -> ByteView? {
    var cursor = Cursor(extra)
    var result: ByteView?
    // Fewer than four bytes at the end are padding that some writers leave.
    while cursor.remaining >= 4 {
      let position = cursor.filePosition
      let identifier = try cursor.u16("the identifier of an extra field")
      let count = Int(try cursor.u16("the length of an extra field"))
      let field = try cursor.bytes(count, "the extra field \(identifier)")
      guard identifier == 1 else { continue }
      guard result == nil else {
        throw Problem(
          .damaged, file: extra.file, object: object, byte: position, found: "a second zip64 extra field",
          expected: "one")
      }
      result = field
    }
    return result
  }
}
