import Tensors

/// Normalisation over the features of each column, after a sum where there is one: (x − mean) / √(variance + ε) · γ + β.
///
/// Inputs: x; what is added to it first, if anything; and for a conditional one what is added to γ and to β, for each sequence.
/// The variance is that of the population, and ε stands inside the root (bert4keras 0.11.5, `layers.py:715-747`). What a condition
/// adds is a product with a vector that belongs to the sequence (de Vries and others 2017; `layers.py:266-297`).
package struct Normalize: OperationBody {
  package static let title = "normalise"

  /// What is divided by what.
  package enum Kind: String, Sendable {
    /// Layer normalisation (Ba, Kiros and Hinton 2016).
    case layer
    /// Division by the root of the mean square, without subtracting the mean (Zhang and Sennrich 2019).
    case rootMeanSquare = "root mean square"
  }

  package var kind: Kind
  package let gamma: Weight?  // [H]; nil for 1
  package let beta: Weight?  // [H]; nil for 0
  package var epsilon: Double
  package let addsResidual: Bool
  package let isConditional: Bool

  package var detail: String { kind.rawValue + (addsResidual ? " of the sum" : "") }
  package var weights: [Weight] { [gamma, beta].compactMap { $0 } }
  package var worksInPlace: Bool { true }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    let x = outputs[0].matrix
    let residual = addsResidual ? inputs[1].matrix : nil
    let gamma = gamma.map { pass.kernels.vector($0.tensor) } ?? Array(repeating: 1, count: x.features)
    let beta = beta.map { pass.kernels.vector($0.tensor) } ?? Array(repeating: 0, count: x.features)
    guard isConditional else { return normalize(x, adding: residual, gamma: gamma, beta: beta, pass) }
    let (ones, zeros) = ([K.Scalar](repeating: 1, count: x.features), [K.Scalar](repeating: 0, count: x.features))
    normalize(x, adding: residual, gamma: ones, beta: zeros, pass)
    let shifts = inputs.suffix(2).map(\.view)
    let runs = Normalize.runs(of: pass.batch.rows(of: outputs[0].axis))
    pass.threads.run(parts: runs.count) { run, _ in
      let (row, columns) = runs[run]
      pass.kernels.scale(
        x.view[columns: columns], by: gamma.indices.map { gamma[$0] + shifts[0].row($0)[row] },
        adding: beta.indices.map { beta[$0] + shifts[1].row($0)[row] })
    }
  }

  private func normalize<K: Kernels>(
    _ x: Matrix<K.Scalar>, adding residual: Matrix<K.Scalar>?, gamma: [K.Scalar], beta: [K.Scalar], _ pass: Pass<K>
  ) {
    pass.forColumns(of: x) { columns in
      pass.kernels.normalize(
        x.view[columns: columns], adding: residual?.view[columns: columns], centered: kind == .layer, gamma: gamma,
        beta: beta, epsilon: epsilon)
    }
  }

  /// The stretches of columns that belong to one sequence.
  private static func runs(of rows: [Int]) -> [(row: Int, columns: Range<Int>)] {
    var runs: [(row: Int, columns: Range<Int>)] = []
    for (column, row) in rows.enumerated() {
      if let last = runs.last, last.row == row {
        runs[runs.count - 1].columns = last.columns.lowerBound..<column + 1
      } else {
        runs.append((row, column..<column + 1))
      }
    }
    return runs
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    let (gamma, beta, rows) = (gamma?.plain, beta?.plain, batch.rows(of: inputs[0].axis))
    return inputs[0].columns.indices.map { column in
      var x = inputs[0].columns[column]
      if addsResidual { for feature in x.indices { x[feature] += inputs[1].columns[column][feature] } }
      let mean = kind == .layer ? x.reduce(0, +) / Double(x.count) : 0
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
      return x.indices.map { feature in
        var (factor, term) = (gamma?[feature] ?? 1, beta?[feature] ?? 0)
        if isConditional {
          factor += inputs[inputs.count - 2].columns[rows[column]][feature]
          term += inputs[inputs.count - 1].columns[rows[column]][feature]
        }
        return (x[feature] - mean) / (variance + epsilon).squareRoot() * factor + term
      }
    }
  }
}
