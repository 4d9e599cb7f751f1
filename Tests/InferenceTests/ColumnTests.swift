import CKernels
import Foundation
import Testing

@testable import Inference

@Suite("Layer normalisation and softmax against plain loops in Float64") struct ColumnTests {
  static let shapes: [(rows: Int, columns: Int)] = [(1, 1), (2, 7), (7, 13), (13, 100), (100, 1), (768, 17), (5, 128)]

  /// A matrix of numbers between −scale and scale, with an offset that grows along the columns.
  func matrix(_ rows: Int, _ columns: Int, seed: UInt64, scale: Float) -> Matrix<Float> {
    var numbers = SeededNumbers(seed: seed)
    let matrix = Matrix<Float>(features: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns {
        matrix.view.row(row)[column] = Float.random(in: -scale...scale, using: &numbers) + Float(column % 5)
      }
    }
    return matrix
  }

  func column(_ index: Int, of matrix: Matrix<Float>) -> [Double] {
    (0..<matrix.features).map { Double(matrix.view.row($0)[index]) }
  }

  // Every sum is four chains of n/4 additions, each rounding once; mean, deviation, root, γ and β add a dozen more. Errors
  // of the mean count in units of the deviation, hence the factor max|x| / deviation.
  @Test(arguments: levels, [true, false]) func normalization(level: UInt32, centered: Bool) {
    for (rows, columns) in Self.shapes {
      for addsResidual in [false, true] {
        let x = matrix(rows, columns, seed: 1, scale: 2)
        let residual = matrix(rows, columns, seed: 2, scale: 1)
        var numbers = SeededNumbers(seed: 3)
        let (gamma, beta) = (numbers.floats(rows), numbers.floats(rows))
        let before = (0..<columns).map { index in
          zip(column(index, of: x), column(index, of: residual)).map {
            addsResidual ? Double(Float($0) + Float($1)) : $0
          }
        }
        Float32Kernels(level: CKLevel(level))!.normalize(
          x.view, adding: addsResidual ? residual.view : nil, centered: centered, gamma: gamma, beta: beta,
          epsilon: 1e-12)
        for (index, values) in before.enumerated() {
          let mean = centered ? values.reduce(0, +) / Double(rows) : 0
          let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)
          let deviation = (variance + 1e-12).squareRoot()
          let largest = values.map(abs).max()!
          let tolerance = (Double(rows) / 4 + 16) * rounding * (1 + largest / deviation)
          let found = column(index, of: x)
          let expected = values.indices.map { (values[$0] - mean) / deviation * Double(gamma[$0]) + Double(beta[$0]) }
          #expect(
            largestDistance(found, expected) <= (rows == 1 && centered ? 0 : tolerance),
            "[\(rows), \(columns)], column \(index)")
        }
      }
    }
  }

  // exp(x − peak) carries the rounding of its argument (|x − peak| ≤ 12) and two units of its own; the sum, in four chains
  // of n/4, and the quotient add theirs. All are relative to a result of at most 1.
  @Test(arguments: levels) func softmax(level: UInt32) {
    for (rows, columns) in Self.shapes {
      let x = matrix(rows, columns, seed: 4, scale: 4)
      let before = (0..<columns).map { column($0, of: x) }
      Float32Kernels(level: CKLevel(level))!.softmax(x.view)
      for (index, values) in before.enumerated() {
        let powers = values.map { exp($0) }
        let sum = powers.reduce(0, +)
        let tolerance = (12 + 4 + Double(rows) / 4 + 4) * rounding
        #expect(largestDistance(column(index, of: x), powers.map { $0 / sum }) <= tolerance)
      }
    }
  }

  @Test(arguments: levels) func softmaxSeesOnlyWhatIsVisible(level: UInt32) throws {
    let length = 37
    let tokens = (0..<length).map { Int32($0 % 5 == 3 ? 0 : 1) }
    let segments = (0..<length).map { Int32($0 < 11 ? 0 : 1) }
    let paddings = [Padding(), Padding(sparesFirst: false, sight: .othersAndItself), Padding(sight: .nothing)]
    for (mask, padding) in AttentionMask.allCases.flatMap({ mask in paddings.map { (mask, $0) } }) {
      let visibility = Visibility(mask, tokenIDs: tokens, segmentIDs: segments, padding: padding)
      for firstQuery in [0, 16, 21] {
        let queries = min(16, length - firstQuery)
        let x = matrix(length, queries, seed: 5, scale: 4)
        let before = (0..<queries).map { column($0, of: x) }
        Float32Kernels(level: CKLevel(level))!.softmax(x.view, seeing: visibility, firstQuery: firstQuery)
        for (index, values) in before.enumerated() {
          let powers = values.enumerated().map { key, value in
            visibility.sees(query: firstQuery + index, key: key) ? exp(value) : 0
          }
          let sum = max(powers.reduce(0, +), .leastNormalMagnitude)  // of nothing, where padding sees nothing
          let tolerance = (12 + 4 + Double(length) / 4 + 4) * rounding
          let found = column(index, of: x)
          #expect(largestDistance(found, powers.map { $0 / sum }) <= tolerance)
          #expect(zip(found, powers).allSatisfy { $1 != 0 || $0 == 0 })
        }
      }
    }
  }
}
