/// A factor and a term for each feature: γ ⊙ x + β, which makes queries and keys of what they have in common (Hua and others
/// 2022; bert4keras 0.11.5, `layers.py:26-98`).
///
/// Inputs: x.
package struct ScaleFeatures: OperationBody {
  package static let title = "scale features"

  package let gamma: Weight  // [K]
  package let beta: Weight?  // [K]

  package var weights: [Weight] { [gamma] + (beta.map { [$0] } ?? []) }
  package var worksInPlace: Bool { true }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    let gamma = pass.kernels.vector(gamma.tensor)
    let beta = beta.map { pass.kernels.vector($0.tensor) } ?? Array(repeating: 0, count: gamma.count)
    pass.forColumns(of: outputs[0].matrix) { columns in
      pass.kernels.scale(outputs[0].view[columns: columns], by: gamma, adding: beta)
    }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    let (gamma, beta) = (gamma.plain, beta?.plain)
    return inputs[0].columns.map { x in x.indices.map { gamma[$0] * x[$0] + (beta?[$0] ?? 0) } }
  }
}
