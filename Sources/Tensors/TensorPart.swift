import Bytes

/// A part of a tensor, and its address.
///
/// Frameworks that compute several products at once keep their matrices side by side in one tensor, and some keep the weights
/// of all blocks behind one another.
public struct TensorPart: Hashable, Sendable {
  /// How the whole is shared out.
  public enum Sharing: Hashable, Sendable {
    /// Into so many equal stretches of the last extent: `c_attn.weight[1/3]` is the first third of the columns.
    case stretches(Int)
    /// Into the elements of the first extent: `r_w_bias[0,...]` is the first of them, of a rank less by one.
    case slices
  }

  /// The name of the whole.
  public let whole: String
  /// Which part, from 0.
  public let index: Int
  /// Of what kind it is.
  public let sharing: Sharing

  /// More stretches than any framework fuses.
  public static let largestCount = 16
  /// More slices than any model has blocks.
  public static let largestSliceCount = 1_000
  /// How the addresses of slices end.
  private static let sliceEnding = ",...]"

  /// Names a part.
  public init(of whole: String, index: Int, sharing: Sharing) {
    (self.whole, self.index, self.sharing) = (whole, index, sharing)
  }

  /// Reads an address; nil for a name that is none.
  public init?(addressedAs name: String) {
    guard name.utf8.last == UInt8(ascii: "]"), let bracket = name.utf8.lastIndex(of: UInt8(ascii: "[")) else {
      return nil
    }
    let (whole, inside) = (String(name[..<bracket]), name[bracket...].dropFirst())
    if inside.hasSuffix(TensorPart.sliceEnding) {
      let digits = inside.dropLast(TensorPart.sliceEnding.count)
      guard let index = Int(digits), 0..<TensorPart.largestSliceCount ~= index, "\(index)" == digits else { return nil }
      self.init(of: whole, index: index, sharing: .slices)
      return
    }
    let numbers = inside.dropLast().split(separator: "/", omittingEmptySubsequences: false)
    guard numbers.count == 2, let ordinal = Int(numbers[0]), let count = Int(numbers[1]),
      2...TensorPart.largestCount ~= count, 1...count ~= ordinal,
      "\(ordinal)/\(count)" == numbers.joined(separator: "/")
    else { return nil }
    self.init(of: whole, index: ordinal - 1, sharing: .stretches(count))
  }

  /// Whether a table's spelling of a name, with a counter for the index, is that of slices.
  public static func namesSlices(_ spelling: String) -> Bool { spelling.hasSuffix("}" + sliceEnding) }

  /// The address.
  public var address: String {
    switch sharing {
    case .stretches(let count): "\(whole)[\(index + 1)/\(count)]"
    case .slices: "\(whole)[\(index)\(TensorPart.sliceEnding)"
    }
  }

  /// The addresses of all parts of a whole; nil where only its shape tells how many there are.
  public static func addresses(of whole: String, _ sharing: Sharing, in shape: Shape?) -> [String]? {
    let count: Int? =
      switch sharing {
      case .stretches(let count): count
      case .slices: shape?.dimensions.first
      }
    return count.map { count in
      (0..<min(count, largestSliceCount)).map { TensorPart(of: whole, index: $0, sharing: sharing).address }
    }
  }

  /// The shape of a part; nil for a whole that is not shared out so.
  public static func shape(of whole: Shape, _ sharing: Sharing) -> Shape? {
    switch sharing {
    case .stretches(let count):
      guard let width = whole.dimensions.last, width > 0, width.isMultiple(of: count) else { return nil }
      return Shape(whole.dimensions.dropLast() + [width / count])
    case .slices:
      guard whole.rank > 1, 1...largestSliceCount ~= whole.dimensions[0] else { return nil }
      return Shape(Array(whole.dimensions.dropFirst()))
    }
  }
}

extension TensorSource {
  /// One part of this tensor; nil when it has no such part.
  public func part(_ part: TensorPart) -> (any TensorSource)? {
    guard let shape = TensorPart.shape(of: shape, part.sharing) else { return nil }
    switch part.sharing {
    case .stretches(let count):
      return part.index < count ? PartialTensor(whole: self, index: part.index, shape: shape) : nil
    case .slices:
      return part.index < self.shape.dimensions[0] ? TensorSlice(whole: self, index: part.index, shape: shape) : nil
    }
  }
}

/// One element of the first extent.
private struct TensorSlice: TensorSource {
  let whole: any TensorSource
  let index: Int
  let shape: Shape

  var elementType: ElementType { whole.elementType }
  var contiguousBytes: ByteView? { nil }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    // A slice is no longer than the whole, whose length is known to be countable.
    try whole.read(at: index * shape.elementCount * elementType.byteCount + offset, into: buffer)
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

/// Tensors behind one another: each is an element of a new first extent.
public struct StackedTensor: TensorSource {
  private let slices: [any TensorSource]
  /// The extents.
  public let shape: Shape

  /// Stacks slices of one type and shape; nil when they are not, or too many.
  public init?(_ slices: [any TensorSource]) {
    guard let first = slices.first, first.shape.elementCount > 0,
      slices.allSatisfy({ $0.shape == first.shape && $0.elementType == first.elementType }),
      let shape = Shape([slices.count] + first.shape.dimensions), shape.byteCount(of: first.elementType) != nil
    else { return nil }
    (self.slices, self.shape) = (slices, shape)
  }

  /// The type of the elements.
  public var elementType: ElementType { slices[0].elementType }
  /// None: the slices lie in several places.
  public var contiguousBytes: ByteView? { nil }

  /// Copies bytes of the contents, slice by slice.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    try forEachStretch(of: slices[0].byteCount, at: offset, in: buffer) { slice, start, bytes in
      try slices[slice].read(at: start, into: bytes)
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
