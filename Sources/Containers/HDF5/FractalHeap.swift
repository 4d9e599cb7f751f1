import Bytes

/// The messages of a dense group or of densely stored attributes.
///
/// HDF5 File Format Specification 3.0, III.G. "Disk Format: Level 1G - Fractal Heap".
struct FractalHeap {
  private let space: AddressSpace
  private let identifierSize: Int
  private let hasDirectChecksums: Bool
  private let width: Int
  private let startingBlockSize: UInt64
  private let maximumDirectSize: UInt64
  private let offsetWidth: Int
  private let lengthWidth: Int
  private let root: UInt64
  private let rootRows: Int
  private var verified: Set<UInt64> = []
  /// Direct blocks never overlap, so that verifying all of them reads no more than the file.
  private var bytesLeft: Int

  init(_ space: AddressSpace, at address: UInt64) throws {
    self.space = space
    bytesLeft = space.count
    var cursor = try space.cursor(at: address, of: "a fractal heap")
    let start = cursor
    try cursor.signature("FRHP", of: "a fractal heap")
    _ = try cursor.version(0...0, of: "a fractal heap")
    identifierSize = Int(try cursor.u16("the size of heap identifiers"))
    let filterSize = try cursor.u16("the size of a fractal heap's filters")
    guard filterSize == 0 else {
      throw start.problem(
        .unsupported, found: "a fractal heap with filters", expected: "one without",
        advice: "Copy the file with h5repack")
    }
    let flags = try cursor.u8("the flags of a fractal heap")
    hasDirectChecksums = flags & 0x02 != 0
    let maximumObjectSize = try cursor.u32("the largest managed object of a fractal heap")
    try cursor.skip(12 * 8, "the counters of a fractal heap")
    width = Int(try cursor.u16("the width of a fractal heap"))
    startingBlockSize = try cursor.u64("the starting block size of a fractal heap")
    maximumDirectSize = try cursor.u64("the largest direct block of a fractal heap")
    let heapBits = Int(try cursor.u16("the size of a fractal heap"))
    try cursor.skip(2, "the starting rows of a fractal heap")
    root = try cursor.u64("the root block of a fractal heap")
    rootRows = Int(try cursor.u16("the rows of a fractal heap"))
    try cursor.checksum(from: start.offset, of: "a fractal heap")

    offsetWidth = (heapBits + 7) / 8
    lengthWidth = byteWidth(min(maximumDirectSize, UInt64(maximumObjectSize)))
    guard (1...64).contains(heapBits), width > 0, width & (width - 1) == 0,
      startingBlockSize > 0, startingBlockSize & (startingBlockSize - 1) == 0, startingBlockSize <= maximumDirectSize,
      maximumDirectSize <= 1 << 32, rootRows <= 64, 1 + offsetWidth + lengthWidth <= identifierSize
    else {
      throw start.damaged(found: "a fractal heap whose sizes contradict each other")
    }
  }

  /// Finds the object that an identifier stands for.
  ///
  /// - Throws: `Problem` of kind *unsupported* for objects that lie outside of the heap's blocks ("huge") or in the
  ///   identifier itself ("tiny").
  mutating func object(_ identifier: ByteView) throws -> Range<Int> {
    var cursor = Cursor(identifier)
    let place = cursor
    guard identifier.count == identifierSize else {
      throw place.damaged(found: "a heap identifier of \(identifier.count) bytes", expected: "\(identifierSize) bytes")
    }
    let flags = try cursor.u8("the flags of a heap identifier")
    guard flags & 0xF0 == 0 else {
      let kinds = [1: "a huge object", 2: "a tiny object"]
      guard flags & 0xC0 == 0, let kind = kinds[Int(flags >> 4)] else {
        throw place.damaged(found: "a heap identifier with the flags \(flags)")
      }
      throw place.problem(
        .unsupported, found: "\(kind) of a fractal heap", expected: "a managed object")
    }
    let offset = try cursor.number(width: offsetWidth, "the offset of a heap object")
    let length = try cursor.number(width: lengthWidth, "the length of a heap object")
    let block = try directBlock(holding: offset, from: place)
    let headerSize = UInt64(5 + 8 + offsetWidth + (hasDirectChecksums ? 4 : 0))
    guard offset - block.offset >= headerSize, length > 0, length <= block.size - (offset - block.offset) else {
      throw place.damaged(
        found: "a heap object at offset \(offset) with length \(length)",
        expected: "one inside a block of \(block.size) bytes")
    }
    let view = try space.slice(at: block.address + (offset - block.offset), count: length, of: "a heap object")
    let start = view.start - space.bytes.start
    return start..<(start + view.count)
  }

  /// A direct block: where it lies in the file, where in the heap, and how long it is.
  private struct DirectBlock {
    let address: UInt64
    let offset: UInt64
    let size: UInt64
  }

