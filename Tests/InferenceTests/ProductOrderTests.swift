import CKernels
import Testing

@Suite("The order in which a product sums is the same whatever its shape") struct ProductOrderTests {
  /// Weights [rows, depth] and activations [depth, columns] of which products take parts.
  struct Case {
    let rows: Int
    let depth: Int
    let columns: Int
    let weights: [UInt8]
    let element: CKElement
    let input: [Float]
    let bias: [Float]

    var inputStride: Int { (columns + 15) / 16 * 16 }
    private var elementSize: Int { element == CKElementFloat32 ? 4 : 2 }

    /// Multiplies some rows by some columns, which are first copied to the front of a matrix of their own, and returns the bits of
    /// [rows, columns].
    func product(_ level: UInt32, rows: Range<Int>, columns: [Int]) -> [UInt32] {
      let stride = (columns.count + 15) / 16 * 16
      var gathered = [Float](repeating: .nan, count: depth * stride + 16)  // what is beyond the columns may not matter
      for k in 0..<depth {
        for (place, column) in columns.enumerated() { gathered[k * stride + place] = input[k * inputStride + column] }
      }
      var output = [Float](repeating: .nan, count: rows.count * columns.count)
      weights.withUnsafeBytes { weights in
        gathered.withUnsafeBufferPointer { gathered in
          bias.withUnsafeBufferPointer { bias in
            output.withUnsafeMutableBufferPointer { output in
              var product = CKProduct(
                weights: weights.baseAddress! + rows.lowerBound * depth * elementSize, element: element,
                rowStride: depth,
                columnStride: 1, input: gathered.baseAddress!, inputStride: stride, output: output.baseAddress!,
                outputStride: columns.count, bias: bias.baseAddress! + rows.lowerBound, scale: 0.75, rows: rows.count,
                depth: depth, columns: columns.count)
              kernels(level).multiply(&product)
            }
          }
        }
      }
      return output.map(\.bitPattern)
    }

    /// The element that the documentation of CKProduct promises, with or without fused operations.
    func promised(row: Int, column: Int, fused: Bool) -> UInt32 {
      func combined(_ a: Float, _ b: Float, _ sum: Float) -> Float { fused ? sum.addingProduct(a, b) : a * b + sum }
      var result = bias[row]
      for first in Swift.stride(from: 0, to: depth, by: 384) {
        var sum: Float = 0
        for k in first..<min(first + 384, depth) {
          sum = combined(weight(row * depth + k), input[k * inputStride + column], sum)
        }
        result = combined(sum, 0.75, result)
      }
      return result.bitPattern
    }

