import Bytes

/// One block of a ``SortedTable``: entries that share prefixes of their keys, and the places where none is shared.
struct TableBlock {
  /// Where a block lies.
  struct Handle {
    let offset: Int
    let size: Int

    /// The end of the block with its trailer.
    var end: Int { offset + size + TableBlock.trailerBytes }

    init(_ cursor: inout Cursor) throws {
      let place = cursor
      offset = try cursor.size("the offset of a block")
      size = try cursor.size("the size of a block")
      guard offset <= Int.max / 4, size <= Int.max / 4 else {
        throw place.damaged(found: "a block of \(size) bytes at byte \(offset)", expected: "one inside the file")
      }
    }

    init(in value: ByteView) throws {
      var cursor = Cursor(value)
      try self.init(&cursor)
    }
  }

  /// The type of the block and its checksum.
  private static let trailerBytes = 5

  private let contents: ByteView
  private let restarts: [Int]
  private let entriesEnd: Int

  /// Reads a block, compares its checksum and expands it.
  init(at handle: Handle, in bytes: ByteView) throws {
    guard handle.end <= bytes.count else {
      throw Problem(
        .damaged, file: bytes.file, byte: min(handle.offset, bytes.count),
        found: "a block of \(handle.size) bytes at byte \(handle.offset)",
        expected: "one inside the \(bytes.count) bytes",
        advice: "The file is cut short or overwritten; get it again from where it came")
    }
    let stored = try bytes.slice(at: handle.offset, count: handle.size, of: "a block")
    var trailer = Cursor(bytes, at: handle.offset + handle.size)
    let type = try trailer.u8("the type of a block")
    let expected = try trailer.u32("the checksum of a block")
    var crc = CRC32C()
    stored.withUnsafeBytes { crc.update($0) }
    crc.update([type])
    guard crc.matches(expected) else {
      throw Problem(
        .damaged, file: bytes.file, byte: handle.offset,
        found: "a block with the masked CRC-32C \(hexadecimal(crc.masked))", expected: hexadecimal(expected),
        advice: "The file changed after it was written; get it again from where it came")
    }
    contents = try Self.expanded(stored, type: type, at: handle.offset)
    (restarts, entriesEnd) = try Self.restarts(in: contents)
  }

  private static func expanded(_ stored: ByteView, type: UInt8, at offset: Int) throws -> ByteView {
    switch type {
    case 0: return stored
    case 1:
      return try Snappy.expanded(
        stored, limit: Limits.blockBytes, file: "\(stored.file)(expanded block at byte \(offset))")
    default:
      throw Problem(
        .unsupported, file: stored.file, byte: offset + stored.count, found: "a block of compression \(type)",
        expected: "0 (none) or 1 (Snappy)")
    }
  }

  /// Takes the array at the block's end that lists where keys stand whole.
  private static func restarts(in contents: ByteView) throws -> ([Int], end: Int) {
    guard contents.count >= 4 else {
      throw Cursor(contents).damaged(
        found: "a block of \(contents.count) bytes", expected: "at least the 4 that count its restarts")
    }
    var last = Cursor(contents, at: contents.count - 4)
    let place = last
    let count = Int(try last.u32("the number of restarts"))
    let end = contents.count - 4 - 4 * count
    guard count > 0, end >= 0 else {
      throw place.damaged(
        found: "\(count) restarts in a block of \(contents.count) bytes", expected: "at least 1, of 4 bytes each")
    }
    var cursor = Cursor(contents, at: end)
    return (try (0..<count).map { _ in Int(try cursor.u32("a restart")) }, end)
  }

  /// Visits the entries in order.
  ///
  /// Restarts must be exactly at entries whose key stands whole: whoever searches by them must come to the same keys.
  func forEachEntry(_ visit: (SortedTable.Entry) throws -> Void) throws {
    var cursor = Cursor(try contents.slice(at: 0, count: entriesEnd, of: "the entries of a block"))
    var key: [UInt8] = []
    var next = restarts[...]
    if next.first == 0, cursor.remaining == 0 { next = next.dropFirst() }
    while cursor.remaining > 0 {
      let place = cursor
      let shared = try cursor.size("the shared part of a key")
      let added = try cursor.size("the rest of a key")
      let valueCount = try cursor.size("the size of a value")
      if next.first == place.offset {
        guard shared == 0 else {
          throw place.damaged(found: "a restart whose key shares \(shared) bytes", expected: "a whole key")
        }
        next = next.dropFirst()
      }
      guard shared <= key.count else {
        throw place.damaged(
          found: "a key that shares \(shared) bytes with the one before", expected: "at most its \(key.count)")
      }
      let suffix = try cursor.bytes(added, "the rest of a key")
      guard shared + added <= Limits.keyBytes else {
        throw Problem(
          .refused, file: contents.file, byte: place.filePosition, found: "a key of \(shared + added) bytes",
          expected: "at most \(Limits.keyBytes)")
      }
      key.removeSubrange(shared...)
      suffix.withUnsafeBytes { key.append(contentsOf: $0) }
      let value = try cursor.bytes(valueCount, "a value")
      try visit(SortedTable.Entry(key: key, value: value, position: place.filePosition))
    }
    if let stray = next.first {
      throw cursor.damaged(found: "a restart at \(stray)", expected: "restarts that rise and stand at entries")
    }
  }
}
