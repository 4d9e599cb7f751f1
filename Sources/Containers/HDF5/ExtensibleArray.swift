import Bytes

/// An array of chunks that can grow along one dimension.
///
/// HDF5 File Format Specification 3.0, VII.D. "The Extensible Array Index"; the sizes of its blocks follow
/// `H5EA__hdr_init` of libhdf5. The first elements stand in the index block, the next in data blocks that the index block
/// points to, all further ones in data blocks that secondary blocks point to.
struct ExtensibleArray {
  private let space: AddressSpace
  private let start: Cursor
  private let elementSize: Int
  private let indexBits: Int
  private let indexElements: Int
  private let smallestBlock: Int
  private let smallestPointers: Int
  private let pageBits: Int
  /// One more than the highest index that was ever set.
  private let count: Int
  private let indexBlock: UInt64

  init(_ space: AddressSpace, at address: UInt64) throws {
    self.space = space
    var cursor = try space.cursor(at: address, of: "an extensible array")
    start = cursor
    try cursor.signature("EAHD", of: "an extensible array")
    _ = try cursor.version(0...0, of: "an extensible array")
    try cursor.skip(1, "the client of an extensible array")
    elementSize = Int(try cursor.u8("the element size of an extensible array"))
    indexBits = Int(try cursor.u8("the index bits of an extensible array"))
    indexElements = Int(try cursor.u8("the elements in an index block"))
    smallestBlock = Int(try cursor.u8("the elements of the smallest data block"))
    smallestPointers = Int(try cursor.u8("the pointers of the smallest secondary block"))
    pageBits = Int(try cursor.u8("the page bits of an extensible array"))
    try cursor.skip(4 * 8, "the statistics of an extensible array")
    count = Int(clamping: try cursor.u64("the number of elements of an extensible array"))
    try cursor.skip(8, "the statistics of an extensible array")
    indexBlock = try cursor.u64("the index block of an extensible array")
    try cursor.checksum(from: start.offset, of: "an extensible array")
  }

  /// Visits every element that was written, with its index.
  ///
  /// - Parameter width: The size of an element, which the array must agree with.
  func forEachElement(width: Int, visit: (Int, inout Cursor) throws -> Void) throws {
    func isPowerOfTwo(_ value: Int) -> Bool { value > 0 && value & (value - 1) == 0 }
    guard elementSize == width, (1...64).contains(indexBits), pageBits < 32, isPowerOfTwo(smallestBlock),
      isPowerOfTwo(smallestPointers), smallestBlock.trailingZeroBitCount <= indexBits, count <= 1 << 40
    else {
      throw start.damaged(found: "an extensible array whose sizes contradict each other")
    }
    guard indexBlock != AddressSpace.undefined, count > 0 else { return }
    var cursor = try space.cursor(at: indexBlock, of: "the index block of an extensible array")
    let block = cursor.offset
    try cursor.signature("EAIB", of: "the index block of an extensible array")
    _ = try cursor.version(0...0, of: "the index block of an extensible array")
    try cursor.skip(1 + 8, "the header of an index block")

    // Secondary block u stands for 2^(u/2) data blocks of 2^((u+1)/2) times the smallest size. The data blocks of the
    // first ones are addressed by the index block itself.
    let secondaryCount = 1 + indexBits - smallestBlock.trailingZeroBitCount
    let directCount = min(secondaryCount, 2 * smallestPointers.trailingZeroBitCount)
    var elements = cursor
    try cursor.skip(indexElements * width, "the elements of an index block")
    var dataBlocks = cursor
    try cursor.skip(2 * (smallestPointers - 1) * 8, "the data blocks of an index block")
    var secondaryBlocks = cursor
    try cursor.skip((secondaryCount - directCount) * 8, "the secondary blocks of an index block")
    try cursor.checksum(from: block, of: "the index block of an extensible array")

    for index in 0..<min(count, indexElements) {
      var element = elements
      try elements.skip(width, "an element of an index block")
      try visit(index, &element)
    }
    var first = indexElements
    for number in 0..<secondaryCount {
      guard first < count else { return }
      let group = DataBlockGroup(
        first: first, blockCount: 1 << (number / 2), blockElements: smallestBlock << ((number + 1) / 2))
      if number < directCount {
        try readDataBlocks(group, addresses: &dataBlocks, bitmaps: nil, width: width, visit: visit)
      } else {
        let address = try secondaryBlocks.u64("the address of a secondary block")
        if address != AddressSpace.undefined {
          try readSecondaryBlock(group, at: address, width: width, visit: visit)
        }
      }
      first += group.blockCount * group.blockElements
    }
  }

