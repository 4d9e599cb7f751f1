/// The two dense layers that treat every token alone: W₂ f(W₁ x + b₁) + b₂.
struct FeedForward {
  let intermediate: Linear  // [F, H]
  let output: Linear  // [H, F]
  let activation: Activation

  /// Computes what the layers add to x, [H, B·T].
  func apply<K>(to x: Matrix<K.Scalar>, into y: Matrix<K.Scalar>, _ pass: ForwardPass<K>) {
    pass.withScratch(1, features: intermediate.features, columns: x.columns) { scratch in
      intermediate.apply(to: x, into: scratch[0], activation: activation, pass)
      output.apply(to: scratch[0], into: y, pass)
    }
  }
}
