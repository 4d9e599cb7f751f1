import Bytes

/// Rows of a tensor, in an order of their own: the slices along its first axis.
public struct RowsTensor: TensorSource {
  private let base: any TensorSource
  private let rows: [Int]
  /// The extents: as many as there are rows, and those of the base behind the first.
  public let shape: Shape
  private let rowByteCount: Int

  /// Chooses rows; nil when one is none of the base's, or the base has none.
  init?(_ rows: [Int], of base: any TensorSource) {
    guard let count = base.shape.dimensions.first, rows.allSatisfy((0..<count).contains),
      let shape = Shape([rows.count] + base.shape.dimensions.dropFirst()),
      shape.byteCount(of: base.elementType) != nil
    else { return nil }
    (self.base, self.rows, self.shape) = (base, rows, shape)
    rowByteCount = rows.isEmpty ? 0 : shape.elementCount / rows.count * base.elementType.byteCount
  }

  /// The type of the elements.
  public var elementType: ElementType { base.elementType }
  /// None: the rows lie apart.
  public var contiguousBytes: ByteView? { nil }

  /// Copies bytes of the contents, row by row; rows that follow each other in the base are read at once.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    var done = 0
    while done < buffer.count {
      let (row, start) = (offset + done).quotientAndRemainder(dividingBy: rowByteCount)
      var end = row + 1
      while end < rows.count, rows[end] == rows[row] + end - row,
        (end - row) * rowByteCount - start < buffer.count - done
      {
        end += 1
      }
      let count = min((end - row) * rowByteCount - start, buffer.count - done)
      try base.read(
        at: rows[row] * rowByteCount + start,
        into: UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + count]))
      done += count
    }
  }
}

extension TensorSource {
  /// The slices of these numbers along the first axis, in this order; nil when one of them is none of this tensor's.
  public func choosingRows(_ rows: [Int]) -> RowsTensor? { RowsTensor(rows, of: self) }
}
