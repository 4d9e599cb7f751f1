import CKernels

/// Transposes a matrix of elements of four bytes, whose rows lie `pitch` elements apart.
///
/// By the processor's widest registers where it has such (`Transposition.c`); otherwise, sixteen elements at a time change places,
/// and eight rows of the output are written side by side: as many lines as the first-level cache keeps even when all of them
/// fall into the same set.
///
/// - Parameter usesInstructions: False does without what only some processors have.
func transposeWords(
  _ input: UnsafeRawPointer, _ pitch: Int, _ size: (rows: Int, columns: Int), _ output: UnsafeMutableRawPointer,
  usesInstructions: Bool = true
) {
  let whole: (rows: Int, columns: Int)
  if usesInstructions, let kernel = ck_transposition()?.pointee {
    whole = (size.rows / kernel.side * kernel.side, size.columns / kernel.side * kernel.side)
    kernel.transpose(input, pitch * 4, whole.rows, whole.columns, output, size.rows * 4)
  } else {
    whole = (size.rows & ~3, size.columns & ~3)
    transposeSquares(input, pitch, whole, output, outputPitch: size.rows)
  }
  // What is left at the lower and the right edge.
  transposeBlocks(
    of: UInt32.self, input + whole.rows &* pitch &* 4, pitch, (size.rows - whole.rows, whole.columns),
    output + whole.rows &* 4, outputPitch: size.rows)
  transposeBlocks(
    of: UInt32.self, input + whole.columns &* 4, pitch, (size.rows, size.columns - whole.columns),
    output + whole.columns &* size.rows &* 4, outputPitch: size.rows)
}

/// Transposes a matrix whose numbers of rows and columns are multiples of four.
private func transposeSquares(
  _ input: UnsafeRawPointer, _ pitch: Int, _ size: (rows: Int, columns: Int), _ output: UnsafeMutableRawPointer,
  outputPitch: Int
) {
  var firstColumn = 0
  while firstColumn < size.columns {
    let lastColumn = min(size.columns, firstColumn &+ 8)
    var row = 0
    while row < size.rows {
      var column = firstColumn
      while column < lastColumn {
        transposeSquare(
          input + (row &* pitch &+ column) &* 4, pitch &* 4, output + (column &* outputPitch &+ row) &* 4,
          outputPitch &* 4)
        column &+= 4
      }
      row &+= 4
    }
    firstColumn = lastColumn
  }
}

/// Transposes four rows of four elements; the distances are in bytes.
@inline(__always)
private func transposeSquare(
  _ input: UnsafeRawPointer, _ pitch: Int, _ output: UnsafeMutableRawPointer, _ outputPitch: Int
) {
  typealias Row = SIMD4<UInt32>
  let a = input.loadUnaligned(as: Row.self)
  let b = input.loadUnaligned(fromByteOffset: pitch, as: Row.self)
  let c = input.loadUnaligned(fromByteOffset: 2 &* pitch, as: Row.self)
  let d = input.loadUnaligned(fromByteOffset: 3 &* pitch, as: Row.self)
  let upperLeft = Row(a[0], b[0], a[1], b[1])
  let upperRight = Row(c[0], d[0], c[1], d[1])
  let lowerLeft = Row(a[2], b[2], a[3], b[3])
  let lowerRight = Row(c[2], d[2], c[3], d[3])
  output.storeBytes(of: Row(lowHalf: upperLeft.lowHalf, highHalf: upperRight.lowHalf), as: Row.self)
  (output + outputPitch).storeBytes(
    of: Row(lowHalf: upperLeft.highHalf, highHalf: upperRight.highHalf), as: Row.self)
  (output + 2 &* outputPitch).storeBytes(
    of: Row(lowHalf: lowerLeft.lowHalf, highHalf: lowerRight.lowHalf), as: Row.self)
  (output + 3 &* outputPitch).storeBytes(
    of: Row(lowHalf: lowerLeft.highHalf, highHalf: lowerRight.highHalf), as: Row.self)
}

/// Transposes a matrix whose rows lie `pitch` elements apart, and those of the output `outputPitch`, or side by side.
///
/// In blocks of one cache line of columns and eight rows, no more lines than the first-level cache keeps even when all of
/// them fall into the same set.
@inline(__always)
func transposeBlocks<Bits: BitwiseCopyable>(
  of type: Bits.Type, _ input: UnsafeRawPointer, _ pitch: Int, _ size: (rows: Int, columns: Int),
  _ output: UnsafeMutableRawPointer, outputPitch: Int? = nil
) {
  let outputPitch = outputPitch ?? size.rows
  let width = MemoryLayout<Bits>.stride
  let line = max(1, 64 / width)
  var firstColumn = 0
  while firstColumn < size.columns {
    let lastColumn = min(size.columns, firstColumn &+ line)
    var firstRow = 0
    while firstRow < size.rows {
      let lastRow = min(size.rows, firstRow &+ 8)
      var column = firstColumn
      while column < lastColumn {
        var row = firstRow
        while row < lastRow {
          let bits = input.loadUnaligned(fromByteOffset: (row &* pitch &+ column) &* width, as: Bits.self)
          output.storeBytes(of: bits, toByteOffset: (column &* outputPitch &+ row) &* width, as: Bits.self)
          row &+= 1
        }
        column &+= 1
      }
      firstRow = lastRow
    }
    firstColumn = lastColumn
  }
}
