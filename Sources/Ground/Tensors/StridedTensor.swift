import Bytes

/// Elements of a larger block of bytes that lie at regular distances: a transposed tensor, a slice of one, one element repeated.
///
/// They are gathered through the bytes' map while they are read; neighbours in one piece.
public struct StridedTensor: TensorSource {
  /// The type of the elements.
  public let elementType: ElementType
  /// The extents.
  public let shape: Shape
  /// How far apart neighbours lie along each axis, in elements.
  public let strides: [Int]
  /// The place of the first element in the block, in elements.
  public let offset: Int
  private let block: ByteView

  /// Describes elements of a block; nil when one of them would lie outside, or a number is negative.
  ///
  /// - Parameter strides: One for each extent.
  public init?(_ elementType: ElementType, _ shape: Shape, strides: [Int], offset: Int, of block: ByteView) {
    guard strides.count == shape.rank, offset >= 0, strides.allSatisfy({ $0 >= 0 }) else { return nil }
    var last = offset
    for (extent, stride) in zip(shape.dimensions, strides) where extent > 1 {
      let (distance, tooFar) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, overflow) = last.addingReportingOverflow(distance)
      guard !tooFar, !overflow else { return nil }
      last = sum
    }
    guard shape.elementCount == 0 || last < block.count / elementType.byteCount,
      shape.byteCount(of: elementType) != nil
    else { return nil }
    self.elementType = elementType
    self.shape = shape
    self.strides = strides
    self.offset = offset
    self.block = block
  }

  /// The bytes in the block, when the elements lie there side by side in row-major order.
  public var contiguousBytes: ByteView? {
    guard isRowMajor else { return nil }
    // What was checked when the tensor was made cannot fail.
    return try? block.slice(
      at: shape.elementCount == 0 ? 0 : offset * elementType.byteCount, count: byteCount, of: "the elements")
  }

  /// Whether the elements lie side by side; an axis of one element may have any stride.
  private var isRowMajor: Bool {
    var expected = 1
    for (extent, stride) in zip(shape.dimensions, strides).reversed() where extent != 1 {
      guard stride == expected || shape.elementCount == 0 else { return false }
      expected *= max(1, extent)
    }
    return true
  }

  /// Copies bytes of the contents.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    if let contiguousBytes { return try contiguousBytes.read(at: offset, into: buffer) }
    try readWholeElements(at: offset, into: buffer, gather)
  }

  private func gather(from first: Int, into elements: UnsafeMutableRawBufferPointer) {
    let size = elementType.byteCount
    // Scalars are contiguous, so that there is a last axis.
    let (width, step) = (shape.dimensions[shape.rank - 1], strides[shape.rank - 1])
    block.withUnsafeBytes { block in
      var done = 0
      while done < elements.count {
        let (row, column) = (first + done / size).quotientAndRemainder(dividingBy: width)
        let count = min(width - column, (elements.count - done) / size)
        let source = block.baseAddress! + (start(ofRow: row) + column * step) * size
        let target = elements.baseAddress! + done
        if step == 1 {
          target.copyMemory(from: source, byteCount: count * size)
        } else {
          for index in 0..<count {
            (target + index * size).copyMemory(from: source + index * step * size, byteCount: size)
          }
        }
        done += count * size
      }
    }
  }

  /// The place in the block of the first element of a row, rows counted over all axes but the last.
  private func start(ofRow row: Int) -> Int {
    var (rest, place) = (row, offset)
    for (extent, stride) in zip(shape.dimensions, strides).dropLast().reversed() {
      place += rest % extent * stride
      rest /= extent
    }
    return place
  }
}
