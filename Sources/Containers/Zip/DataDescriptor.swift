import Bytes

/// The numbers that follow the data of a member written to a stream (APPNOTE 4.3.9).
struct DataDescriptor {
  let checksum: UInt32
  /// The size of the data in front of it, which are stored as they are.
  let byteCount: Int
  /// Where the descriptor ends.
  let end: Int

  private static let signature: UInt32 = 0x0807_4B50

  /// Searches for the descriptor of stored data whose length nothing in front of them tells.
  ///
  /// It is taken for one where its signature stands and both its sizes are the distance from the data's start. Nil when there is none up to
  /// the end of the file.
  init?(behindDataAt start: Int, in bytes: ByteView) {
    let found = bytes.withUnsafeBytes { bytes -> (UInt32, Int, Int)? in
      func matches<Size: FixedWidthInteger & BitwiseCopyable>(_ size: Size.Type, at place: Int) -> Bool {
        let length = MemoryLayout<Size>.size
        guard bytes.count - place >= 2 * length, let expected = Size(exactly: place - 8 - start) else { return false }
        return [place, place + length].allSatisfy {
          Size(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Size.self)) == expected
        }
      }
      for place in start..<max(start, bytes.count - 15)
      where bytes[place] == 0x50
        && UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)) == Self.signature
      {
        let checksum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self))
        if matches(UInt64.self, at: place + 8) { return (checksum, place - start, place + 24) }
        if matches(UInt32.self, at: place + 8) { return (checksum, place - start, place + 16) }
      }
      return nil
    }
    guard let found else { return nil }
    (checksum, byteCount, end) = found
  }

  /// Returns the length of the descriptor at `offset`; nil when none there gives the entry's numbers.
  ///
  /// Its signature is optional and its sizes have 4 or 8 bytes, so there are four forms to try.
  static func byteCount(at offset: Int, for entry: DirectoryEntry, in bytes: ByteView, before end: Int) -> Int? {
    for sizeBytes in [8, 4] {
      let short = [entry.storedByteCount, entry.byteCount].flatMap { littleEndian(UInt64($0)).prefix(sizeBytes) }
      let expected = littleEndian(entry.checksum) + short
      for form in [littleEndian(signature) + expected, expected] where form.count <= end - offset {
        let found = try? bytes.slice(at: offset, count: form.count, of: "the data descriptor")
        if found?.array() == form { return form.count }
      }
    }
    return nil
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
