import Bytes

/// A tensor whose bytes are at hand, in memory or in a mapped file.
///
/// The bytes are row-major and little-endian, and may be unaligned when they lie in a file.
public struct Tensor: TensorSource {
  /// The type of the elements.
  public let elementType: ElementType
  /// The extents.
  public let shape: Shape
  /// The contents.
  public let bytes: ByteView

  /// Joins a type, a shape and the bytes that hold it; nil when their length is not the one these two demand.
  public init?(_ elementType: ElementType, _ shape: Shape, bytes: ByteView) {
    guard shape.byteCount(of: elementType) == bytes.count else { return nil }
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }

  /// Reads a whole source, without copying it when it lies contiguous in its file.
  ///
  /// - Parameter file: What problems call the bytes when they are copied.
  /// - Throws: `Problem` when the source cannot be read.
  public init(reading source: some TensorSource, file: String = "memory") throws {
    // A source that cannot be read says so before memory is taken for what it declares.
    try source.read(at: 0, into: UnsafeMutableRawBufferPointer(start: nil, count: 0))
    elementType = source.elementType
    shape = source.shape
    bytes =
      try source.contiguousBytes
      ?? ByteView(count: source.byteCount, file: file) { try source.read(at: 0, into: $0) }
  }

  /// Makes a tensor of values, which are copied.
  public init?<Element: TensorElement>(_ values: [Element], shape: Shape) {
    let bytes = values.withUnsafeBytes { values in
      ByteView(count: values.count) { $0.copyMemory(from: values) }
    }
    self.init(Element.elementType, shape, bytes: bytes)
  }

  /// The bytes; a tensor at hand is always contiguous.
  public var contiguousBytes: ByteView? { bytes }

  /// Copies bytes of the contents.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    try bytes.read(at: offset, into: buffer)
  }

  /// Calls `body` with the elements, copied first only when they lie unaligned.
  ///
  /// - Parameter type: The Swift type whose `elementType` is this tensor's; anything else is a programmer's error.
  public func withElements<Element: TensorElement, Result>(
    of type: Element.Type = Element.self, _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    precondition(Element.elementType == elementType, "a tensor of \(elementType) holds no \(Element.self)")
    return try bytes.withUnsafeBytes { raw in
      if Int(bitPattern: raw.baseAddress) % MemoryLayout<Element>.alignment == 0 {
        return try body(raw.assumingMemoryBound(to: Element.self))
      }
      let copy = [Element](unsafeUninitializedCapacity: shape.elementCount) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: raw)
        count = shape.elementCount
      }
      return try copy.withUnsafeBufferPointer(body)
    }
  }
}

/// A Swift number type that is the element type of tensors.
public protocol TensorElement: BitwiseCopyable, Sendable {
  /// The element type that this Swift type holds.
  static var elementType: ElementType { get }
}

#if !(os(macOS) && arch(x86_64))
  extension Float16: TensorElement {
    /// `float16`.
    public static var elementType: ElementType { .float16 }
  }
#endif

extension Float: TensorElement {
  /// `float32`.
  public static var elementType: ElementType { .float32 }
}

extension Double: TensorElement {
  /// `float64`.
  public static var elementType: ElementType { .float64 }
}

extension Int32: TensorElement {
  /// `int32`.
  public static var elementType: ElementType { .int32 }
}

extension Int64: TensorElement {
  /// `int64`.
  public static var elementType: ElementType { .int64 }
}

extension UInt8: TensorElement {
  /// `uint8`.
  public static var elementType: ElementType { .uint8 }
}
