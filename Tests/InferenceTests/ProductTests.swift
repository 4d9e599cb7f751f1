import CKernels
import Testing

@Suite("Products against a plain loop in Float64") struct ProductTests {
  /// Rows, depth and columns; odd ones, and those around the sizes of tiles and blocks.
  static let shapes: [(rows: Int, depth: Int, columns: Int)] = [
    (1, 1, 1), (1, 7, 13), (7, 1, 100), (13, 100, 7), (100, 13, 1), (6, 64, 64), (5, 17, 63), (8, 384, 65),
    (9, 385, 31), (48, 769, 16), (3, 50, 257), (12, 10, 300), (2, 33, 47), (11, 5, 129),
  ]

  /// Runs one product and checks every element.
  ///
  /// A sum of K products in any order is off by at most (K + 1) roundings of Σ|w x|; scale and bias add two each.
  func check(
    _ level: UInt32, weights: [Double], rowStride: Int, columnStride: Int, stored: UnsafeRawPointer,
    element: CKElement, rows: Int, depth: Int, columns: Int, bias: [Float]?, scale: Float
  ) {
    var numbers = SeededNumbers(seed: 7)
    let inputStride = (columns + 15) / 16 * 16 + 16
    let outputStride = columns + 3
    let input = numbers.floats(depth * inputStride + 16)
    let untouched: Float = 12345
    var output = [Float](repeating: untouched, count: rows * outputStride)
    let biasPointer = bias.map { bias in
      let pointer = UnsafeMutablePointer<Float>.allocate(capacity: rows)
      pointer.initialize(from: bias, count: rows)
      return pointer
    }
    defer { biasPointer?.deallocate() }
    input.withUnsafeBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        var product = CKProduct(
          weights: stored, element: element, rowStride: rowStride, columnStride: columnStride,
          input: input.baseAddress!, inputStride: inputStride, output: output.baseAddress!,
          outputStride: outputStride, bias: biasPointer, scale: scale, rows: rows, depth: depth, columns: columns)
        kernels(level).multiply(&product)
      }
    }
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        var magnitude = 0.0
        for k in 0..<depth {
          let term = weights[row * rowStride + k * columnStride] * Double(input[k * inputStride + column])
          sum += term
          magnitude += abs(term)
        }
        let expected = Double(scale) * sum + Double(bias?[row] ?? 0)
        let bound = rounding * (Double(depth + 3) * Double(scale) * magnitude + 2 * abs(expected) + 1e-30)
        let found = Double(output[row * outputStride + column])
        if !(abs(found - expected) <= bound) {
          Issue.record("[\(rows), \(depth), \(columns)] at \(row), \(column): \(found), not \(expected) ± \(bound)")
          return
        }
      }
      #expect(output[(row * outputStride + columns)..<((row + 1) * outputStride)].allSatisfy { $0 == untouched })
    }
  }

  @Test(arguments: levels) func ofFloat32Weights(level: UInt32) {
    for (rows, depth, columns) in Self.shapes {
      var numbers = SeededNumbers(seed: UInt64(rows * 1000 + columns))
      let weights = numbers.floats(rows * depth)
      check(
        level, weights: weights.map(Double.init), rowStride: depth, columnStride: 1, stored: weights,
        element: CKElementFloat32, rows: rows, depth: depth, columns: columns, bias: numbers.floats(rows), scale: 1)
    }
  }

  @Test(arguments: levels) func ofTransposedActivations(level: UInt32) {
    for (rows, depth, columns) in Self.shapes {
      var numbers = SeededNumbers(seed: UInt64(depth))
      let weights = numbers.floats(rows * depth)
      check(
        level, weights: weights.map(Double.init), rowStride: 1, columnStride: rows, stored: weights,
        element: CKElementFloat32, rows: rows, depth: depth, columns: columns, bias: nil, scale: 0.125)
    }
  }

  @Test(arguments: levels) func ofWeightsThatLieUnaligned(level: UInt32) {
    for (rows, depth, columns) in Self.shapes {
      var numbers = SeededNumbers(seed: UInt64(depth + 1))
      let weights = numbers.floats(rows * depth)
      let shifted = [UInt8](repeating: 0, count: 1) + weights.withUnsafeBytes { Array($0) }
      shifted.withUnsafeBytes { bytes in
        check(
          level, weights: weights.map(Double.init), rowStride: depth, columnStride: 1,
          stored: bytes.baseAddress! + 1, element: CKElementFloat32, rows: rows, depth: depth, columns: columns,
          bias: numbers.floats(rows), scale: 1)
      }
    }
  }

  @Test(arguments: levels) func ofBFloat16Weights(level: UInt32) {
    for (rows, depth, columns) in Self.shapes {
      var numbers = SeededNumbers(seed: UInt64(depth + 2))
      let stored = numbers.floats(rows * depth).map { UInt16($0.bitPattern >> 16) }
      let weights = stored.map { Double(Float(bitPattern: UInt32($0) << 16)) }
      check(
        level, weights: weights, rowStride: depth, columnStride: 1, stored: stored, element: CKElementBFloat16,
        rows: rows, depth: depth, columns: columns, bias: numbers.floats(rows), scale: 1)
    }
  }

  @Test(arguments: levels) func ofFloat16Weights(level: UInt32) {
    for (rows, depth, columns) in Self.shapes {
      var numbers = SeededNumbers(seed: UInt64(depth + 3))
      // 1 + n/1024 between 1 and 2, with either sign.
      let stored = (0..<rows * depth).map { _ in
        UInt16.random(in: 0x3c00...0x3fff, using: &numbers) | (Bool.random(using: &numbers) ? 0x8000 : 0)
      }
      let weights = stored.map { ($0 & 0x8000 == 0 ? 1 : -1) * (1 + Double($0 & 0x3ff) / 1024) }
      check(
        level, weights: weights, rowStride: depth, columnStride: 1, stored: stored, element: CKElementFloat16,
        rows: rows, depth: depth, columns: columns, bias: numbers.floats(rows), scale: 1)
    }
  }
}
