import Tensors

/// The reference kernels: plain loops in Float64, written to be checked by reading.
package struct Float64Kernels: Kernels {
  package static let precision = Precision.float64

  package init() {}

  package func widen(_ tensor: Tensor, from first: Int, count: Int, into destination: UnsafeMutablePointer<Double>) {
    tensor.bytes.withUnsafeBytes { bytes in
      for index in 0..<count {
        let place = (first + index) * tensor.elementType.byteCount
        switch tensor.elementType {
        case .float16:
          destination[index] = double(ofFloat16: bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self))
        case .bfloat16:
          let upper = bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self)
          destination[index] = Double(Float(bitPattern: UInt32(upper) << 16))
        case .float32:
          destination[index] = Double(bytes.loadUnaligned(fromByteOffset: place, as: Float.self))
        default:
          preconditionFailure("weights of \(tensor.elementType) are refused when a model is made")
        }
      }
    }
  }

  package func multiply(
    _ weight: Tensor, rows: Range<Int>, bias: UnsafePointer<Double>?, by x: MatrixView<Double>,
    into y: MatrixView<Double>
  ) {
    let depth = weight.shape.dimensions[1]
    withUnsafeTemporaryAllocation(of: Double.self, capacity: depth) { stored in
      for (feature, row) in rows.enumerated() {
        widen(weight, from: row * depth, count: depth, into: stored.baseAddress!)
        combine(x, startingAt: bias?[feature] ?? 0, into: y.row(feature)) { stored[$0] }
      }
    }
  }

  package func multiply(
    transposed a: MatrixView<Double>, by x: MatrixView<Double>, scale: Double, into y: MatrixView<Double>
  ) {
    for feature in 0..<y.features { combine(x, into: y.row(feature)) { scale * a.row($0)[feature] } }
  }

  package func multiply(_ a: MatrixView<Double>, by x: MatrixView<Double>, into y: MatrixView<Double>) {
    for feature in 0..<y.features { combine(x, into: y.row(feature)) { a.row(feature)[$0] } }
  }

  package func activate(_ x: MatrixView<Double>, by activation: Activation) {
    for feature in 0..<x.features {
      let row = x.row(feature)
      for column in 0..<x.columns { row[column] = activation.meaning(of: row[column]) }
    }
  }

  package func normalize(
    _ x: MatrixView<Double>, adding residual: MatrixView<Double>?, centered: Bool, gamma: UnsafePointer<Double>,
    beta: UnsafePointer<Double>, epsilon: Double
  ) {
    for column in 0..<x.columns {
      var mean = 0.0
      for feature in 0..<x.features {
        if let residual { x.row(feature)[column] += residual.row(feature)[column] }
        mean += x.row(feature)[column]
      }
      mean = centered ? mean / Double(x.features) : 0
      var variance = 0.0
      for feature in 0..<x.features {
        let deviation = x.row(feature)[column] - mean
        variance += deviation * deviation
      }
      variance /= Double(x.features)
      let deviation = (variance + epsilon).squareRoot()
      for feature in 0..<x.features {
        x.row(feature)[column] = (x.row(feature)[column] - mean) / deviation * gamma[feature] + beta[feature]
      }
    }
  }

  package func softmax(_ x: MatrixView<Double>) {
    for column in 0..<x.columns { softmax(x, column: column) { _ in true } }
  }

  package func softmax(_ x: MatrixView<Double>, seeing visibility: Visibility, firstQuery: Int) {
    for column in 0..<x.columns {
      softmax(x, column: column) { visibility.sees(query: firstQuery + column, key: $0) }
    }
  }

  private func softmax(_ x: MatrixView<Double>, column: Int, over sees: (Int) -> Bool) {
    var peak = -Double.infinity
    for row in 0..<x.features where sees(row) { peak = max(peak, x.row(row)[column]) }
    var sum = 0.0
    // In stretches, as products are summed: a vocabulary has tens of thousands of rows.
    for first in stride(from: 0, to: x.features, by: 64) {
      var partial = 0.0
      for row in first..<min(first + 64, x.features) {
        let power = sees(row) ? Mathematics.exp(x.row(row)[column] - peak) : 0
        x.row(row)[column] = power
        partial += power
      }
      sum += partial
    }
    guard sum > 0 else { return }  // nothing is seen: zeros
    for row in 0..<x.features { x.row(row)[column] /= sum }
  }

  /// Combines the rows of a matrix: sums[m] = start + Σₖ factor(k) · x[k, m].
  ///
  /// Terms are added up in stretches of 64, and these then: one by one, thousands of terms round off several times as
  /// much, which shows where a float64 reference is judged.
  @inline(__always)
  private func combine(
    _ x: MatrixView<Double>, startingAt start: Double = 0, into sums: UnsafeMutablePointer<Double>,
    by factor: (Int) -> Double
  ) {
    let columns = x.columns
    sums.update(repeating: start, count: columns)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: columns) { buffer in
      let partial = buffer.baseAddress!
      for first in stride(from: 0, to: x.features, by: 64) {
        partial.initialize(repeating: 0, count: columns)
        for k in first..<min(first + 64, x.features) {
          accumulate(factor(k), times: x.row(k), into: partial, count: columns)
        }
        accumulate(1, times: partial, into: sums, count: columns)
      }
    }
  }

  /// sums[m] += factor · values[m]; no sum crosses m, so the compiler may vectorise it.
  @inline(__always)
  private func accumulate(
    _ factor: Double, times values: UnsafeMutablePointer<Double>, into sums: UnsafeMutablePointer<Double>, count: Int
  ) {
    for index in 0..<count { sums[index] += factor * values[index] }
  }

  /// Widens IEEE 754 binary16 from its three fields.
  private func double(ofFloat16 bits: UInt16) -> Double {
    let fraction = Double(bits & 0x3ff)
    let magnitude: Double
    switch Int(bits >> 10 & 0x1f) {
    case 0: magnitude = fraction * 0x1p-24
    case 31: magnitude = fraction == 0 ? .infinity : .nan
    case let exponent: magnitude = Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
    }
    return bits & 0x8000 == 0 ? magnitude : -magnitude
  }
}