  /// The data blocks that belong to one secondary block.
  private struct DataBlockGroup {
    /// The index of the first element.
    let first: Int
    let blockCount: Int
    let blockElements: Int
  }

  /// The width of the offsets that blocks begin with.
  private var offsetWidth: Int { (indexBits + 7) / 8 }

  /// How many bytes a secondary block has for each of its data blocks to say which pages were written.
  ///
  /// It is 0 for blocks without pages. The bits of all blocks follow each other without padding all the same
  /// (H5EA__lookup_elmt of libhdf5).
  private func bitmapSize(_ group: DataBlockGroup) -> Int {
    let pageCount = 1 << pageBits
    return group.blockElements > pageCount ? (group.blockElements / pageCount - 1) / 8 + 1 : 0
  }

  private func readSecondaryBlock(
    _ group: DataBlockGroup, at address: UInt64, width: Int, visit: (Int, inout Cursor) throws -> Void
  ) throws {
    var cursor = try space.cursor(at: address, of: "a secondary block of an extensible array")
    let block = cursor.offset
    try cursor.signature("EASB", of: "a secondary block of an extensible array")
    _ = try cursor.version(0...0, of: "a secondary block of an extensible array")
    try cursor.skip(1 + 8 + offsetWidth, "the header of a secondary block")
    let bitmapsSize = group.blockCount * bitmapSize(group)
    let bitmaps = try cursor.bytes(bitmapsSize, "the page bitmaps of a secondary block").array()
    var addresses = cursor
    try cursor.skip(group.blockCount * 8, "the data blocks of a secondary block")
    try cursor.checksum(from: block, of: "a secondary block of an extensible array")
    try readDataBlocks(group, addresses: &addresses, bitmaps: bitmaps, width: width, visit: visit)
  }

  private func readDataBlocks(
    _ group: DataBlockGroup, addresses: inout Cursor, bitmaps: [UInt8]?, width: Int,
    visit: (Int, inout Cursor) throws -> Void
  ) throws {
    for number in 0..<group.blockCount {
      let first = group.first + number * group.blockElements
      guard first < count else { return }
      let address = try addresses.u64("the address of a data block")
      if address == AddressSpace.undefined { continue }
      var cursor = try space.cursor(at: address, of: "a data block of an extensible array")
      let block = cursor.offset
      try cursor.signature("EADB", of: "a data block of an extensible array")
      _ = try cursor.version(0...0, of: "a data block of an extensible array")
      try cursor.skip(1 + 8 + offsetWidth, "the header of a data block")
      let indices = first..<(first + group.blockElements)
      guard bitmapSize(group) > 0 else {
        try ArrayPage.read(&cursor, checksumFrom: block, indices: indices, width: width, visit: visit)
        continue
      }
      try cursor.checksum(from: block, of: "a data block of an extensible array")
      let pageCount = 1 << pageBits
      let pages = group.blockElements / pageCount
      for page in 0..<pages {
        let indices = (first + page * pageCount)..<(first + (page + 1) * pageCount)
        if let bitmaps, bitmaps.hasBit(number * pages + page) {
          try ArrayPage.read(&cursor, checksumFrom: cursor.offset, indices: indices, width: width, visit: visit)
        } else {
          try cursor.skip(pageCount * width + 4, "a page of a data block")
        }
      }
    }
  }
}
