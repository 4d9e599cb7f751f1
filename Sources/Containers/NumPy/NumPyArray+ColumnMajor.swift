import Tensors

extension NumPyArray {
  /// Copies elements, given by their row-major numbers, out of storage in Fortran order.
  ///
  /// The storage is passed through once, forwards: in the shape `[R, …]` with `C` elements per row, the first extent runs
  /// fastest, so each of the `C` columns is one run of `R` elements, of which the wanted rows are taken.
  func gather(_ elements: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) throws {
    guard !elements.isEmpty else { return }
    let size = elementType.byteCount
    let rowCount = shape.dimensions[0]  // R
    let columnCount = shape.elementCount / rowCount  // C
    let firstRow = elements.lowerBound / columnCount
    let lastRow = (elements.upperBound - 1) / columnCount
    var columns = ColumnOrder(shape.dimensions.dropFirst())
    var storage = StorageWindow(self)
    for storedColumn in 0..<columnCount {
      let column = columns.rowMajorNumber
      let first = firstRow * columnCount + column < elements.lowerBound ? firstRow + 1 : firstRow
      let last = lastRow * columnCount + column < elements.upperBound ? lastRow : lastRow - 1
      var row = first
      while row <= last {
        let start = storedColumn * rowCount + row
        let run = try storage.run(at: start * size, atMost: (last - row + 1) * size, unit: size)
        for offset in stride(from: 0, to: run.count, by: size) {
          let target = (row * columnCount + column - elements.lowerBound) * size
          (buffer.baseAddress! + target).copyMemory(from: run.baseAddress! + offset, byteCount: size)
          row += 1
        }
      }
      columns.advance()
    }
  }
}

/// Counts through the places of a shape with the first extent running fastest, and knows the row-major number of each.
private struct ColumnOrder {
  private(set) var rowMajorNumber = 0
  private let extents: [Int]
  private let strides: [Int]
  private var place: [Int]

  init(_ extents: ArraySlice<Int>) {
    self.extents = Array(extents)
    place = Array(repeating: 0, count: extents.count)
    var stride = 1
    strides = Array(
      extents.reversed().map { extent in
        defer { stride *= extent }
        return stride
      }.reversed())
  }

  mutating func advance() {
    for axis in extents.indices {
      place[axis] += 1
      rowMajorNumber += strides[axis]
      guard place[axis] == extents[axis] else { return }
      rowMajorNumber -= extents[axis] * strides[axis]
      place[axis] = 0
    }
  }
}

/// A window that moves forwards over an array's data, so that neighbouring runs cost one read.
private struct StorageWindow: ~Copyable {
  private let array: NumPyArray
  private let buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  private var count = 0

  init(_ array: NumPyArray) {
    self.array = array
    buffer = .allocate(byteCount: min(1 << 16, max(16, array.byteCount)), alignment: 16)
  }

  deinit {
    buffer.deallocate()
  }

  /// Returns bytes of the data, valid until the next call: whole units, at least one, and no more than asked for.
  mutating func run(at offset: Int, atMost limit: Int, unit: Int) throws -> UnsafeRawBufferPointer {
    if offset < start || offset + unit > start + count {
      start = offset
      count = min(buffer.count, array.byteCount - offset)
      try array.source.read(
        at: array.dataOffset + offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
    }
    let available = min(limit, (start + count - offset) / unit * unit)
    return UnsafeRawBufferPointer(rebasing: buffer[(offset - start)...].prefix(available))
  }
}
