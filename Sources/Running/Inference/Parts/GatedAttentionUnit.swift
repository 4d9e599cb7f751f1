import Tensors

/// Attention and feed-forward layers in one: the mixed values of a single head, gated (Hua and others 2022, "Transformer
/// Quality in Linear Time"; GAU-α, Su and others 2022).
///
///     [u, v, z] = f(W x + b),   q = γ_q z + β_q,   k = γ_k z + β_k,   y = W_o (u ⊙ Σ A v)
///
/// (bert4keras 0.11.5, `layers.py:580-712`)
struct GatedAttentionUnit {
  /// Its name among what a memory keeps.
  let name: String
  let intermediate: Linear  // [2 U + K, H]
  let query: Scaling
  let key: Scaling
  let output: Linear  // [H, U]
  let activation: Activation
  let dotProduct: DotProductAttention

  /// What makes queries or keys of their common base: γ z + β.
  struct Scaling {
    let gamma: Tensor  // [K]
    let beta: Tensor?  // [K]
  }

  /// Computes what the unit adds to x, [H, B·T].
  func apply<K>(to x: Matrix<K.Scalar>, of span: Span, into y: Matrix<K.Scalar>, _ pass: ForwardPass<K>) {
    let (units, width) = (output.weight.shape.dimensions[1], query.gamma.shape.elementCount)
    let h = Matrix<K.Scalar>(features: intermediate.features, columns: x.columns)
    intermediate.apply(to: x, into: h, activation: activation, pass)
    let base = 2 * units..<2 * units + width
    let (q, k) = (query.apply(to: h, base, pass), key.apply(to: h, base, pass))
    dotProduct.positions.turn(queries: q, keys: k, heads: 1, of: span, pass)
    let values = h.gathering(features: units..<2 * units)
    let source = pass.remembering(KeysAndValues(keys: k, values: values, batch: span.batch), as: name)
    let mixed = Matrix<K.Scalar>(features: units, columns: x.columns)
    dotProduct.apply(
      q, to: source, seeing: span.visibilities, firstQuery: span.past, into: mixed, pass)
    pass.forColumns(of: mixed) { columns in
      pass.kernels.scale(mixed.view[columns: columns], by: h.view[0..<units, columns])
    }
    output.apply(to: mixed, into: y, pass)
  }
}

extension GatedAttentionUnit.Scaling {
  fileprivate func apply<K>(
    to h: Matrix<K.Scalar>, _ features: Range<Int>, _ pass: ForwardPass<K>
  ) -> Matrix<K.Scalar> {
    let x = h.gathering(features: features)
    let gamma = pass.kernels.vector(gamma)
    let beta = beta.map(pass.kernels.vector) ?? Array(repeating: 0, count: gamma.count)
    pass.forColumns(of: x) { pass.kernels.scale(x.view[columns: $0], by: gamma, adding: beta) }
    return x
  }
}
