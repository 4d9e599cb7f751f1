import Bytes

/// One member of a ``ZipArchive``.
public struct ZipMember: Sendable {
  /// The name, as it stands in the archive: `encoder/kernel:0.npy`.
  public let name: String
  /// The size of the contents in bytes.
  public let byteCount: Int
  /// How the contents are stored.
  public let method: Method
  /// The CRC-32 that the contents must have.
  public let checksum: UInt32
  /// The archive and the member in one word, as problems about the contents show them: `archive.npz(member.npy)`.
  public let file: String
  private let stored: ByteView
  private let inflating: InflatingMember?

  /// How the contents of a member are stored (APPNOTE 4.4.5).
  public enum Method: UInt16, Sendable {
    /// As they are.
    case stored = 0
    /// By deflate (RFC 1951).
    case deflated = 8
  }

  init(_ entry: DirectoryEntry, stored: ByteView) {
    name = entry.name
    byteCount = entry.byteCount
    method = entry.method
    checksum = entry.checksum
    file = "\(stored.file)(\(entry.name))"
    self.stored = stored
    inflating =
      switch entry.method {
      case .stored: nil
      case .deflated: InflatingMember(entry, stored: stored)
      }
  }

  /// The size in the archive in bytes.
  public var storedByteCount: Int { stored.count }

  /// The contents as they lie in the archive, when they are stored; else nil.
  public var contiguousBytes: ByteView? {
    guard method == .stored else { return nil }
    var view = stored
    view.file = file
    return view
  }

  /// Copies `buffer.count` bytes of the contents, beginning `offset` bytes into them.
  ///
  /// Stored members are read from the file. Deflated ones are inflated from where the last call stopped; going back
  /// starts again from the beginning, so read them forwards. A deflated member that has been read to its end has
  /// been checked against its CRC-32; a stored one has not: that is ``verifyChecksum()``.
  ///
  /// - Throws: ``Problem`` of kind *damaged* when the range leaves the contents, the compressed bytes are no deflate stream of
  ///   exactly this length, or the CRC-32 is another one; *unavailable* when the system cannot read the file.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    guard let inflating else { return try stored.read(at: offset, into: buffer) }
    try inflating.read(at: offset, into: buffer)
  }

  /// Returns the first `count` bytes of the contents, or all of them when there are fewer.
  ///
  /// Of a deflated member only as much is inflated, and nothing is kept for a later call.
  ///
  /// - Throws: ``Problem`` as ``read(at:into:)`` does.
  public func prefix(_ count: Int) throws -> ByteView {
    try ByteView(count: max(0, min(count, byteCount)), file: file) { buffer in
      guard let inflating else { return try stored.read(at: 0, into: buffer) }
      try inflating.readOnce(into: buffer)
    }
  }

  /// Reads all the contents in pieces and compares their CRC-32.
  ///
  /// - Throws: ``Problem`` of kind *damaged* when it is another one, and as ``read(at:into:)`` does.
  public func verifyChecksum() throws {
    if let inflating { return try inflating.verify() }
    var found = Checksum()
    try forEachPiece {
      found.update($0)
      return true
    }
    try found.check(against: checksum, file: stored.file, object: name, byte: stored.start)
  }

  /// Whether every byte of the contents is zero; reading stops at the first that is not.
  ///
  /// - Throws: ``Problem`` as ``read(at:into:)`` does.
  public func holdsOnlyZeros() throws -> Bool {
    var isZero = true
    try forEachPiece {
      isZero = $0.allSatisfy { $0 == 0 }
      return isZero
    }
    return isZero
  }

  /// Reads the contents in order through one small buffer, as long as `body` returns that it wants more.
  private func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Bool) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(1 << 16, max(1, byteCount)), alignment: 16)
    defer { buffer.deallocate() }
    for offset in stride(from: 0, to: byteCount, by: buffer.count) {
      let piece = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(byteCount - offset))
      try read(at: offset, into: piece)
      guard body(UnsafeRawBufferPointer(piece)) else { return }
    }
  }
}

extension ZipMember.Method {
  /// Returns the name of a method that is not read (APPNOTE 4.4.5).
  static func describe(_ code: UInt16) -> String {
    let name: String? =
      switch code {
      case 1: "shrink"
      case 6: "implode"
      case 9: "Deflate64"
      case 12: "bzip2"
      case 14: "LZMA"
      case 93: "Zstandard"
      case 95: "XZ"
      case 98: "PPMd"
      case 99: "AES encryption"
      default: nil
      }
    return name.map { "method \(code) (\($0))" } ?? "method \(code)"
  }
}
