/// A transformer block that normalises after each residual (post-norm).
struct Block {
  /// Its number, which its points bear.
  let index: Int
  let attention: Attention
  let attentionNorm: LayerNormalization
  let feedForward: FeedForward
  let feedForwardNorm: LayerNormalization

  /// Replaces x by x = LN(x + Attention(x)), then x = LN(x + FeedForward(x)); x is [H, B·T].
  func apply<K>(to x: Matrix<K.Scalar>, _ pass: ForwardPass<K>) throws {
    try pass.withScratch(1, features: x.features, columns: x.columns) { scratch in
      let addition = scratch[0]
      attention.apply(to: x, into: addition, pass)
      try pass.report(.attentionOutput(block: index), addition)
      attentionNorm.apply(to: x, adding: addition, pass)
      try pass.report(.attentionNorm(block: index), x)

      feedForward.apply(to: x, into: addition, pass)
      try pass.report(.feedForwardOutput(block: index), addition)
      feedForwardNorm.apply(to: x, adding: addition, pass)
      try pass.report(.feedForwardNorm(block: index), x)
    }
  }
}