    private func weight(_ index: Int) -> Float {
      weights.withUnsafeBytes { bytes in
        if element == CKElementFloat32 { return bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self) }
        let half = bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
        if element == CKElementBFloat16 { return Float(bitPattern: UInt32(half) << 16) }
        // Normal numbers only: the exponent's bias is that of float32 less 112.
        return Float(bitPattern: UInt32(half & 0x8000) << 16 | (UInt32(half & 0x7fff) << 13 + 112 << 23))
      }
    }
  }

  static let elements = [CKElementFloat32, CKElementFloat16, CKElementBFloat16].map(\.rawValue)

  static func make(rows: Int, depth: Int, columns: Int, element: UInt32, seed: UInt64) -> Case {
    var numbers = SeededNumbers(seed: seed)
    let weights: [UInt8]
    switch CKElement(element) {
    case CKElementFloat32: weights = numbers.floats(rows * depth).withUnsafeBytes { Array($0) }
    case CKElementBFloat16:
      weights = numbers.floats(rows * depth).map { UInt16($0.bitPattern >> 16) }.withUnsafeBytes { Array($0) }
    default:
      weights = (0..<rows * depth).map { _ in
        UInt16.random(in: 0x2c00...0x3bff, using: &numbers) | (Bool.random(using: &numbers) ? 0x8000 : 0)
      }.withUnsafeBytes { Array($0) }
    }
    let inputStride = (columns + 15) / 16 * 16
    return Case(
      rows: rows, depth: depth, columns: columns, weights: weights, element: CKElement(element),
      input: numbers.floats(depth * inputStride), bias: numbers.floats(rows))
  }

  @Test("An element is what the documentation of a product says, bit by bit", arguments: levels, elements)
  func promise(level: UInt32, element: UInt32) {
    #if arch(x86_64)
      let fused = level != CKLevelBaseline.rawValue
    #else
      let fused = true
    #endif
    for (rows, depth, columns) in [
      (1, 1, 1), (17, 5, 3), (33, 384, 8), (20, 385, 12), (19, 1153, 16), (7, 769, 21), (39, 390, 70),
    ] {
      let sample = Self.make(rows: rows, depth: depth, columns: columns, element: element, seed: UInt64(rows))
      let found = sample.product(level, rows: 0..<rows, columns: Array(0..<columns))
      let promised = (0..<rows).flatMap { row in
        (0..<columns).map { sample.promised(row: row, column: $0, fused: fused) }
      }
      #expect(found == promised, "[\(rows), \(depth), \(columns)]")
    }
  }

  @Test("A column is the same alone, in every place, and among 1 to 300 columns", arguments: levels, elements)
  func company(level: UInt32, element: UInt32) {
    let (rows, depth, columns) = (35, 401, 300)
    let sample = Self.make(rows: rows, depth: depth, columns: columns, element: element, seed: 5)
    let whole = sample.product(level, rows: 0..<rows, columns: Array(0..<columns))
    func expected(_ chosen: [Int]) -> [UInt32] {
      (0..<rows).flatMap { row in chosen.map { whole[row * columns + $0] } }
    }
    for column in stride(from: 0, to: columns, by: 7) {
      #expect(sample.product(level, rows: 0..<rows, columns: [column]) == expected([column]), "column \(column)")
    }
    var numbers = SeededNumbers(seed: 6)
    for count in Array(1...40) + [47, 48, 49, 63, 64, 65, 100, 128, 129, 255, 256, 257, 272, 299] {
      let chosen = Array((0..<columns).shuffled(using: &numbers).prefix(count))
      #expect(sample.product(level, rows: 0..<rows, columns: chosen) == expected(chosen), "\(count) columns")
    }
  }

  @Test("A row is the same in every part of a matrix", arguments: levels, elements)
  func parts(level: UInt32, element: UInt32) {
    let (rows, depth) = (101, 390)
    for columns in [1, 5, 13, 16, 30, 70] {
      let sample = Self.make(rows: rows, depth: depth, columns: columns, element: element, seed: 8)
      let whole = sample.product(level, rows: 0..<rows, columns: Array(0..<columns))
      for part in [0..<1, 3..<20, 1..<49, 50..<101, 84..<100] {
        let found = sample.product(level, rows: part, columns: Array(0..<columns))
        #expect(
          found == Array(whole[part.lowerBound * columns..<part.upperBound * columns]),
          "rows \(part), \(columns) columns")
      }
    }
  }

  @Test("Every instruction set with fused operations gives the same bits", arguments: elements)
  func instructionSets(element: UInt32) {
    #if arch(x86_64)
      let fused = levels.filter { $0 != CKLevelBaseline.rawValue }
    #else
      let fused = levels
    #endif
    for (rows, depth, columns) in ProductTests.shapes + [(96, 768, 40), (50, 3072, 11), (64, 770, 200)] {
      let sample = Self.make(rows: rows, depth: depth, columns: columns, element: element, seed: UInt64(depth))
      let found = fused.map { sample.product($0, rows: 0..<rows, columns: Array(0..<columns)) }
      #expect(found.allSatisfy { $0 == found[0] }, "[\(rows), \(depth), \(columns)]")
    }
  }
}
