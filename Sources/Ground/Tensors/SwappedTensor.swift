import Bytes

/// A tensor whose numbers are stored with the most significant byte first, turned round while they are read.
public struct SwappedTensor: TensorSource {
  /// The contents as they are stored.
  public let base: any TensorSource

  /// Turns round every number of a tensor.
  public init(_ base: any TensorSource) {
    self.base = base
  }

  /// The type of the elements.
  public var elementType: ElementType { base.elementType }
  /// The extents.
  public var shape: Shape { base.shape }
  /// The base's bytes, when its numbers are single bytes.
  public var contiguousBytes: ByteView? { elementType.swapUnit == 1 ? base.contiguousBytes : nil }

  /// Copies bytes of the contents.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    try readWholeElements(at: offset, into: buffer) { first, elements in
      try base.read(at: first * elementType.byteCount, into: elements)
      let unit = elementType.swapUnit
      guard unit > 1 else { return }
      for start in stride(from: 0, to: elements.count, by: unit) { elements[start..<(start + unit)].reverse() }
    }
  }
}
