import Tensors

/// The summary of a sequence: its first token through a dense layer.
struct Pooler {
  let dense: Linear  // [H, H]
  let activation: Activation

  /// Returns the pooled sequences, [H, B].
  func apply<K>(to x: Matrix<K.Scalar>, _ pass: ForwardPass<K>) throws -> Matrix<K.Scalar> {
    let first = x.gathering(columns: (0..<pass.input.batch).map { $0 * pass.input.length })
    let pooled = Matrix<K.Scalar>(features: dense.features, columns: first.columns)
    dense.apply(to: first, into: pooled, activation: activation, pass)
    try pass.report(.pooler, pooled, extents: [pass.input.batch])
    return pooled
  }
}

/// Next-sentence prediction: two classes of the pooled sequence.
struct NextSentence {
  let dense: Linear  // [2, H]

  /// Reports the probabilities of both classes, [2, B].
  func apply<K>(to pooled: Matrix<K.Scalar>, _ pass: ForwardPass<K>) throws {
    let classes = Matrix<K.Scalar>(features: dense.features, columns: pooled.columns)
    dense.apply(to: pooled, into: classes, pass)
    pass.kernels.softmax(classes.view)
    try pass.report(.nextSentenceProbabilities, classes, extents: [pass.input.batch])
  }
}

/// The masked language model: each token's transformed features against every token embedding.
struct MaskedLanguageModel {
  let dense: Linear  // [E, H]
  let activation: Activation
  let norm: LayerNormalization
  /// The token embedding as weight, [V, E], and the bias of each token.
  let vocabulary: Linear

  /// Reports the head's points, for the chosen tokens or else for all.
  func apply<K>(to x: Matrix<K.Scalar>, at positions: [TokenPosition]?, _ pass: ForwardPass<K>) throws {
    let (input, extents): (Matrix<K.Scalar>, [Int])
    if let positions {
      input = x.gathering(columns: positions.map { $0.row * pass.input.length + $0.position })
      extents = [positions.count]
    } else {
      (input, extents) = (x, [pass.input.batch, pass.input.length])
    }
    let transformed = Matrix<K.Scalar>(features: dense.features, columns: input.columns)
    dense.apply(to: input, into: transformed, activation: activation, pass)
    norm.apply(to: transformed, pass)
    try pass.report(.maskedTokenNorm, transformed, extents: extents)
    guard pass.watches(.maskedTokenLogits, .maskedTokenProbabilities) else { return }

    let scores = Matrix<K.Scalar>(features: vocabulary.features, columns: input.columns)
    vocabulary.apply(to: transformed, into: scores, pass)
    try pass.report(.maskedTokenLogits, scores, extents: extents)
    guard pass.watches(.maskedTokenProbabilities) else { return }

    let columnsPerPart = 16
    pass.threads.run(parts: (scores.columns + columnsPerPart - 1) / columnsPerPart) { part, _ in
      pass.kernels.softmax(
        scores.view[columns: part * columnsPerPart..<min((part + 1) * columnsPerPart, scores.columns)])
    }
    try pass.report(.maskedTokenProbabilities, scores, extents: extents)
  }
}
