import Bytes

/// One chunk as it is stored.
struct StoredChunk {
  let address: UInt64
  let size: UInt64
  /// A set bit says that the filter of that position was left out.
  let mask: UInt32
}

/// Every stored chunk of a dataset, by its number in the grid.
struct ChunkTable {
  private(set) var chunks: [Int: StoredChunk] = [:]
  private let space: AddressSpace
  private let grid: ChunkGrid
  private let isFiltered: Bool
  private let hasWideSizes: Bool
  /// The order of dimensions in arrays: the unlimited one, if any, is the slowest.
  private let dimensionOrder: [Int]
  /// An array has no more elements than the file has room for, however often its blocks are pointed to.
  private var elementsLeft: Int

  /// Reads a whole index, which is never larger than the file.
  init(_ space: AddressSpace, chunks: Layout.Chunks, grid: ChunkGrid, isFiltered: Bool) throws {
    self.space = space
    self.grid = grid
    self.isFiltered = isFiltered
    elementsLeft = space.count / 8
    let unlimited = grid.maximumCounts.firstIndex { $0 == nil }
    dimensionOrder = (unlimited.map { [$0] } ?? []) + grid.maximumCounts.indices.filter { $0 != unlimited }
    hasWideSizes = chunks.hasWideSizes
    switch chunks.index {
    case .bTree(let address): try readVersionOneBTree(at: address)
    case .single(let address, let filtered):
      guard grid.count == 1, (filtered != nil) == isFiltered else {
        throw space.problem(found: "an index of a single chunk for \(grid.count) chunks", expected: "one chunk")
      }
      try add(
        StoredChunk(address: address, size: filtered?.size ?? UInt64(grid.chunkSize), mask: filtered?.mask ?? 0), at: 0)
    case .implicit(let address): try readImplicit(at: address)
    case .fixedArray(let address):
      try FixedArray(space, at: address).forEachElement(width: elementWidth) { try addElement($0, &$1) }
    case .extensibleArray(let address):
      try ExtensibleArray(space, at: address).forEachElement(width: elementWidth) { try addElement($0, &$1) }
    case .versionTwoBTree(let address): try readVersionTwoBTree(at: address)
    }
  }

  /// How wide the size of a filtered chunk is in arrays and version 2 B-trees: the bytes that the size of an unfiltered
  /// one takes, and one more (H5D__farray_crt_context of libhdf5; layout version 4), or 8 (version 5).
  private var sizeWidth: Int { hasWideSizes ? 8 : min(8, 1 + byteWidth(UInt64(grid.chunkSize))) }

  /// The size of an element of a fixed or extensible array.
  private var elementWidth: Int { isFiltered ? 8 + sizeWidth + 4 : 8 }

  private mutating func add(_ chunk: StoredChunk, at ordinal: Int) throws {
    _ = try space.slice(at: chunk.address, count: chunk.size, of: "a chunk")
    guard chunks.updateValue(chunk, forKey: ordinal) == nil else {
      throw space.problem(
        at: Int(exactly: chunk.address), found: "a second chunk \(ordinal)", expected: "every chunk once")
    }
  }

  /// Keys: stored size, filter mask, and the chunk's offset in elements along each dimension and, always 0, the element.
  private mutating func readVersionOneBTree(at address: UInt64) throws {
    let kind = VersionOneBTree.Kind.chunks(extents: grid.extents + [grid.elementSize])
    try VersionOneBTree.forEachLeafEntry(space, at: address, kind: kind) { key, child in
      let place = key
      let size = UInt64(try key.u32("the size of a chunk"))
      let mask = try key.u32("the filter mask of a chunk")
      var position: [Int] = []
      for extent in grid.extents {
        let offset = Int(clamping: try key.u64("the offset of a chunk"))
        position.append(offset.isMultiple(of: extent) ? offset / extent : -1)
      }
      guard let ordinal = grid.ordinal(of: position) else {
        throw place.damaged(found: "a chunk outside of the dataset or between chunks", expected: "one of its chunks")
      }
      try add(StoredChunk(address: child, size: size, mask: mask), at: ordinal)
    }
  }

