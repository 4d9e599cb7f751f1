import Bytes
import Synchronization

/// Writes a ZIP archive of stored members, as `numpy.savez` writes one: no times, sizes of 64 bits in front of each member.
///
/// APPNOTE.TXT 6.3.10. The sizes of members are known before their contents, so that every member has its place and several threads
/// may write at once.
public enum ZipWriter {
  /// A member before it is written.
  public struct Member: Sendable {
    let name: String
    let byteCount: Int
    let stream: @Sendable (_ body: (_ offset: Int, _ bytes: UnsafeRawBufferPointer) throws -> Void) throws -> Void

    /// Describes a member.
    ///
    /// - Parameters:
    ///   - name: Its name in the archive.
    ///   - byteCount: The size of its contents.
    ///   - stream: Gives the contents to a function, piece by piece from beginning to end.
    public init(
      _ name: String, byteCount: Int,
      stream: @escaping @Sendable (_ body: (Int, UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) {
      self.name = name
      self.byteCount = byteCount
      self.stream = stream
    }
  }

  private struct Placed: Sendable {
    let member: Member
    let start: Int
    var crc: UInt32 = 0

    var head: Int { 30 + member.name.utf8.count + 20 }
  }

  /// Writes an archive.
  ///
  /// - Parameters:
  ///   - members: At most 65,534, with names of at most 65,535 bytes.
  ///   - path: The file's path; it appears only when it is whole.
  ///   - forEach: Calls a function for every number below a count, possibly in parallel.
  /// - Throws: `Problem` of kind *unsupported* for more members or longer names; what streaming and writing throw.
  public static func write(
    _ members: [Member], to path: String, replacing: Bool = false,
    forEach: (_ count: Int, _ body: @Sendable (Int) throws -> Void) throws -> Void
  ) throws {
    guard members.count < 0xFFFF, members.allSatisfy({ $0.name.utf8.count <= 0xFFFF }) else {
      throw Problem(
        .unsupported, file: path, found: "\(members.count) members, or names longer than 65535 bytes",
        expected: "at most 65534 members, names of at most 65535 bytes")
    }
    var end = 0
    let placed = members.map { member in
      let placed = Placed(member: member, start: end)
      end += placed.head + member.byteCount
      return placed
    }
    let draft = try FileDraft(of: path, replacing: replacing)
    try draft.reserve(end)
    let checksums = Mutex([UInt32](repeating: 0, count: placed.count))
    try forEach(placed.count) { index in
      let member = placed[index]
      var crc = Checksum()
      try member.member.stream { offset, bytes in
        crc.update(bytes)
        try draft.write(bytes, at: member.start + member.head + offset)
      }
      let value = crc.value
      checksums.withLock { $0[index] = value }
      try localHeader(member, crc: value).withUnsafeBytes { try draft.write($0, at: member.start) }
    }
    let directory = zip(placed, checksums.withLock { $0 }).flatMap { directoryEntry($0, crc: $1) }
    let rest = directory + endRecords(count: placed.count, directory: directory.count, at: end)
    try rest.withUnsafeBytes { try draft.write($0, at: end) }
    try draft.publish()
  }

  private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  /// Flags, method, time, date: 1 January 1980, names in UTF-8 where they are not ASCII, stored.
  private static func common(_ name: String) -> [UInt8] {
    bytes(UInt16(name.utf8.allSatisfy { $0 < 0x80 } ? 0 : 0x0800)) + [0, 0, 0, 0, 0x21, 0]
  }

  private static func localHeader(_ placed: Placed, crc: UInt32) -> [UInt8] {
    let (name, size) = (Array(placed.member.name.utf8), UInt64(placed.member.byteCount))
    return Array("PK\u{3}\u{4}".utf8) + [45, 0] + common(placed.member.name) + bytes(crc) + bytes(UInt32.max)
      + bytes(UInt32.max) + bytes(UInt16(name.count)) + bytes(UInt16(20)) + name + [1, 0, 16, 0] + bytes(size)
      + bytes(size)
  }

  private static func directoryEntry(_ placed: Placed, crc: UInt32) -> [UInt8] {
    let name = Array(placed.member.name.utf8)
    // What does not fit 32 bits stands in the extra field, in this order: both sizes, then the offset.
    let size = UInt64(placed.member.byteCount)
    let isLarge = size >= UInt64(UInt32.max)
    let isFar = placed.start >= Int(UInt32.max)
    var extra: [UInt8] = isLarge ? bytes(size) + bytes(size) : []
    if isFar { extra += bytes(UInt64(placed.start)) }
    if !extra.isEmpty { extra = [1, 0] + bytes(UInt16(extra.count)) + extra }
    let short = isLarge ? UInt32.max : UInt32(size)
    return Array("PK\u{1}\u{2}".utf8) + [45, 3, 45, 0] + common(placed.member.name) + bytes(crc) + bytes(short)
      + bytes(short) + bytes(UInt16(name.count)) + bytes(UInt16(extra.count)) + [0, 0, 0, 0, 0, 0]
      + bytes(UInt32(0o600 << 16)) + bytes(isFar ? UInt32.max : UInt32(placed.start)) + name + extra
  }

  private static func endRecords(count: Int, directory: Int, at start: Int) -> [UInt8] {
    var records: [UInt8] = []
    let isFar = start >= Int(UInt32.max) || directory >= Int(UInt32.max)
    if isFar {
      records += Array("PK\u{6}\u{6}".utf8) + bytes(UInt64(44)) + [45, 0, 45, 0] + bytes(UInt32(0)) + bytes(UInt32(0))
      for number in [count, count, directory, start] { records += bytes(UInt64(number)) }
      records += Array("PK\u{6}\u{7}".utf8) + bytes(UInt32(0)) + bytes(UInt64(start + directory)) + bytes(UInt32(1))
    }
    records += Array("PK\u{5}\u{6}".utf8) + [0, 0, 0, 0] + bytes(UInt16(count)) + bytes(UInt16(count))
    records += bytes(isFar ? UInt32.max : UInt32(directory)) + bytes(isFar ? UInt32.max : UInt32(start))
    return records + [0, 0]
  }
}
