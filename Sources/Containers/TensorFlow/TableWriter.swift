/// Builds a sorted table (``SortedTable``) from entries whose keys rise.
///
/// `doc/table_format.md` of google/leveldb; blocks of about 256 KiB, uncompressed, as TensorFlow's bundles have them.
struct TableWriter {
  private var bytes: [UInt8] = []
  private var block = Block(restartInterval: 16)
  private var index = Block(restartInterval: 1)
  private var lastKey: [UInt8] = []

  /// The size at which a block is ended (`table_options.h`, `block_size`).
  private static let blockSize = 262_144

  /// Appends an entry, whose key is greater than the last one.
  mutating func append(key: [UInt8], value: [UInt8]) {
    block.append(key: key, value: value)
    lastKey = key
    if block.byteCount >= Self.blockSize { endBlock() }
  }

  /// The whole table: the blocks, an empty meta index, the index of the blocks, and the footer.
  consuming func finished() -> [UInt8] {
    if !block.isEmpty { endBlock() }
    let metaHandle = write(Block(restartInterval: 16))
    let indexHandle = write(index)
    var footer = metaHandle + indexHandle
    footer += Array(repeating: 0, count: 40 - footer.count)
    return bytes + footer + SortedTable.signature
  }

  private mutating func endBlock() {
    let handle = write(block)
    // Any key from the last of this block to the first of the next serves; the last one itself does.
    index.append(key: lastKey, value: handle)
    block = Block(restartInterval: 16)
  }

  /// Writes a block with its trailer, and returns the handle by which it is found.
  private mutating func write(_ block: Block) -> [UInt8] {
    let contents = block.finished()
    let handle = varint(bytes.count) + varint(contents.count)
    var crc = CRC32C()
    crc.update(contents)
    crc.update([0])
    bytes += contents + [0] + littleEndian(crc.masked)
    return handle
  }

  /// Entries whose keys share beginnings with the key before, but for every so manieth.
  private struct Block {
    let restartInterval: Int
    private var entries: [UInt8] = []
    private var restarts = [0]
    private var count = 0
    private var key: [UInt8] = []

    init(restartInterval: Int) {
      self.restartInterval = restartInterval
    }

    var isEmpty: Bool { count == 0 }
    var byteCount: Int { entries.count + 4 * restarts.count + 4 }

    mutating func append(key: [UInt8], value: [UInt8]) {
      var shared = 0
      if count > 0, count % restartInterval == 0 {
        restarts.append(entries.count)
      } else {
        while shared < min(key.count, self.key.count), key[shared] == self.key[shared] { shared += 1 }
      }
      entries += varint(shared) + varint(key.count - shared) + varint(value.count) + key[shared...] + value
      self.key = key
      count += 1
    }

    func finished() -> [UInt8] {
      entries + restarts.flatMap { littleEndian(UInt32($0)) } + littleEndian(UInt32(restarts.count))
    }
  }
}

/// A number in groups of seven bits, the lowest first (`varint32` of LevelDB).
private func varint(_ value: Int) -> [UInt8] {
  var rest = UInt64(value)
  var bytes: [UInt8] = []
  while rest >= 0x80 {
    bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
    rest >>= 7
  }
  return bytes + [UInt8(rest)]
}

/// A number as four bytes, the lowest first.
private func littleEndian(_ value: UInt32) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
