import Bytes

/// Where a member's bytes lie, after its local header has been found to agree with the central directory.
///
/// APPNOTE 4.3.7 (local file header), 4.3.9 (data descriptor).
struct MemberLocation {
  /// The stored bytes.
  let data: Range<Int>
  /// Everything that belongs to the member: header, data and descriptor.
  let extent: Range<Int>

  /// With what a local header begins.
  static let signature: UInt32 = 0x0403_4B50

  /// Reads the local header of an entry, and its data descriptor when it has one.
  ///
  /// - Throws: `Problem` of kind *damaged* when one of them contradicts the entry or the data reach into the directory.
  init(of entry: DirectoryEntry, in bytes: ByteView, directoryStart: Int) throws {
    func damaged(_ found: String, expected: String, at byte: Int) -> Problem {
      Problem(.damaged, file: bytes.file, object: entry.name, byte: byte, found: found, expected: expected)
    }
    let start = entry.localHeaderOffset
    guard start < directoryStart else {
      throw damaged(
        "a local header at byte \(start)", expected: "one before the central directory at byte \(directoryStart)",
        at: entry.position)
    }
    var cursor = Cursor(try bytes.slice(at: 0, count: directoryStart, of: "the members"), at: start)
    guard try cursor.u32("the signature of a local header") == Self.signature else {
      throw damaged("no local header", expected: "its signature 50 4B 03 04", at: start)
    }
    let header = try LocalHeader(&cursor, object: entry.name)
    guard header.nameBytes == entry.nameBytes else {
      throw damaged(
        "the name \(String(decoding: header.nameBytes, as: UTF8.self)) in the local header",
        expected: "the name in the central directory", at: start)
    }
    let meaningful: DirectoryEntry.Flags = [.encrypted, .dataDescriptor, .patchData, .stronglyEncrypted]
    guard header.method == entry.method.rawValue,
      header.flags.intersection(meaningful) == entry.flags.intersection(meaningful)
    else {
      throw damaged(
        "another method or other flags in the local header", expected: "those in the central directory", at: start)
    }
    guard header.agrees(with: entry) else {
      throw damaged(
        "other sizes or another CRC-32 in the local header", expected: "those in the central directory", at: start)
    }
    let dataStart = cursor.offset
    guard entry.storedByteCount <= directoryStart - dataStart else {
      throw damaged(
        "\(entry.storedByteCount) bytes of data at byte \(dataStart)",
        expected: "data that end before the central directory at byte \(directoryStart)", at: start)
    }
    data = dataStart..<(dataStart + entry.storedByteCount)
    var end = data.upperBound
    if entry.flags.contains(.dataDescriptor) {
      guard let count = DataDescriptor.byteCount(at: end, for: entry, in: bytes, before: directoryStart) else {
        throw damaged(
          "no data descriptor that fits", expected: "the CRC-32 and the sizes of the central directory", at: end)
      }
      end += count
    }
    extent = start..<end
  }
}

/// What a local header repeats of its entry in the central directory.
struct LocalHeader {
  let flags: DirectoryEntry.Flags
  let method: UInt16
  let checksum: UInt32
  let sizes: MemberSizes
  let nameBytes: [UInt8]

  /// Takes the fields after the signature, and leaves the cursor at the data.
  init(_ cursor: inout Cursor, object: String) throws {
    try cursor.skip(2, "the version needed")
    flags = DirectoryEntry.Flags(rawValue: try cursor.u16("the flags"))
    method = try cursor.u16("the method")
    try cursor.skip(4, "the time")
    checksum = try cursor.u32("the CRC-32")
    let stored = try cursor.u32("the compressed size")
    let count = try cursor.u32("the size")
    let nameCount = Int(try cursor.u16("the length of the name"))
    let extraCount = Int(try cursor.u16("the length of the extra field"))
    nameBytes = try cursor.bytes(nameCount, "the name").array()
    let extra = try cursor.bytes(extraCount, "the extra field")
    sizes = try MemberSizes(in: extra, count: count, stored: stored, offset: 0, disk: 0, object: object)
  }

  /// Whether the numbers are the entry's; each that a data descriptor brings later may be zero.
  func agrees(with entry: DirectoryEntry) -> Bool {
    let comesLater = entry.flags.contains(.dataDescriptor)
    let pairs = [
      (UInt64(checksum), UInt64(entry.checksum)), (sizes.count, UInt64(entry.byteCount)),
      (sizes.stored, UInt64(entry.storedByteCount)),
    ]
    return pairs.allSatisfy { local, central in local == central || (comesLater && local == 0) }
  }
}
