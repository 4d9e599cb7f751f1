import Bytes

/// A file of sorted keys and values in the table format of LevelDB, as TensorFlow writes `.index` files.
///
/// `doc/table_format.md` of google/leveldb; `tensorflow/core/lib/io/format.h`. All entries are read at once, with the
/// checksum of every block, and their order is checked, so that programs that search it see what this one sees.
struct SortedTable {
  /// The keys and values, keys rising bytewise.
  let entries: [Entry]

  struct Entry {
    let key: [UInt8]
    let value: ByteView
    /// Where the entry begins, in bytes from the start of `value.file`.
    let position: Int
  }

  /// The last eight bytes of every table.
  static let signature: [UInt8] = [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
  private static let footerBytes = 48

  /// Reads a whole table.
  ///
  /// - Throws: `Problem` of kind *damaged* when this is no table or a block does not have its checksum; *unsupported* for a
  ///   compression other than Snappy; *refused* beyond the limits.
  init(_ bytes: ByteView) throws {
    let indexHandle = try Self.indexHandle(in: bytes)
    var entries: [Entry] = []
    var keyBytes = 0
    var end = 0
    var separator: [UInt8]?
    try TableBlock(at: indexHandle, in: bytes).forEachEntry { index in
      let handle = try TableBlock.Handle(in: index.value)
      // Blocks follow each other: one that is named twice would be read twice.
      guard handle.offset >= end else {
        throw Cursor(index.value).damaged(
          found: "a block at byte \(handle.offset)", expected: "one behind the last, which ends at byte \(end)")
      }
      end = handle.end
      try TableBlock(at: handle, in: bytes).forEachEntry { entry in
        guard (entries.last?.key ?? separator).map({ Self.precedes($0, entry.key) }) ?? true,
          separator.map({ Self.precedes($0, entry.key) }) ?? true, !Self.precedes(index.key, entry.key)
        else {
          throw Problem(
            .damaged, file: entry.value.file, byte: entry.position,
            found: "the key \(Self.words(entry.key)) out of order", expected: "keys that rise")
        }
        keyBytes += entry.key.count
        guard entries.count < Limits.entries, keyBytes <= Limits.allKeyBytes else {
          throw Problem(
            .refused, file: bytes.file, byte: entry.position,
            found: "more than \(Limits.entries) entries, or more than \(Limits.allKeyBytes) bytes of keys",
            expected: "at most that many")
        }
        entries.append(entry)
      }
      separator = index.key
    }
    self.entries = entries
  }

  private static func indexHandle(in bytes: ByteView) throws -> TableBlock.Handle {
    let advice = "The file is cut short or is no index of a checkpoint; get it again from where it came"
    guard bytes.count >= footerBytes else {
      throw Problem(
        .damaged, file: bytes.file, byte: 0, found: "a file of \(bytes.count) bytes",
        expected: "at least the \(footerBytes) of a footer", advice: advice)
    }
    let footer = try bytes.slice(at: bytes.count - footerBytes, count: footerBytes, of: "the footer")
    guard TensorFlowCheckpoint.hasSignature(bytes) else {
      throw Problem(
        .damaged, file: bytes.file, byte: bytes.count - 8, found: "other bytes than those that every table ends with",
        expected: "57 FB 80 8B 24 75 47 DB", advice: advice)
    }
    var cursor = Cursor(try footer.slice(at: 0, count: footerBytes - 8, of: "the footer"))
    _ = try TableBlock.Handle(&cursor)  // of the meta index, which TensorFlow leaves empty
    return try TableBlock.Handle(&cursor)
  }

  private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.lexicographicallyPrecedes(right)
  }

  /// A key as text for a message.
  private static func words(_ key: [UInt8]) -> String { "\"\(String(decoding: key.prefix(200), as: UTF8.self))\"" }
}
