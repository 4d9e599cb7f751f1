/// The dense layers that treat every token alone: W₂ f(W₁ x + b₁) + b₂, or with a gate W₂ (f(G x) ⊙ (W₁ x)).
///
/// The gated form is that of Shazeer 2020 (GLU variants), as T5 1.1 has it (bert4keras 0.11.5, `layers.py:1025-1090`).
struct FeedForward {
  let intermediate: Linear  // [F, H]
  let gate: Linear?  // [F, H]
  let output: Linear  // [H, F]
  let activation: Activation

  /// Computes what the layers add to x, [H, B·T].
  func apply<K>(to x: Matrix<K.Scalar>, into y: Matrix<K.Scalar>, _ pass: ForwardPass<K>) {
    pass.withScratch(gate == nil ? 1 : 2, features: intermediate.features, columns: x.columns) { scratch in
      intermediate.apply(to: x, into: scratch[0], activation: gate == nil ? activation : .linear, pass)
      if let gate {
        gate.apply(to: x, into: scratch[1], activation: activation, pass)
        pass.forColumns(of: scratch[0]) { columns in
          pass.kernels.scale(scratch[0].view[columns: columns], by: scratch[1].view[columns: columns])
        }
      }
      output.apply(to: scratch[0], into: y, pass)
    }
  }
}
