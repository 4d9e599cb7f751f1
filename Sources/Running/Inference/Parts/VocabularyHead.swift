import Tensors

/// The language model: each token's features, transformed as the architecture has it, against every token of the vocabulary.
struct VocabularyHead {
  /// `mlm` for a model that fills gaps, `lm` for one that goes on.
  let name: String
  let transform: Transform?
  /// Brings the features to the width of the embedding.
  let projection: Linear?  // [E, H]
  /// Where features divided by √H are observed, when they are divided first (T5; bert4keras 0.11.5, `models.py:2483-2489`).
  var scaled: Point?
  /// Usually the token embedding itself, [V, E], and perhaps a bias for each token.
  let vocabulary: Linear

  /// A dense layer, its activation and a normalisation.
  struct Transform {
    let dense: Linear  // [E, H]
    let activation: Activation
    let norm: Normalization
  }

  private var projected: Point { Point("\(name).projection") }
  private var logits: Point { Point("\(name).logits") }
  private var probabilities: Point { Point("\(name).probabilities") }

  var points: [Point] {
    [scaled, transform?.norm.point, projection.map { _ in projected }, logits, probabilities].compactMap { $0 }
  }

  /// Reports the head's points, for the chosen tokens or else for all.
  func apply<K>(
    to x: Matrix<K.Scalar>, of span: Span, at positions: [TokenPosition]?, _ pass: ForwardPass<K>
  ) throws {
    var (input, extents) = (x, [span.batch, span.length])
    if let positions {
      input = x.gathering(columns: positions.map { $0.row * span.length + $0.position })
      extents = [positions.count]
    }
    if let scaled {
      let y = input.gathering(columns: Array(0..<input.columns))
      pass.forColumns(of: y) { pass.kernels.scale(y.view[columns: $0], by: 1 / K.Scalar(x.features).squareRoot()) }
      try pass.report(scaled, y, extents: extents)
      input = y
    }
    if let transform {
      let y = Matrix<K.Scalar>(features: transform.dense.features, columns: input.columns)
      transform.dense.apply(to: input, into: y, activation: transform.activation, pass)
      transform.norm.normalize(y, sequence: { positions?[$0].row ?? $0 / span.length }, pass)
      try pass.report(transform.norm.point, y, extents: extents)
      input = y
    }
    if let projection {
      let y = Matrix<K.Scalar>(features: projection.features, columns: input.columns)
      projection.apply(to: input, into: y, pass)
      try pass.report(projected, y, extents: extents)
      input = y
    }
    guard pass.watches(logits, probabilities) else { return }

    let scores = Matrix<K.Scalar>(features: vocabulary.features, columns: input.columns)
    vocabulary.apply(to: input, into: scores, pass)
    try pass.report(logits, scores, extents: extents)
    guard pass.watches(probabilities) else { return }
    pass.forColumns(of: scores) { pass.kernels.softmax(scores.view[columns: $0]) }
    try pass.report(probabilities, scores, extents: extents)
  }
}
