import Bytes

extension ZipArchive {
  /// The members of an archive that has lost its end, and with it the directory: those whose local headers are there.
  public struct Beginning: Sendable {
    /// The members whose data are there; their checksums are not compared yet.
    public let members: [ZipMember]
    /// The member at which the file ends, when its header is there.
    public let cut: CutMember?
    /// Whether the directory follows the last member, so that there were no others.
    public let isListWhole: Bool
  }

  /// A member of which the end is missing.
  public struct CutMember: Sendable {
    /// Its name.
    public let name: String
    /// What is missing.
    public let problem: Problem
    /// What is there of its contents; nil when they are deflated.
    public let rest: ByteView?
  }

  /// Reads local headers one after the other, from the first byte to the end of the file.
  ///
  /// Stored members that were written to a stream, as PyTorch writes all of them, end where a data descriptor says so.
  ///
  /// - Throws: `Problem` of kind *damaged* when a header or what follows a member is none, *unsupported* and *refused* as
  ///   ``init(_:limits:)`` does, also for members whose length only the directory tells.
  public static func beginning(of bytes: ByteView, limits: Limits = Limits()) throws -> Beginning {
    var members: [ZipMember] = []
    var names: Set<[UInt8]> = []
    var inflated = 0
    var start = 0
    while bytes.count - start >= DirectoryEntry.localHeaderByteCount {
      var cursor = Cursor(bytes, at: start)
      let signature = try cursor.u32("a signature")
      if signature == DirectoryEntry.signature { return Beginning(members: members, cut: nil, isListWhole: true) }
      guard signature == MemberLocation.signature else {
        throw Problem(
          .damaged, file: bytes.file, byte: start, found: "no local header", expected: "its signature 50 4B 03 04")
      }
      guard let header = try? DirectoryEntry(local: &cursor, at: start) else { break }
      guard names.insert(header.nameBytes).inserted, members.count < limits.members else {
        throw Problem(
          .damaged, file: bytes.file, object: header.name, byte: start, found: "a second member of this name",
          expected: "every name once")
      }
      let dataStart = cursor.offset
      guard let (entry, end) = header.located(at: dataStart, in: bytes) else {
        return try Beginning(members: members, cut: header.cut(at: dataStart, in: bytes), isListWhole: false)
      }
      inflated = inflated.addingReportingOverflow(entry.byteCount).partialValue
      guard inflated >= 0, inflated <= limits.inflatedBytes else {
        throw Problem(
          .refused, file: bytes.file, object: entry.name, byte: start,
          found: "members that inflate to more than \(limits.inflatedBytes) bytes", expected: "at most that many")
      }
      let stored = try bytes.slice(at: dataStart, count: entry.storedByteCount, of: "the member")
      members.append(ZipMember(entry, stored: stored))
      start = end
    }
    return Beginning(members: members, cut: nil, isListWhole: false)
  }
}

extension DirectoryEntry {
  /// The size of a local header without name and extra field.
  static let localHeaderByteCount = 30

  /// Reads a local header in place of an entry, behind its signature, and leaves the cursor at the data.
  init(local cursor: inout Cursor, at position: Int) throws {
    let file = cursor.view.file
    let header = try LocalHeader(&cursor, object: "a member")
    let name = try MemberName.check(header.nameBytes, file: file, position: position)
    guard
      header.flags.isDisjoint(with: [.encrypted, .stronglyEncrypted, .headersEncrypted, .patchData]),
      let method = ZipMember.Method(rawValue: header.method), let byteCount = Int(exactly: header.sizes.count),
      let storedByteCount = Int(exactly: header.sizes.stored),
      method == .stored || !header.flags.contains(.dataDescriptor)
    else {
      throw Problem(
        .unsupported, file: file, object: name, byte: position, found: "a member that only the directory describes",
        expected: "a local header with method and sizes")
    }
    self.init(
      position: position, flags: header.flags, method: method, checksum: header.checksum,
      storedByteCount: storedByteCount, byteCount: byteCount, localHeaderOffset: position,
      nameBytes: header.nameBytes, name: name)
    try checkSizes(file: file)
  }

  /// Finds where the member's data end; nil when the file ends before that.
  ///
  /// - Returns: The entry with what a data descriptor says of it, and where the next member begins.
  fileprivate func located(at dataStart: Int, in bytes: ByteView) -> (DirectoryEntry, end: Int)? {
    guard flags.contains(.dataDescriptor) else {
      return storedByteCount <= bytes.count - dataStart ? (self, dataStart + storedByteCount) : nil
    }
    return DataDescriptor(behindDataAt: dataStart, in: bytes).map { descriptor in
      let entry = DirectoryEntry(
        position: position, flags: flags, method: method, checksum: descriptor.checksum,
        storedByteCount: descriptor.byteCount, byteCount: descriptor.byteCount, localHeaderOffset: localHeaderOffset,
        nameBytes: nameBytes, name: name)
      return (entry, descriptor.end)
    }
  }

  /// The member as one that is cut.
  fileprivate func cut(at dataStart: Int, in bytes: ByteView) throws -> ZipArchive.CutMember {
    let problem = Problem(
      .damaged, file: bytes.file, object: name, byte: bytes.count, found: "the end of the file",
      expected: flags.contains(.dataDescriptor)
        ? "data up to a data descriptor" : "\(storedByteCount) bytes of data from byte \(dataStart) on")
    var rest = try bytes.slice(at: dataStart, count: bytes.count - dataStart, of: "the member")
    rest.file = "\(bytes.file)(\(name))"
    return ZipArchive.CutMember(name: name, problem: problem, rest: method == .stored ? rest : nil)
  }
}
