import Bytes

extension TensorSource {
  /// One part of this tensor; nil when it has no such part.
  public func part(_ part: TensorPart) -> (any TensorSource)? {
    guard let shape = TensorPart.shape(of: shape, part.sharing) else { return nil }
    let count =
      switch part.sharing {
      case .stretches(let count): count
      case .slices: self.shape.dimensions[0]
      }
    return part.index < count ? PartialTensor(whole: self, part: part, shape: shape) : nil
  }
}

/// A part of a tensor, read stretch by stretch.
private struct PartialTensor: TensorSource {
  let whole: any TensorSource
  let part: TensorPart
  let shape: Shape

  var elementType: ElementType { whole.elementType }
  var contiguousBytes: ByteView? { nil }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    let width = part.sharing.width(of: self)
    let step = whole.shape.dimensions.last! * elementType.byteCount
    try forEachStretch(of: width, at: offset, in: buffer) { row, start, bytes in
      try whole.read(at: row * step + part.index * width + start, into: bytes)
    }
  }
}

/// A tensor made of all its parts.
public struct JoinedTensor: TensorSource {
  private let parts: [any TensorSource]
  private let sharing: TensorPart.Sharing
  /// The extents.
  public let shape: Shape

  /// Joins parts of one type and shape; nil when they are not, and for too many or too few of them.
  public init?(_ parts: [any TensorSource], _ sharing: TensorPart.Sharing) {
    guard let first = parts.first,
      parts.allSatisfy({ $0.shape == first.shape && $0.elementType == first.elementType })
    else { return nil }
    let whole: [Int]
    switch sharing {
    case .stretches(let count):
      guard parts.count == count, let width = first.shape.dimensions.last, width > 0,
        case let (total, overflow) = width.multipliedReportingOverflow(by: count), !overflow
      else { return nil }
      whole = first.shape.dimensions.dropLast() + [total]
    case .slices:
      guard first.shape.elementCount > 0 else { return nil }
      whole = [parts.count] + first.shape.dimensions
    }
    guard let shape = Shape(whole), shape.byteCount(of: first.elementType) != nil else { return nil }
    (self.parts, self.sharing, self.shape) = (parts, sharing, shape)
  }

  /// The type of the elements.
  public var elementType: ElementType { parts[0].elementType }
  /// None: the parts lie in several places.
  public var contiguousBytes: ByteView? { nil }

  /// Copies bytes of the contents, stretch by stretch from each part.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    let width = sharing.width(of: parts[0])
    // Stretches of the parts follow each other: number s is stretch s / n of part s % n.
    try forEachStretch(of: width, at: offset, in: buffer) { stretch, start, bytes in
      let (row, part) = stretch.quotientAndRemainder(dividingBy: parts.count)
      try parts[part].read(at: row * width + start, into: bytes)
    }
  }
}

extension TensorPart.Sharing {
  /// How many bytes of a part lie in one piece in the whole: one of its rows, or all of it.
  fileprivate func width(of part: any TensorSource) -> Int {
    switch self {
    case .stretches: part.shape.dimensions.last! * part.elementType.byteCount
    case .slices: part.byteCount
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
