extension TensorSource {
  /// Returns the number of the first element whose bits differ from another tensor's of the same type and shape; nil when
  /// all are the same.
  ///
  /// - Throws: What reading throws.
  package func firstDifference(from other: any TensorSource) throws -> Int? {
    precondition(elementType == other.elementType && shape == other.shape, "tensors of one type and shape are compared")
    let size = 1 << 20
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(size, byteCount), alignment: 64)
    defer { buffer.deallocate() }
    var first: Int?
    try forEachTile(of: size) { offset, bytes in
      guard first == nil else { return }
      let others = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(bytes.count))
      try other.read(at: offset, into: others)
      guard !bytes.isIdentical(to: UnsafeRawBufferPointer(others)) else { return }
      first = zip(bytes, others).enumerated().first { $1.0 != $1.1 }.map {
        (offset + $0.offset) / elementType.byteCount
      }
    }
    return first
  }
}

extension UnsafeRawBufferPointer {
  /// Whether another buffer of this size holds the same bytes; words are compared before bytes.
  package func isIdentical(to other: UnsafeRawBufferPointer) -> Bool {
    precondition(count == other.count, "buffers of one size are compared")
    var offset = 0
    while count - offset >= 8 {
      guard
        loadUnaligned(fromByteOffset: offset, as: UInt64.self)
          == other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      else { return false }
      offset += 8
    }
    return self[offset...].elementsEqual(other[offset...])
  }
}
