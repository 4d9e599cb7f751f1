import Tensors

/// Normalisation over the features of each token: (x − mean) / √(variance + ε) · γ + β.
///
/// The variance is that of the population, and ε stands inside the root (bert4keras 0.11.5, `layers.py:715-747`).
struct Normalization {
  /// What is divided by what.
  enum Kind: Sendable {
    /// Layer normalisation (Ba, Kiros and Hinton 2016).
    case layer
    /// Division by the root of the mean square, without subtracting the mean (Zhang and Sennrich 2019).
    case rootMeanSquare
  }

  /// Where its result is observed.
  let point: Point
  let kind: Kind
  let gamma: Tensor?  // [H]; nil for 1
  let beta: Tensor?  // [H]; nil for 0
  let epsilon: Double
  let condition: Condition?

  /// What makes γ and β of a vector that belongs to the sequence: γ + Γ h and β + B h, where h = f(W c).
  ///
  /// After de Vries and others 2017, as bert4keras computes it (`layers.py:266-297`).
  struct Condition {
    let hidden: Linear?  // [D, C]; nil when D is C
    let activation: Activation
    let gamma: Linear  // [H, D]
    let beta: Linear  // [H, D]
  }

  /// Replaces x by the normalisation of x, or of x + residual, and hands it to whoever watches.
  func apply<K>(
    to x: Matrix<K.Scalar>, of span: Span, adding residual: Matrix<K.Scalar>? = nil, _ pass: ForwardPass<K>
  ) throws {
    normalize(x, adding: residual, sequence: { $0 / span.length }, pass)
    try pass.report(point, x, of: span)
  }

  /// Replaces x by the normalisation of x, or of x + residual.
  ///
  /// - Parameter sequence: The sequence to which the token in a column belongs.
  func normalize<K>(
    _ x: Matrix<K.Scalar>, adding residual: Matrix<K.Scalar>? = nil, sequence: (Int) -> Int, _ pass: ForwardPass<K>
  ) {
    let features = x.features
    let gamma = gamma.map(pass.kernels.vector) ?? Array(repeating: 1, count: features)
    let beta = beta.map(pass.kernels.vector) ?? Array(repeating: 0, count: features)
    guard let condition, let vector = pass.condition else {
      normalize(x, adding: residual, gamma: gamma, beta: beta, pass)
      return
    }
    let (ones, zeros) = ([K.Scalar](repeating: 1, count: features), [K.Scalar](repeating: 0, count: features))
    normalize(x, adding: residual, gamma: ones, beta: zeros, pass)
    let (factors, terms) = condition.apply(to: vector, gamma: gamma, beta: beta, pass)
    let runs = runs(of: x.columns, by: sequence)
    pass.threads.run(parts: runs.count) { run, _ in
      let (row, columns) = runs[run]
      pass.kernels.scale(x.view[columns: columns], by: factors[row], adding: terms[row])
    }
  }

  /// The stretches of columns that belong to one sequence.
  private func runs(of columns: Int, by sequence: (Int) -> Int) -> [(row: Int, columns: Range<Int>)] {
    var runs: [(row: Int, columns: Range<Int>)] = []
    for column in 0..<columns {
      if let last = runs.last, last.row == sequence(column) {
        runs[runs.count - 1].columns = last.columns.lowerBound..<column + 1
      } else {
        runs.append((sequence(column), column..<column + 1))
      }
    }
    return runs
  }

  private func normalize<K>(
    _ x: Matrix<K.Scalar>, adding residual: Matrix<K.Scalar>?, gamma: [K.Scalar], beta: [K.Scalar],
    _ pass: ForwardPass<K>
  ) {
    pass.forColumns(of: x) { columns in
      pass.kernels.normalize(
        x.view[columns: columns], adding: residual?.view[columns: columns], centered: kind == .layer, gamma: gamma,
        beta: beta, epsilon: epsilon)
    }
  }
}

extension Normalization.Condition {
  /// Returns γ and β of every sequence, B times [H] each.
  fileprivate func apply<K>(
    to vector: Matrix<K.Scalar>, gamma: [K.Scalar], beta: [K.Scalar], _ pass: ForwardPass<K>
  ) -> (gamma: [[K.Scalar]], beta: [[K.Scalar]]) {
    var h = vector
    if let hidden {
      h = Matrix(features: hidden.features, columns: vector.columns)
      hidden.apply(to: vector, into: h, activation: activation, pass)
    }
    func shifted(_ values: [K.Scalar], by linear: Linear) -> [[K.Scalar]] {
      let shift = Matrix<K.Scalar>(features: linear.features, columns: vector.columns)
      linear.apply(to: h, into: shift, pass)
      return (0..<vector.columns).map { row in values.indices.map { values[$0] + shift.view.row($0)[row] } }
    }
    return (shifted(gamma, by: self.gamma), shifted(beta, by: self.beta))
  }
}
