import Bytes

/// The first structure of a file: where its addresses begin and end, and where its root group is.
///
/// HDF5 File Format Specification 3.0, II.A. "Disk Format: Level 0A - Format Signature and Superblock".
struct Superblock {
  /// The file's bytes between the base address and the end-of-file address.
  let space: AddressSpace
  /// The address of the root group's object header.
  let root: UInt64

  /// The size in bytes of the shortest superblock, those of versions 2 and 3.
  static let smallestSize = 48

  /// Finds and reads the superblock at byte 0, 512, 1024, 2048 and so on: what stands before is the user block.
  ///
  /// - Parameter isCutShort: Whether a file that is shorter than it says is read as far as it goes.
  /// - Throws: `Problem` of kind *damaged* when there is none or the file is shorter than it says, *unsupported* when its
  ///   version, its sizes of offsets and lengths or its driver are not read here.
  init(_ bytes: ByteView, isCutShort: Bool = false) throws {
    let position = try Self.position(in: bytes)
    var cursor = Cursor(bytes, at: position + 8)
    let version = try cursor.version(0...3, of: "the superblock")

    if version < 2 { try cursor.skip(4, "the versions of the superblock's parts") }
    let sizes = cursor
    let offsetSize = try cursor.u8("the size of offsets")
    let lengthSize = try cursor.u8("the size of lengths")
    guard offsetSize == 8, lengthSize == 8 else {
      throw sizes.problem(
        .unsupported, found: "offsets of \(offsetSize) and lengths of \(lengthSize) bytes in the superblock",
        expected: "8 bytes each", advice: "Copy the file with h5repack")
    }
    // Versions 0 and 1: a reserved byte, the group node Ks and the flags; version 1 adds the chunk node K.
    try cursor.skip([9, 13, 1, 1][Int(version)], "the parameters of the superblock")
    let base = try cursor.u64("the base address")
    _ = try cursor.u64("the address of the free space or of the superblock's extension")
    let storedEnd = try cursor.u64("the end-of-file address")
    if version < 2 {
      let place = cursor
      guard try cursor.u64("the address of the driver information") == AddressSpace.undefined else {
        throw place.problem(
          .unsupported, found: "a file kept by a special file driver (family or multi)",
          expected: "a file that is whole in itself", advice: "Copy the file with h5repack")
      }
      _ = try cursor.u64("the name of the root group")
    }
    root = try cursor.u64("the address of the root group")
    if version >= 2 { try cursor.checksum(from: position, of: "the superblock") }

    // libhdf5 does the same (H5F__super_read): where the superblock is found, there the addresses begin, so that a
    // user block can be added or taken away without rewriting the file.
    let end = storedEnd.subtractingReportingOverflow(base)
    guard !end.overflow, let length = Int(exactly: end.partialValue), length > 0 else {
      throw cursor.damaged(found: "the end-of-file address \(storedEnd) and the base address \(base)")
    }
    let present = bytes.count - position
    guard length <= present || isCutShort else {
      throw Problem(
        .damaged, file: bytes.file, byte: bytes.start + bytes.count,
        found: "the end of the file after \(bytes.count) bytes",
        expected: "\(length.addingReportingOverflow(position).partialValue) bytes",
        advice: "The file is cut short; get it again from where it came")
    }
    space = AddressSpace(
      bytes: try bytes.slice(at: position, count: min(length, present), of: "the HDF5 file"), isCutShort: isCutShort)
  }

  private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  private static func position(in bytes: ByteView) throws -> Int {
    let found = bytes.withUnsafeBytes { bytes -> Int? in
      var position = 0
      while position <= bytes.count - signature.count {
        if bytes[position..<(position + signature.count)].elementsEqual(signature) { return position }
        position = position == 0 ? 512 : position.multipliedReportingOverflow(by: 2).partialValue
        if position <= 0 { return nil }
      }
      return nil
    }
    guard let found else { throw notHDF5(bytes) }
    return found
  }

  /// Says what a file without the signature seems to be.
  private static func notHDF5(_ bytes: ByteView) -> Problem {
    let beginning = bytes.withUnsafeBytes { bytes in
      String(decoding: bytes.prefix(64).drop { $0 == 0x20 || (0x09...0x0D).contains($0) }, as: UTF8.self).lowercased()
    }
    let (found, advice): (String, String?) =
      if bytes.count == 0 {
        ("an empty file", "The download failed; get the file again")
      } else if beginning.hasPrefix("version https://git-lfs") {
        ("a Git LFS pointer", "Fetch the file that it stands for with: git lfs pull")
      } else if beginning.hasPrefix("<!doctype") || beginning.hasPrefix("<html") || beginning.hasPrefix("<?xml") {
        ("a web page", "Download the file itself, not the page that shows it")
      } else if bytes.count < signature.count {
        ("a file of \(bytes.count) bytes", "The file is cut short; get it again from where it came")
      } else {
        ("no HDF5 signature at byte 0, 512, 1024 and so on", nil)
      }
    return Problem(.damaged, file: bytes.file, found: found, expected: "an HDF5 file", advice: advice)
  }
}
