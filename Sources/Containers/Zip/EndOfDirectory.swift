import Bytes

/// Where the central directory lies and how many entries it has: the records at the end of an archive.
///
/// APPNOTE 4.3.16 (end of central directory), 4.3.15 (zip64 locator), 4.3.14 (zip64 end of central directory).
struct EndOfDirectory {
  /// The bytes of the central directory, in the archive.
  let directory: Range<Int>
  /// How many entries the directory has.
  let entryCount: Int

  private static let signature: UInt32 = 0x0605_4B50
  private static let locatorSignature: UInt32 = 0x0706_4B50
  private static let zip64Signature: UInt32 = 0x0606_4B50
  private static let byteCount = 22
  private static let locatorByteCount = 20

  /// Finds the one record whose comment reaches to the end of the file and whose directory ends where it begins.
  ///
  /// A comment can hold anything, also a record of this kind. One that does not fit is passed over; two that fit make
  /// an archive in which two programs see different members, and are refused.
  init(in bytes: ByteView) throws {
    var fitting: [EndOfDirectory] = []
    var firstProblem: Problem?
    for position in Self.positions(in: bytes) {
      do {
        fitting.append(try EndOfDirectory(at: position, in: bytes))
      } catch let problem as Problem {
        firstProblem = firstProblem ?? problem
      }
    }
    if let problem = firstProblem, fitting.isEmpty { throw problem }
    guard let end = fitting.first else {
      throw Problem(
        .damaged, file: bytes.file,
        found: bytes.count == 0 ? "an empty file" : "no end of central directory record",
        expected: "a ZIP archive with that record in its last 65557 bytes",
        advice: "The file is cut short or is no ZIP archive; get it again from where it came")
    }
    guard fitting.count == 1 else {
      throw Problem(
        .refused, file: bytes.file, found: "\(fitting.count) central directories that fit the file",
        expected: "one, so that every program sees the same members")
    }
    self = end
  }

