/// A block of a matrix in memory, from which rows of the transposed matrix are gathered.
///
/// The blocks are as many columns of all rows as fit; of a matrix so tall that not even one column fits, they are parts of
/// one column.
struct MatrixStrip: ~Copyable, @unchecked Sendable {
  // The memory is this value's own, and only mutating functions touch it.
  private let base: any TensorSource  // [R, C]
  private let rowCount: Int  // R
  private let columnCount: Int  // C
  private let elementSize: Int
  private let byteCount: Int
  private var width = 0
  private var height = 0
  private let store: StripStore
  private var memory: UnsafeMutableRawBufferPointer
  private var rows = 0..<0
  private var columns = 0..<0

  /// Prepares blocks of at most `byteCount` bytes, but at least one element; no memory is taken before the first use.
  init(of base: any TensorSource, byteCount: Int) {
    self.base = base
    rowCount = base.shape.dimensions[0]
    columnCount = base.shape.dimensions[1]
    elementSize = base.elementType.byteCount
    self.byteCount = byteCount
    store = .shared()
    memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }

  deinit { store.take(back: memory) }

  /// Fills `elements` with elements of the transposed matrix `[C, R]`, beginning with its `first`.
  mutating func gather(from first: Int, into elements: UnsafeMutableRawBufferPointer) throws {
    var position = first
    let end = first + elements.count / elementSize
    while position < end {
      let (column, row) = position.quotientAndRemainder(dividingBy: rowCount)
      try hold(row: row, column: column)
      let output = elements.baseAddress! + (position - first) * elementSize
      let lastRow = min(rows.upperBound, row + end - position)
      if row == 0 && lastRow == rowCount {
        let lastColumn = min(columns.upperBound, column + (end - position) / rowCount)
        transpose(rows: 0..<rowCount, columns: column..<lastColumn, into: output)
        position += (lastColumn - column) * rowCount
      } else {
        transpose(rows: row..<lastRow, columns: column..<(column + 1), into: output)
        position += lastRow - row
      }
    }
    if end == rowCount * columnCount { release() }
  }

  /// Gives the memory back, since whoever has read the last element has most likely read all.
  private mutating func release() {
    store.take(back: memory)
    memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    (rows, columns) = (0..<0, 0..<0)
  }

  /// Makes sure that the block with an element of the base is in memory.
  private mutating func hold(row: Int, column: Int) throws {
    if rows.contains(row) && columns.contains(column) { return }
    if memory.count == 0 { takeMemory() }
    let firstRow = row / height * height
    let firstColumn = column / width * width
    let newRows = firstRow..<min(rowCount, firstRow + height)
    let newColumns = firstColumn..<min(columnCount, firstColumn + width)
    (rows, columns) = (0..<0, 0..<0)
    try fill(newRows, newColumns)
    (rows, columns) = (newRows, newColumns)
  }

  private mutating func takeMemory() {
    memory = store.memory(ofAtMost: max(byteCount, elementSize))
    let capacity = memory.count / elementSize
    width = max(1, min(columnCount, capacity / rowCount))
    // Whole squares, as they are transposed fastest.
    if width < columnCount, width > 16 { width -= width % 16 }
    height = max(1, min(rowCount, capacity / width))
  }

  private func fill(_ rows: Range<Int>, _ columns: Range<Int>) throws {
    let pitch = columnCount * elementSize
    let piece = columns.count * elementSize
    let indent = columns.lowerBound * elementSize
    if piece == pitch {
      let whole = UnsafeMutableRawBufferPointer(rebasing: memory[0..<(rows.count * pitch)])
      return try base.read(at: rows.lowerBound * pitch, into: whole)
    }
    // Where jumping costs more than passing over, whole rows are read and the columns picked out of them: for short rows
    // because of the system call, for compressed data because it unfolds in order only.
    let limit = base.contiguousBytes == nil ? 1 << 20 : 4_096
    guard pitch <= limit else {
      for row in rows {
        let start = (row - rows.lowerBound) * piece
        try base.read(
          at: row * pitch + indent, into: UnsafeMutableRawBufferPointer(rebasing: memory[start..<(start + piece)]))
      }
      return
    }
    let rowsAtOnce = max(1, 1 << 18 / pitch)
    let passing = UnsafeMutableRawBufferPointer.allocate(byteCount: min(rowsAtOnce, rows.count) * pitch, alignment: 64)
    defer { passing.deallocate() }
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: rowsAtOnce) {
      let count = min(rowsAtOnce, rows.upperBound - first)
      try base.read(at: first * pitch, into: UnsafeMutableRawBufferPointer(rebasing: passing[0..<(count * pitch)]))
      for row in 0..<count {
        (memory.baseAddress! + (first - rows.lowerBound + row) * piece).copyMemory(
          from: passing.baseAddress! + row * pitch + indent, byteCount: piece)
      }
    }
  }

  private func transpose(rows: Range<Int>, columns: Range<Int>, into output: UnsafeMutableRawPointer) {
    let pitch = self.columns.count
    let corner = (rows.lowerBound - self.rows.lowerBound) * pitch + columns.lowerBound - self.columns.lowerBound
    let input = UnsafeRawPointer(memory.baseAddress! + corner * elementSize)
    let size = (rows: rows.count, columns: columns.count)
    switch elementSize {
    case 1: transposeBlocks(of: UInt8.self, input, pitch, size, output)
    case 2: transposeBlocks(of: UInt16.self, input, pitch, size, output)
    case 4: transposeWords(input, pitch, size, output)
    case 8: transposeBlocks(of: UInt64.self, input, pitch, size, output)
    default: transposeBlocks(of: SIMD2<UInt64>.self, input, pitch, size, output)
    }
  }
}