  /// Descends to the direct block with an offset of the heap's own space.
  private mutating func directBlock(holding offset: UInt64, from place: Cursor) throws -> DirectBlock {
    func outside() -> Problem {
      place.damaged(found: "the offset \(offset) of a heap object", expected: "one inside the fractal heap")
    }
    if rootRows == 0 {
      guard offset < startingBlockSize else { throw outside() }
      let block = DirectBlock(address: root, offset: 0, size: startingBlockSize)
      try verify(block)
      return block
    }
    var address = root
    var base: UInt64 = 0
    var rows = rootRows
    while true {
      guard let (row, column, blockOffset, size) = position(of: offset - base), row < rows else { throw outside() }
      let child = try entry(row * width + column, ofBlockAt: address, offset: base, rows: rows)
      guard child != AddressSpace.undefined else { throw outside() }
      base += blockOffset
      if size <= maximumDirectSize {
        let block = DirectBlock(address: child, offset: base, size: size)
        try verify(block)
        return block
      }
      // An indirect block of a given size has as many rows as it takes to cover it: always fewer than its parent.
      let childRows =
        size.trailingZeroBitCount - startingBlockSize.trailingZeroBitCount - width.trailingZeroBitCount + 1
      guard childRows > 0, childRows < rows else { throw outside() }
      address = child
      rows = childRows
    }
  }

  /// Finds the row and column that hold an offset within an indirect block: rows 0 and 1 have blocks of the starting
  /// size, each further row blocks of twice the size.
  private func position(of offset: UInt64) -> (row: Int, column: Int, blockOffset: UInt64, size: UInt64)? {
    let (firstRow, overflow) = startingBlockSize.multipliedReportingOverflow(by: UInt64(width))
    guard !overflow else { return nil }
    let quotient = offset / firstRow
    let row = quotient == 0 ? 0 : UInt64.bitWidth - quotient.leadingZeroBitCount
    let doublings = max(0, row - 1)
    guard firstRow.leadingZeroBitCount > doublings else { return nil }
    let size = startingBlockSize << UInt64(doublings)
    let rowOffset = row == 0 ? 0 : firstRow << UInt64(doublings)
    let column = (offset - rowOffset) / size
    return (row, Int(column), rowOffset + column * size, size)
  }

  /// Reads one child address of an indirect block, whose checksum is verified once.
  private mutating func entry(_ index: Int, ofBlockAt address: UInt64, offset: UInt64, rows: Int) throws -> UInt64 {
    var cursor = try space.cursor(at: address, of: "an indirect block of a fractal heap")
    let start = cursor
    try cursor.signature("FHIB", of: "an indirect block of a fractal heap")
    try prefix(&cursor, offset: offset)
    var entries = cursor
    if verified.insert(address).inserted {
      try cursor.skip(rows * width * 8, "the children of an indirect block")
      try cursor.checksum(from: start.offset, of: "an indirect block of a fractal heap")
    }
    try entries.skip(index * 8, "the children of an indirect block")
    return try entries.u64("a child of an indirect block")
  }

  /// Checks a direct block once.
  private mutating func verify(_ block: DirectBlock) throws {
    guard verified.insert(block.address).inserted else { return }
    let view = try space.slice(at: block.address, count: block.size, of: "a direct block of a fractal heap")
    var cursor = Cursor(view)
    try cursor.signature("FHDB", of: "a direct block of a fractal heap")
    try prefix(&cursor, offset: block.offset)
    guard hasDirectChecksums else { return }
    let place = cursor
    bytesLeft -= view.count
    guard bytesLeft >= 0 else { throw place.damaged(found: "blocks of a fractal heap that overlap") }
    let stored = try cursor.u32("the checksum of a direct block")
    // The checksum covers the whole block, with zeros where it stands itself.
    var bytes = view.array()
    bytes.replaceSubrange(place.offset..<(place.offset + 4), with: [0, 0, 0, 0])
    let computed = bytes.withUnsafeBytes(lookup3)
    guard stored == computed else {
      throw place.damaged(
        found: "a wrong checksum of a direct block of a fractal heap",
        expected: "the checksum \(computed), not \(stored)")
    }
  }

  /// Takes what direct and indirect blocks begin with.
  private func prefix(_ cursor: inout Cursor, offset: UInt64) throws {
    _ = try cursor.version(0...0, of: "a block of a fractal heap")
    try cursor.skip(8, "the heap of a block")
    let place = cursor
    let found = try cursor.number(width: offsetWidth, "the offset of a block in its heap")
    guard found == offset else {
      throw place.damaged(found: "a block of a fractal heap for offset \(found)", expected: "offset \(offset)")
    }
  }
}
