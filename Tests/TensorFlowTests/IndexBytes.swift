/// Puts together indices, also such as no program writes.
enum IndexBytes {
  typealias Entry = (key: [UInt8], value: [UInt8])

  static func varint(_ value: UInt64) -> [UInt8] {
    value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
  }

  static func littleEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }

  // MARK: Messages

  static func field(_ number: UInt64, _ value: Int) -> [UInt8] {
    varint(number << 3) + varint(UInt64(bitPattern: Int64(value)))
  }

  static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
  }

  static func header(shards: Int = 1, and more: [UInt8] = []) -> Entry {
    ([], field(1, shards) + more)
  }

  static func shape(_ extents: [Int]) -> [UInt8] { field(2, extents.flatMap { field(2, field(1, $0)) }) }

  /// The entry of a tensor or, under its key, of a slice.
  static func entry(
    _ name: String = "w", key: [UInt8]? = nil, type: Int = 1, shape extents: [Int] = [2], shard: Int = 0,
    offset: Int = 0,
    size: Int = 8, checksum: UInt32 = 0, and more: [UInt8] = []
  ) -> Entry {
    let checksum = varint(6 << 3 | 5) + littleEndian(checksum)
    let message =
      field(1, type) + shape(extents) + field(3, shard) + field(4, offset) + field(5, size) + checksum + more
    return (key ?? Array(name.utf8), message)
  }

  /// A slice in the entry of its tensor, a start and a length for each axis.
  static func slice(_ extents: (start: Int, count: Int)...) -> [UInt8] {
    field(7, extents.flatMap { field(1, field(1, $0.start) + field(2, $0.count)) })
  }

  /// The key of a slice of numbers below 64.
  static func sliceKey(_ name: String, _ extents: (start: Int, count: Int)...) -> [UInt8] {
    [0] + Array(name.utf8) + [0, 1, 1, UInt8(extents.count)]
      + extents.flatMap { [0x80 ^ UInt8($0.start), 0x80 ^ UInt8($0.count)] }
  }

  // MARK: Tables

  /// The contents of a block in which no key shares a prefix.
  static func block(_ entries: [Entry], restarts: [UInt32] = [0]) -> [UInt8] {
    entries.flatMap { block(shared: 0, $0.key, $0.value) } + restarts.flatMap(littleEndian)
      + littleEndian(UInt32(restarts.count))
  }

  /// One entry of a block.
  static func block(shared: UInt64, _ key: [UInt8], _ value: [UInt8]) -> [UInt8] {
    varint(shared) + varint(UInt64(key.count)) + varint(UInt64(value.count)) + key + value
  }

  /// A table of one or more blocks, with their checksums; `separators` are the keys of the index block.
  static func table(blocks: [[UInt8]], types: [UInt8] = [], separators: [[UInt8]]? = nil) -> [UInt8] {
    var bytes: [UInt8] = []
    func append(_ block: [UInt8], type: UInt8 = 0) -> [UInt8] {
      let handle = varint(UInt64(bytes.count)) + varint(UInt64(block.count))
      bytes += block + [type] + littleEndian(maskedCRC(block + [type]))
      return handle
    }
    var index: [Entry] = []
    for (number, block) in blocks.enumerated() {
      let separator = separators?[number] ?? [0xFF, UInt8(number)]
      index.append((separator, append(block, type: number < types.count ? types[number] : 0)))
    }
    let footer = append(block([])) + append(block(index))
    return bytes + footer + Array(repeating: 0, count: 40 - footer.count) + signature
  }

  static let signature: [UInt8] = [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]

  /// An index of one block.
  static func index(_ entries: Entry...) -> [UInt8] { table(blocks: [block(entries)]) }

  /// The checksum as files hold it, byte by byte.
  static func maskedCRC(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes { crc = crcs[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
    crc = ~crc
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }

  private static let crcs: [UInt32] = (0..<256).map { byte in
    var crc = UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
    return crc
  }
}
