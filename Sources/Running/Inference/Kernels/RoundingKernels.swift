import Tensors

/// The reference kernels with every result rounded to float32 before the next step uses it.
///
/// What separates their outputs from those of ``Float64Kernels`` is the rounding that no float32 runtime can avoid: that of
/// the values it stores. Sums and functions are still those of float64, so no order of summation is preferred.
package struct RoundingKernels: Kernels {
  package static let precision = Precision.roundedFloat64
  private let exact = Float64Kernels()

  package func widen(_ tensor: Tensor, from first: Int, count: Int, into destination: UnsafeMutablePointer<Double>) {
    exact.widen(tensor, from: first, count: count, into: destination)
  }

  package func multiply(
    _ weight: Tensor, rows: Range<Int>, bias: UnsafePointer<Double>?, by x: MatrixView<Double>,
    into y: MatrixView<Double>
  ) {
    exact.multiply(weight, rows: rows, bias: bias, by: x, into: y)
    settle(y)
  }

  package func multiply(
    transposed a: MatrixView<Double>, by x: MatrixView<Double>, scale: Double, into y: MatrixView<Double>
  ) {
    exact.multiply(transposed: a, by: x, scale: scale, into: y)
    settle(y)
  }

  package func multiply(_ a: MatrixView<Double>, by x: MatrixView<Double>, into y: MatrixView<Double>) {
    exact.multiply(a, by: x, into: y)
    settle(y)
  }

  package func activate(_ x: MatrixView<Double>, by activation: Activation) {
    exact.activate(x, by: activation)
    settle(x)
  }

  /// Rounds the sum as well as the result: where all features lie far from zero, it is the sum's rounding that shows.
  package func normalize(
    _ x: MatrixView<Double>, adding residual: MatrixView<Double>?, centered: Bool, gamma: UnsafePointer<Double>,
    beta: UnsafePointer<Double>, epsilon: Double
  ) {
    if let residual { exact.add(residual, to: x) }
    settle(x)
    exact.normalize(x, adding: nil, centered: centered, gamma: gamma, beta: beta, epsilon: epsilon)
    settle(x)
  }

  package func softmax(_ x: MatrixView<Double>) {
    exact.softmax(x)
    settle(x)
  }

  package func softmax(_ x: MatrixView<Double>, seeing visibility: Visibility, firstQuery: Int) {
    exact.softmax(x, seeing: visibility, firstQuery: firstQuery)
    settle(x)
  }

  package func stored(_ value: Double) -> Double { Double(Float(value)) }

  package func settle(_ x: MatrixView<Double>) {
    for feature in 0..<x.features {
      let row = x.row(feature)
      for column in 0..<x.columns { row[column] = Double(Float(row[column])) }
    }
  }
}
