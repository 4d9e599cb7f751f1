import Bytes

/// A tensor that can be read in pieces, wherever it lies: in a map, in memory, in compressed chunks.
///
/// Its contents are row-major and little-endian; a container that stores them otherwise converts while reading.
public protocol TensorSource: Sendable {
  /// The type of the elements.
  var elementType: ElementType { get }
  /// The extents.
  var shape: Shape { get }
  /// The bytes as they lie in the file, when they lie there whole, row-major and little-endian; else nil.
  var contiguousBytes: ByteView? { get }
  /// Copies `buffer.count` bytes of the contents, beginning `offset` bytes into them.
  ///
  /// - Throws: `Problem` when the file cannot give them.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws
}

extension TensorSource {
  /// The size of the contents in bytes.
  ///
  /// A source exists only when this number is known not to overflow.
  public var byteCount: Int { shape.elementCount * elementType.byteCount }
}
