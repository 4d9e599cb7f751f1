import Bytes

/// One file header of the central directory (APPNOTE 4.3.12).
struct DirectoryEntry {
  /// Where the header stands in the archive.
  let position: Int
  let flags: Flags
  let method: ZipMember.Method
  /// The CRC-32 of the member's contents.
  let checksum: UInt32
  let storedByteCount: Int
  let byteCount: Int
  let localHeaderOffset: Int
  let nameBytes: [UInt8]
  let name: String

  /// The size of a header without name, extra field and comment.
  static let minimumByteCount = 46
  static let signature: UInt32 = 0x0201_4B50

  /// The general purpose bits that matter to a reader (APPNOTE 4.4.4).
  struct Flags: OptionSet {
    let rawValue: UInt16
    static let encrypted = Flags(rawValue: 1 << 0)
    static let dataDescriptor = Flags(rawValue: 1 << 3)
    static let patchData = Flags(rawValue: 1 << 5)
    static let stronglyEncrypted = Flags(rawValue: 1 << 6)
    static let headersEncrypted = Flags(rawValue: 1 << 13)
  }

  /// Reads the whole directory.
  static func entries(
    of end: EndOfDirectory, in bytes: ByteView, limits: ZipArchive.Limits
  ) throws -> [DirectoryEntry] {
    guard end.entryCount <= limits.members else {
      throw Problem(
        .refused, file: bytes.file, byte: end.directory.lowerBound, found: "\(end.entryCount) members",
        expected: "at most \(limits.members)")
    }
    let directory = try bytes.slice(
      at: end.directory.lowerBound, count: end.directory.count, of: "the central directory")
    var cursor = Cursor(directory)
    let entries = try (0..<end.entryCount).map { _ in try DirectoryEntry(&cursor) }
    guard cursor.remaining == 0 else {
      throw cursor.damaged(
        found: "\(cursor.remaining) more bytes in the central directory", expected: "\(entries.count) entries only")
    }
    return entries
  }

  init(
    position: Int, flags: Flags, method: ZipMember.Method, checksum: UInt32, storedByteCount: Int, byteCount: Int,
    localHeaderOffset: Int, nameBytes: [UInt8], name: String
  ) {
    self.position = position
    self.flags = flags
    self.method = method
    self.checksum = checksum
    self.storedByteCount = storedByteCount
    self.byteCount = byteCount
    self.localHeaderOffset = localHeaderOffset
    self.nameBytes = nameBytes
    self.name = name
  }

  private init(_ cursor: inout Cursor) throws {
    let file = cursor.view.file
    let position = cursor.filePosition
    guard try cursor.u32("the signature of an entry") == Self.signature else {
      throw Problem(
        .damaged, file: file, byte: position, found: "no entry of the central directory",
        expected: "its signature 50 4B 01 02")
    }
    try cursor.skip(4, "the versions")
    flags = Flags(rawValue: try cursor.u16("the flags"))
    let methodCode = try cursor.u16("the method")
    try cursor.skip(4, "the time")
    checksum = try cursor.u32("the CRC-32")
    let shortStored = try cursor.u32("the compressed size")
    let shortCount = try cursor.u32("the size")
    let nameCount = Int(try cursor.u16("the length of the name"))
    let extraCount = Int(try cursor.u16("the length of the extra field"))
    let commentCount = Int(try cursor.u16("the length of the comment"))
    let disk = try cursor.u16("the disk of the member")
    try cursor.skip(2, "the internal attributes")
    let attributes = try cursor.u32("the external attributes")
    let shortOffset = try cursor.u32("the offset of the local header")
    nameBytes = try cursor.bytes(nameCount, "the name").array()
    let extra = try cursor.bytes(extraCount, "the extra field")
    try cursor.skip(commentCount, "the comment")

    name = try MemberName.check(nameBytes, file: file, position: position)
    let member = name
    func unsupported(_ found: String, expected: String, advice: String? = nil) -> Problem {
      Problem(
        .unsupported, file: file, object: member, byte: position, found: found, expected: expected, advice: advice)
    }
    guard flags.isDisjoint(with: [.encrypted, .stronglyEncrypted, .headersEncrypted]) else {
      throw unsupported("an encrypted member", expected: "an archive without a password")
    }
    guard !flags.contains(.patchData), let method = ZipMember.Method(rawValue: methodCode) else {
      throw unsupported(
        "a member compressed by \(ZipMember.Method.describe(methodCode))", expected: "stored or deflated members",
        advice: "Pack the archive again with `zip`, or with Python's `zipfile`")
    }
    // The upper half of the attributes is the mode of a Unix file.
    guard (attributes >> 16) & 0xF000 != 0xA000 else {
      throw Problem(
        .refused, file: file, object: member, byte: position, found: "a symbolic link", expected: "a regular member")
    }
    let sizes = try MemberSizes(
      in: extra, count: shortCount, stored: shortStored, offset: shortOffset, disk: disk, object: member)
    guard sizes.disk == 0 else {
      throw unsupported("a member on disk \(sizes.disk)", expected: "an archive in one file")
    }
    guard let byteCount = Int(exactly: sizes.count), let storedByteCount = Int(exactly: sizes.stored),
      let localHeaderOffset = Int(exactly: sizes.offset)
    else {
      throw Problem(
        .damaged, file: file, object: member, byte: position, found: "a size beyond 63 bits",
        expected: "sizes that fit the file")
    }
    self.position = position
    self.method = method
    self.byteCount = byteCount
    self.storedByteCount = storedByteCount
    self.localHeaderOffset = localHeaderOffset
    try checkSizes(file: file)
  }

  func checkSizes(file: String) throws {
    switch method {
    case .stored where byteCount != storedByteCount:
      throw Problem(
        .damaged, file: file, object: name, byte: position,
        found: "a stored member of \(storedByteCount) bytes that claims to be \(byteCount) bytes long",
        expected: "the same number twice")
    // No code of deflate gives more than 258 bytes for 2 bits (RFC 1951, 3.2.5).
    case .deflated where storedByteCount < Int.max / 1032 && byteCount > storedByteCount * 1032:
      throw Problem(
        .damaged, file: file, object: name, byte: position,
        found: "\(storedByteCount) deflated bytes that claim to inflate to \(byteCount)",
        expected: "at most 1032 times as many")
    default: break
    }
  }
}
