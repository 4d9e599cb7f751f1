import Bytes

/// The same contents under other extents.
public struct ReshapedTensor: TensorSource {
  /// The tensor whose contents these are.
  public let base: any TensorSource
  /// The extents.
  public let shape: Shape

  /// The type of the elements.
  public var elementType: ElementType { base.elementType }
  /// The base's bytes, which a new shape leaves where they are.
  public var contiguousBytes: ByteView? { base.contiguousBytes }

  /// Copies bytes of the contents.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    try base.read(at: offset, into: buffer)
  }
}

extension TensorSource {
  /// Gives the contents other extents; nil when these hold another number of elements.
  public func reshaped(to shape: Shape) -> ReshapedTensor? {
    guard shape.elementCount == self.shape.elementCount else { return nil }
    return ReshapedTensor(base: self, shape: shape)
  }
}
