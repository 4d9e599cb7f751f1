import Synchronization

extension TensorSource {
  /// Reads the contents from beginning to end, one tile after the other, through a single buffer.
  ///
  /// - Parameters:
  ///   - byteCount: The size of the buffer, a multiple of 16: tiles are of this size but for the last, and end
  ///     between elements.
  ///   - body: Takes the tile's offset in bytes and its bytes, which stay valid for the call only.
  /// - Throws: What reading throws, and what `body` throws.
  public func forEachTile(
    of byteCount: Int = 1 << 20, _ body: (_ offset: Int, _ bytes: UnsafeRawBufferPointer) throws -> Void
  ) throws {
    precondition(byteCount > 0 && byteCount % 16 == 0, "the size of a tile is a multiple of 16")
    let tile = UnsafeMutableRawBufferPointer.allocate(byteCount: min(byteCount, self.byteCount), alignment: 64)
    defer { tile.deallocate() }
    for offset in stride(from: 0, to: self.byteCount, by: byteCount) {
      let bytes = UnsafeMutableRawBufferPointer(rebasing: tile.prefix(self.byteCount - offset))
      try read(at: offset, into: bytes)
      try body(offset, UnsafeRawBufferPointer(bytes))
    }
  }

  /// Makes something of each tile, on all processors when the contents lie contiguous, and returns it in their order.
  ///
  /// Contents that are unfolded while they are read come in order and on one processor, since skipping costs as much as reading.
  ///
  /// - Parameter byteCount: The size of the tiles, as ``forEachTile(of:_:)`` takes it.
  func mapTiles<Result: Sendable>(
    of byteCount: Int, _ body: @Sendable (UnsafeRawBufferPointer) -> Result
  ) throws -> [Result] {
    let tiles = (self.byteCount + byteCount - 1) / byteCount
    guard contiguousBytes != nil, tiles > 1 else {
      var results: [Result] = []
      try forEachTile(of: byteCount) { results.append(body($1)) }
      return results
    }
    let next = Atomic(0)
    let results = Mutex([Result?](repeating: nil, count: tiles))
    // Each of these takes tiles until none is left; there are never more of them at work than processors.
    try forEachInParallel(Array(0..<min(tiles, 64))) { _ in
      var index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < tiles else { return }
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
      defer { buffer.deallocate() }
      while index < tiles {
        let tile = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(self.byteCount - index * byteCount))
        try read(at: index * byteCount, into: tile)
        let result = body(UnsafeRawBufferPointer(tile))
        results.withLock { $0[index] = result }
        index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      }
    }
    return results.withLock { $0.compactMap(\.self) }
  }

  /// Serves a read of any bytes by a function that reads whole elements only.
  func readWholeElements(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer,
    _ readElements: (_ first: Int, _ elements: UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    precondition(
      offset >= 0 && offset <= byteCount && buffer.count <= byteCount - offset,
      "bytes \(offset) to \(offset + buffer.count) are read of a tensor of \(byteCount)")
    let size = elementType.byteCount
    var done = 0
    while done < buffer.count {
      let (element, skipped) = (offset + done).quotientAndRemainder(dividingBy: size)
      let whole = (buffer.count - done) / size * size
      if skipped == 0 && whole > 0 {
        try readElements(element, UnsafeMutableRawBufferPointer(rebasing: buffer[done..<(done + whole)]))
        done += whole
      } else {
        try withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { single in
          try readElements(element, single)
          let part = single[skipped..<min(size, skipped + buffer.count - done)]
          UnsafeMutableRawBufferPointer(rebasing: buffer[done...]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: part))
          done += part.count
        }
      }
    }
  }
}