  /// Reads the index of VII.B, "The Implicit Index".
  private mutating func readImplicit(at address: UInt64) throws {
    guard !isFiltered else { throw space.problem(found: "an implicit index of filtered chunks") }
    guard grid.count <= space.count / grid.chunkSize else {
      throw space.problem(
        found: "\(grid.count) chunks of \(grid.chunkSize) bytes", expected: "no more than the file holds")
    }
    for number in 0..<grid.count {
      // The chunks lie as at the maximum extents; what is beyond the present ones is left out.
      guard let linear = linearIndex(of: number) else { continue }
      let (offset, overflow) = linear.multipliedReportingOverflow(by: grid.chunkSize)
      let (place, beyond) = address.addingReportingOverflow(UInt64(max(0, offset)))
      guard !overflow, !beyond else { throw space.problem(found: "an implicit chunk beyond the file") }
      try add(StoredChunk(address: place, size: UInt64(grid.chunkSize), mask: 0), at: number)
    }
  }

  /// Reads the index of VII.E, "The v2 B-tree Index".
  ///
  /// Its records are of type 10 (unfiltered) or 11 (filtered), with positions counted in chunks.
  private mutating func readVersionTwoBTree(at address: UInt64) throws {
    let rank = grid.shape.count
    try VersionTwoBTree.forEachRecord(
      space, at: address, type: isFiltered ? 11 : 10, recordSize: elementWidth + 8 * rank
    ) { record in
      let place = record
      let chunk = try storedChunk(&record)
      let position = try (0..<rank).map { _ in Int(clamping: try record.u64("the position of a chunk")) }
      guard let ordinal = grid.ordinal(of: position) else {
        throw place.damaged(found: "a chunk outside of the dataset", expected: "one of its chunks")
      }
      try add(chunk, at: ordinal)
    }
  }

  /// Takes an element of a fixed or extensible array.
  private mutating func addElement(_ linear: Int, _ cursor: inout Cursor) throws {
    elementsLeft -= 1
    guard elementsLeft >= 0 else { throw cursor.damaged(found: "more chunks in an array than the file has room for") }
    let chunk = try storedChunk(&cursor)
    guard chunk.address != AddressSpace.undefined, let ordinal = ordinal(ofLinear: linear) else { return }
    try add(chunk, at: ordinal)
  }

  private func storedChunk(_ cursor: inout Cursor) throws -> StoredChunk {
    let address = try cursor.u64("the address of a chunk")
    guard isFiltered else { return StoredChunk(address: address, size: UInt64(grid.chunkSize), mask: 0) }
    let size = try cursor.number(width: sizeWidth, "the size of a chunk")
    return StoredChunk(address: address, size: size, mask: try cursor.u32("the filter mask of a chunk"))
  }

  /// Turns an array's index, which counts chunks at the maximum extents, into a chunk's number; nil when it lies outside
  /// of the present extents.
  private func ordinal(ofLinear linear: Int) -> Int? {
    var rest = linear
    var position = [Int](repeating: 0, count: grid.shape.count)
    for dimension in dimensionOrder.reversed() {
      guard let count = grid.maximumCounts[dimension], dimension != dimensionOrder[0] else {
        position[dimension] = rest
        break
      }
      (rest, position[dimension]) = rest.quotientAndRemainder(dividingBy: count)
    }
    return grid.ordinal(of: position)
  }

  /// The inverse of ``ordinal(ofLinear:)``; nil when it overflows.
  private func linearIndex(of ordinal: Int) -> Int? {
    var rest = ordinal
    var position = [Int](repeating: 0, count: grid.shape.count)
    for dimension in grid.counts.indices.reversed() {
      (rest, position[dimension]) = rest.quotientAndRemainder(dividingBy: grid.counts[dimension])
    }
    var linear = 0
    for dimension in dimensionOrder {
      let (product, overflow) = linear.multipliedReportingOverflow(by: grid.maximumCounts[dimension] ?? 1)
      let (sum, beyond) = product.addingReportingOverflow(position[dimension])
      guard !overflow, !beyond else { return nil }
      linear = sum
    }
    return linear
  }
}
