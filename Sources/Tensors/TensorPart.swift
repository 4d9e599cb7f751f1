import Bytes

/// One of n equal parts of a tensor's last extent, and its address: `c_attn.weight[1/3]` is the first third of the columns.
///
/// Frameworks that compute several products at once keep their matrices side by side in one tensor.
public struct TensorPart: Hashable, Sendable {
  /// The name of the whole.
  public let whole: String
  /// Which part, from 0.
  public let index: Int
  /// How many there are.
  public let count: Int

  /// More parts than any framework fuses.
  public static let largestCount = 16

  /// Names a part.
  public init(of whole: String, index: Int, count: Int) {
    (self.whole, self.index, self.count) = (whole, index, count)
  }

  /// Reads an address; nil for a name that is none.
  public init?(addressedAs name: String) {
    guard name.utf8.last == UInt8(ascii: "]"), let bracket = name.utf8.lastIndex(of: UInt8(ascii: "[")) else {
      return nil
    }
    let numbers = name[bracket...].dropFirst().dropLast().split(separator: "/", omittingEmptySubsequences: false)
    guard numbers.count == 2, let ordinal = Int(numbers[0]), let count = Int(numbers[1]),
      2...TensorPart.largestCount ~= count, 1...count ~= ordinal,
      "\(ordinal)/\(count)" == numbers.joined(separator: "/")
    else { return nil }
    self.init(of: String(name[..<bracket]), index: ordinal - 1, count: count)
  }

  /// The address.
  public var address: String { "\(whole)[\(index + 1)/\(count)]" }

  /// The shape of a part; nil for a shape whose last extent cannot be shared out.
  public static func shape(of whole: Shape, count: Int) -> Shape? {
    guard let width = whole.dimensions.last, width > 0, width.isMultiple(of: count) else { return nil }
    return Shape(whole.dimensions.dropLast() + [width / count])
  }
}

extension TensorSource {
  /// One of n equal parts of the last extent; nil when it cannot be shared out.
  public func part(_ index: Int, of count: Int) -> (any TensorSource)? {
    TensorPart.shape(of: shape, count: count).map { PartialTensor(whole: self, index: index, shape: $0) }
  }
}

/// A stretch of the last extent, read row by row.
private struct PartialTensor: TensorSource {
  let whole: any TensorSource
  let index: Int
  let shape: Shape

  var elementType: ElementType { whole.elementType }
  var contiguousBytes: ByteView? { nil }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    let size = elementType.byteCount
    let (width, step) = (shape.dimensions.last! * size, whole.shape.dimensions.last! * size)
    try forEachStretch(of: width, at: offset, in: buffer) { row, start, bytes in
      try whole.read(at: row * step + index * width + start, into: bytes)
    }
  }
}

/// Tensors side by side: their last extents, all equal, one after the other in every row.
public struct JoinedTensor: TensorSource {
  private let parts: [any TensorSource]
  /// The extents.
  public let shape: Shape

  /// Joins parts of one type and shape; nil when they are not, or too many.
  public init?(_ parts: [any TensorSource]) {
    guard let first = parts.first, let width = first.shape.dimensions.last, width > 0,
      parts.allSatisfy({ $0.shape == first.shape && $0.elementType == first.elementType }),
      case let (total, overflow) = width.multipliedReportingOverflow(by: parts.count), !overflow,
      let shape = Shape(first.shape.dimensions.dropLast() + [total]), shape.byteCount(of: first.elementType) != nil
    else { return nil }
    (self.parts, self.shape) = (parts, shape)
  }

  /// The type of the elements.
  public var elementType: ElementType { parts[0].elementType }
  /// None: the parts lie in several places.
  public var contiguousBytes: ByteView? { nil }

  /// Copies bytes of the contents, row by row from each part.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    let width = parts[0].shape.dimensions.last! * elementType.byteCount
    // Rows of the parts follow each other: stretch s is row s / n of part s % n.
    try forEachStretch(of: width, at: offset, in: buffer) { stretch, start, bytes in
      let (row, part) = stretch.quotientAndRemainder(dividingBy: parts.count)
      try parts[part].read(at: row * width + start, into: bytes)
    }
  }
}

/// Calls `body` with each stretch of `width` bytes that a reading touches: its number, where in it the reading begins, and the
/// bytes to fill.
private func forEachStretch(
  of width: Int, at offset: Int, in buffer: UnsafeMutableRawBufferPointer,
  _ body: (Int, Int, UnsafeMutableRawBufferPointer) throws -> Void
) throws {
  var done = 0
  while done < buffer.count {
    let (stretch, start) = (offset + done).quotientAndRemainder(dividingBy: width)
    let count = min(width - start, buffer.count - done)
    try body(stretch, start, UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + count]))
    done += count
  }
}
