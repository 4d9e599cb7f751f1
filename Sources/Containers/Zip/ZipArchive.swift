import Bytes

/// A ZIP archive as the list of its members (APPNOTE.TXT 6.3.10, PKWARE).
///
/// The central directory is the authority; what the local headers and the data descriptors repeat must agree with it, so that
/// no two programs can see different contents in one archive. Opening reads the directory and the local headers,
/// never the members.
public struct ZipArchive: Sendable {
  /// The whole archive.
  public let bytes: ByteView
  /// The members, in the order of the central directory.
  public let members: [ZipMember]

  /// Reads the directory of an archive and checks every member against its local header.
  ///
  /// - Throws: ``Problem`` of kind
  ///   *damaged* when the records contradict each other or the file's length, or a name stands there twice;
  ///   *unsupported* for encryption, for compression other than stored and deflated, and for archives on several disks;
  ///   *refused* for bytes before the archive, a second directory that fits as well, names that lead out of the
  ///   archive, symbolic links, and more than the limits allow.
  public init(_ bytes: ByteView, limits: Limits = Limits()) throws {
    let end = try EndOfDirectory(in: bytes)
    let entries = try DirectoryEntry.entries(of: end, in: bytes, limits: limits)
    try Self.checkNames(entries, file: bytes.file)
    try Self.checkInflatedSize(entries, limits: limits, in: bytes)
    let locations = try entries.map { try MemberLocation(of: $0, in: bytes, directoryStart: end.directory.lowerBound) }
    try Self.checkLayout(entries, locations, file: bytes.file)
    self.bytes = bytes
    members = try zip(entries, locations).map { entry, location in
      let stored = try bytes.slice(at: location.data.lowerBound, count: location.data.count, of: "the member")
      return ZipMember(entry, stored: stored)
    }
  }

  /// What an archive may ask for; more is refused.
  public struct Limits: Sendable {
    /// How many members there may be.
    public var members = 100_000
    /// How many bytes all deflated members together may give, whatever the archive's size.
    public var inflatedBytes = 64 << 30
    /// How many times the archive's size all deflated members together may give, beyond a first gigabyte.
    public var inflation = 16

    /// Starts with the limits that every real model stays within.
    public init() {}
  }
}

extension ZipArchive {
  private static func checkNames(_ entries: [DirectoryEntry], file: String) throws {
    // Names are compared as bytes: Swift strings that differ only in their normalization are equal.
    var seen: Set<[UInt8]> = []
    for entry in entries where !seen.insert(entry.nameBytes).inserted {
      throw Problem(
        .damaged, file: file, object: entry.name, byte: entry.position,
        found: "a second member of this name", expected: "every name once")
    }
  }

  private static func checkInflatedSize(_ entries: [DirectoryEntry], limits: Limits, in bytes: ByteView) throws {
    let (scaled, overflow) = bytes.count.multipliedReportingOverflow(by: limits.inflation)
    let proportional = overflow ? Int.max : min(scaled, Int.max - (1 << 30)) + (1 << 30)
    let limit = min(limits.inflatedBytes, proportional)
    var total = 0
    for entry in entries where entry.method == .deflated {
      guard entry.byteCount <= limit - total else {
        throw Problem(
          .refused, file: bytes.file, object: entry.name, byte: entry.position,
          found: "members that inflate to more than \(limit) bytes",
          expected: "at most that many for an archive of \(bytes.count) bytes",
          advice: "Save the arrays uncompressed if they really are that large")
      }
      total += entry.byteCount
    }
  }

  private static func checkLayout(
    _ entries: [DirectoryEntry], _ locations: [MemberLocation], file: String
  ) throws {
    let order = locations.indices.sorted { locations[$0].extent.lowerBound < locations[$1].extent.lowerBound }
    if let first = order.first, locations[first].extent.lowerBound > 0 {
      throw EndOfDirectory.prepended(locations[first].extent.lowerBound, file: file)
    }
    for (earlier, later) in zip(order, order.dropFirst())
    where locations[later].extent.lowerBound < locations[earlier].extent.upperBound {
      throw Problem(
        .damaged, file: file, object: entries[later].name, byte: locations[later].extent.lowerBound,
        found: "a member that overlaps \(entries[earlier].name)",
        expected: "members that begin at byte \(locations[earlier].extent.upperBound) or later")
    }
  }
}
