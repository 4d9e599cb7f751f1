import Tensors

/// Layer normalisation over the features of each token (Ba, Kiros and Hinton 2016): (x − mean) / √(variance + ε) · γ + β.
///
/// The variance is that of the population, and ε stands inside the root (bert4keras 0.11.5, `layers.py:266-297`).
struct LayerNormalization {
  let gamma: Tensor
  let beta: Tensor
  let epsilon: Double

  /// Replaces x by the normalisation of x, or of x + residual.
  func apply<K>(to x: Matrix<K.Scalar>, adding residual: Matrix<K.Scalar>? = nil, _ pass: ForwardPass<K>) {
    let (gamma, beta) = (pass.kernels.vector(gamma), pass.kernels.vector(beta))
    let columnsPerPart = 16
    pass.threads.run(parts: (x.columns + columnsPerPart - 1) / columnsPerPart) { part, _ in
      let columns = part * columnsPerPart..<min((part + 1) * columnsPerPart, x.columns)
      pass.kernels.normalize(
        x.view[columns: columns], adding: residual?.view[columns: columns], gamma: gamma, beta: beta, epsilon: epsilon)
    }
  }
}
