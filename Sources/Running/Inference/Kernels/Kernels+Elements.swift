import Tensors

/// Sums, products and lookups that each set of kernels computes alike.
///
/// They are requirements of the protocol all the same: each conforming type then gets code of its own for its numbers, also
/// where the caller does not know which kernels it has.
extension Kernels {
  package func add(row: Int, of table: Tensor, toColumn column: Int, of x: MatrixView<Scalar>) {
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: x.features) { stored in
      let values = stored.baseAddress!
      widen(table, from: row * x.features, count: x.features, into: values)
      let target = x.base + column
      for feature in 0..<x.features { target[feature * x.stride] += values[feature] }
    }
  }

  package func add(_ y: MatrixView<Scalar>, to x: MatrixView<Scalar>) {
    for feature in 0..<x.features {
      let (source, target) = (y.row(feature), x.row(feature))
      for column in 0..<x.columns { target[column] += source[column] }
    }
    settle(x)
  }

  package func add(_ terms: MatrixView<Scalar>, toEveryColumnOf x: MatrixView<Scalar>) {
    for feature in 0..<x.features {
      let (row, term) = (x.row(feature), terms.row(feature)[0])
      for column in 0..<x.columns { row[column] += term }
    }
    settle(x)
  }

  package func scale(_ x: MatrixView<Scalar>, by y: MatrixView<Scalar>) {
    for feature in 0..<x.features {
      let (factors, target) = (y.row(feature), x.row(feature))
      for column in 0..<x.columns { target[column] *= factors[column] }
    }
    settle(x)
  }

  package func scale(_ x: MatrixView<Scalar>, by factors: UnsafePointer<Scalar>, adding terms: UnsafePointer<Scalar>) {
    for feature in 0..<x.features {
      let row = x.row(feature)
      for column in 0..<x.columns { row[column] = row[column] * factors[feature] + terms[feature] }
    }
    settle(x)
  }

  package func scale(_ x: MatrixView<Scalar>, by factor: Scalar) {
    for feature in 0..<x.features {
      let row = x.row(feature)
      for column in 0..<x.columns { row[column] *= factor }
    }
    settle(x)
  }

  package func carry(_ x: MatrixView<Scalar>, adding addition: MatrixView<Scalar>?, into copy: MatrixView<Scalar>) {
    for feature in 0..<x.features { copy.row(feature).update(from: x.row(feature), count: x.columns) }
    if let addition { add(addition, to: x) }
  }

  package func turnPairs(of x: MatrixView<Scalar>, cosines: MatrixView<Scalar>, sines: MatrixView<Scalar>) {
    for pair in 0..<x.features / 2 {
      let (even, odd) = (x.row(2 * pair), x.row(2 * pair + 1))
      let (cosine, sine) = (cosines.row(pair), sines.row(pair))
      for column in 0..<x.columns {
        let (first, second) = (even[column], odd[column])
        even[column] = first * cosine[column] - second * sine[column]
        odd[column] = second * cosine[column] + first * sine[column]
      }
    }
    settle(x)
  }

  package func stored(_ value: Double) -> Double { value }

  package func settle(_ x: MatrixView<Scalar>) {}
}