  /// Returns where a record with a comment to the end of the file stands, the last one first.
  private static func positions(in bytes: ByteView) -> [Int] {
    let last = bytes.count - byteCount
    let least = max(0, last - Int(UInt16.max))
    let first = UInt8(truncatingIfNeeded: signature)
    var positions: [Int] = []
    bytes.withUnsafeBytes { raw in
      var position = last
      while position >= least {
        if raw[position] == first,
          UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt32.self)) == signature
        {
          let comment = UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: position + 20, as: UInt16.self))
          if Int(comment) == last - position { positions.append(position) }
        }
        position -= 1
      }
    }
    return positions
  }

  private init(at position: Int, in bytes: ByteView) throws {
    var cursor = Cursor(bytes, at: position)
    try cursor.skip(4, "the signature of the end of central directory record")
    var record = Record(
      disk: UInt32(try cursor.u16("the number of this disk")),
      directoryDisk: UInt32(try cursor.u16("the disk of the directory")),
      entriesOnDisk: UInt64(try cursor.u16("the number of entries on this disk")),
      entries: UInt64(try cursor.u16("the number of entries")),
      size: UInt64(try cursor.u32("the size of the directory")),
      offset: UInt64(try cursor.u32("the offset of the directory")))
    var end = position
    if let zip64 = try Self.zip64Record(before: position, in: bytes) {
      try record.merge(zip64.record, file: bytes.file, position: zip64.position)
      end = zip64.position
    } else if record.isSaturated {
      throw Problem(
        .damaged, file: bytes.file, byte: position, found: "sizes that only a zip64 record can hold",
        expected: "a zip64 locator before the end of central directory record")
    }
    guard record.disk == 0, record.directoryDisk == 0, record.entriesOnDisk == record.entries else {
      throw Problem(
        .unsupported, file: bytes.file, byte: position, found: "an archive split over several disks",
        expected: "an archive in one file", advice: "Join the parts with `zip -s 0 split.zip --out whole.zip`")
    }
    let elsewhere = Problem(
      .damaged, file: bytes.file, byte: position,
      found: "a central directory of \(record.size) bytes at byte \(record.offset)",
      expected: "one that ends at byte \(end)")
    guard let size = Int(exactly: record.size), let offset = Int(exactly: record.offset), size <= end,
      offset <= end - size
    else { throw elsewhere }
    guard offset == end - size else {
      var beginning = Cursor(bytes)
      throw try beginning.u32("the first signature") == MemberLocation.signature
        ? elsewhere : Self.prepended(end - size - offset, file: bytes.file)
    }
    guard let entryCount = Int(exactly: record.entries), entryCount <= size / DirectoryEntry.minimumByteCount else {
      throw Problem(
        .damaged, file: bytes.file, byte: position, found: "\(record.entries) entries in a directory of \(size) bytes",
        expected: "at least \(DirectoryEntry.minimumByteCount) bytes each")
    }
    directory = offset..<end
    self.entryCount = entryCount
  }

  /// Builds the problem of an archive that does not begin with the file.
  static func prepended(_ count: Int, file: String) -> Problem {
    Problem(
      .refused, file: file, found: "\(count) bytes before the archive", expected: "an archive that begins at byte 0",
      advice: "A file with something before the archive can be two things at once; write the archive again")
  }

  /// Reads the zip64 record, when its locator stands before the end of central directory record.
  private static func zip64Record(before end: Int, in bytes: ByteView) throws -> (record: Record, position: Int)? {
    let locator = end - locatorByteCount
    guard locator >= 0 else { return nil }
    var cursor = Cursor(bytes, at: locator)
    guard try cursor.u32("the signature of the zip64 locator") == locatorSignature else { return nil }
    let disk = try cursor.u32("the disk of the zip64 record")
    let offset = try cursor.u64("the offset of the zip64 record")
    let disks = try cursor.u32("the number of disks")
    guard disk == 0, disks <= 1 else {
      throw Problem(
        .unsupported, file: bytes.file, byte: locator, found: "an archive split over \(disks) disks",
        expected: "an archive in one file")
    }
    guard let position = Int(exactly: offset), position <= locator - 56 else {
      throw cursor.damaged(
        found: "a zip64 record at byte \(offset)", expected: "one before its locator at byte \(locator)")
    }
    var record = Cursor(bytes, at: position)
    guard try record.u32("the signature of the zip64 record") == zip64Signature else {
      throw Problem(
        .damaged, file: bytes.file, byte: position, found: "no zip64 end of central directory record",
        expected: "the one that its locator at byte \(locator) names")
    }
    let size = try record.u64("the size of the zip64 record")
    guard size == UInt64(locator - position - 12) else {
      throw record.damaged(
        found: "a zip64 record of \(size) bytes", expected: "\(locator - position - 12) bytes, up to its locator")
    }
    try record.skip(4, "the versions")
    let values = Record(
      disk: try record.u32("the number of this disk"),
      directoryDisk: try record.u32("the disk of the directory"),
      entriesOnDisk: try record.u64("the number of entries on this disk"),
      entries: try record.u64("the number of entries"),
      size: try record.u64("the size of the directory"),
      offset: try record.u64("the offset of the directory"))
    return (values, position)
  }
}

/// The numbers that the end of central directory record and its zip64 form both hold.
private struct Record {
  var disk: UInt32
  var directoryDisk: UInt32
  var entriesOnDisk: UInt64
  var entries: UInt64
  var size: UInt64
  var offset: UInt64

  /// Whether a number of the short record stands for "see the zip64 record" (APPNOTE 4.4.1.4).
  var isSaturated: Bool {
    entriesOnDisk == 0xFFFF || entries == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF
  }

  /// Takes over the long record; a number that the short one holds itself must be the same.
  mutating func merge(_ long: Record, file: String, position: Int) throws {
    guard disk == long.disk || disk == 0xFFFF,
      directoryDisk == long.directoryDisk || directoryDisk == 0xFFFF,
      entriesOnDisk == long.entriesOnDisk || entriesOnDisk == 0xFFFF,
      entries == long.entries || entries == 0xFFFF,
      size == long.size || size == 0xFFFF_FFFF,
      offset == long.offset || offset == 0xFFFF_FFFF
    else {
      throw Problem(
        .damaged, file: file, byte: position,
        found: "a zip64 record that contradicts the end of central directory record", expected: "the same numbers")
    }
    self = long
  }
}
