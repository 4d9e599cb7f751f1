import Tensors

/// Whether each token has been replaced (ELECTRA, Clark and others 2020): two dense layers and a probability.
struct Discriminator {
  let dense: Linear  // [H, H]
  let activation: Activation
  let prediction: Linear  // [1, H]

  private static let hidden = Point("discriminator.dense")
  private static let probabilities = Point("discriminator.probabilities")

  var points: [Point] { [Discriminator.hidden, Discriminator.probabilities] }

  /// Reports the hidden features, [H, B·T], and the probability of replacement, [1, B·T].
  func apply<K>(to x: Matrix<K.Scalar>, of span: Span, _ pass: ForwardPass<K>) throws {
    let hidden = Matrix<K.Scalar>(features: dense.features, columns: x.columns)
    dense.apply(to: x, into: hidden, activation: activation, pass)
    try pass.report(Discriminator.hidden, hidden, of: span)
    let probabilities = Matrix<K.Scalar>(features: 1, columns: x.columns)
    prediction.apply(to: hidden, into: probabilities, activation: .sigmoid, pass)
    try pass.report(Discriminator.probabilities, probabilities, of: span)
  }
}
