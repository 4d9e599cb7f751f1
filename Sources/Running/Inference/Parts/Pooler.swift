import Tensors

/// The summary of a sequence: its first token through a dense layer, and what is told from it.
struct Pooler {
  let dense: Linear  // [H, H]
  let activation: Activation
  /// Two classes of the pooled sequence: whether the second segment follows the first; nil when the model has no such head.
  let nextSentence: Linear?  // [2, H]

  var points: [Point] { nextSentence == nil ? [.pooler] : [.pooler, .nextSentenceProbabilities] }

  /// Reports the pooled sequences, [H, B], and the probabilities of both classes, [2, B].
  func apply<K>(to x: Matrix<K.Scalar>, of span: Span, _ pass: ForwardPass<K>) throws {
    let first = x.gathering(columns: (0..<span.batch).map { $0 * span.length })
    let pooled = Matrix<K.Scalar>(features: dense.features, columns: first.columns)
    dense.apply(to: first, into: pooled, activation: activation, pass)
    try pass.report(.pooler, pooled, extents: [span.batch])
    guard let nextSentence, pass.watches(.nextSentenceProbabilities) else { return }
    let classes = Matrix<K.Scalar>(features: nextSentence.features, columns: pooled.columns)
    nextSentence.apply(to: pooled, into: classes, pass)
    pass.kernels.softmax(classes.view)
    try pass.report(.nextSentenceProbabilities, classes, extents: [span.batch])
  }
}
