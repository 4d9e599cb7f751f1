import Tensors

/// A convolution over the tokens beside a block: what it makes of the block's input is added to the block's output
/// (DeBERTa V2; transformers 4.38.2, `modeling_deberta_v2.py`, `ConvLayer`).
///
///     y_t = norm(block(x)_t + f(b + Σ_k W_k x_{t + k − ⌊K/2⌋})),   x zero beyond the ends of a sequence
///
/// Features may fall into groups, each of which sees only itself. Padding is zeros, before and after.
struct Convolution {
  let weight: Tensor  // [H, H/groups, K]
  let bias: Tensor  // [H]
  let activation: Activation
  let norm: Normalization

  var points: [Point] { [norm.point] }

  private var taps: Int { weight.shape.dimensions[2] }
  private var featuresPerGroup: Int { weight.shape.dimensions[1] }

  /// Returns what is made of the input of the block, [H, B·T].
  func apply<K>(to x: Matrix<K.Scalar>, of span: Span, _ pass: ForwardPass<K>) -> Matrix<K.Scalar> {
    let y = Matrix<K.Scalar>(features: x.features, columns: x.columns)
    // [H, H/groups · K]: each output is one product with all that its taps see.
    let matrix = Tensor(
      weight.elementType, Shape([x.features, featuresPerGroup * taps])!, bytes: weight.bytes)!
    let bias = pass.kernels.vector(bias)
    for first in stride(from: 0, to: x.features, by: featuresPerGroup) {
      let seen = neighbours(in: x, features: first..<first + featuresPerGroup, of: span)
      let rows = first..<first + featuresPerGroup
      bias.withUnsafeBufferPointer { bias in
        pass.kernels.multiply(
          matrix, rows: rows, bias: bias.baseAddress! + first, by: seen.view, into: y.view[features: rows])
      }
    }
    span.clearPadding(of: y)
    pass.forColumns(of: y) { pass.kernels.activate(y.view[columns: $0], by: activation) }
    return y
  }

  /// Adds what was made of the block's input to its output, and normalises.
  func join<K>(_ y: Matrix<K.Scalar>, to x: Matrix<K.Scalar>, of span: Span, _ pass: ForwardPass<K>) throws {
    try norm.apply(to: x, of: span, adding: y, pass)
    span.clearPadding(of: x)
  }

  /// What each tap sees of each feature, [features · K, B·T].
  private func neighbours<Scalar>(in x: Matrix<Scalar>, features: Range<Int>, of span: Span) -> Matrix<Scalar> {
    let result = Matrix<Scalar>(features: features.count * taps, columns: x.columns)
    for (index, feature) in features.enumerated() {
      for tap in 0..<taps {
        let (source, target) = (x.view.row(feature), result.view.row(index * taps + tap))
        let shift = tap - taps / 2
        let places = max(0, -shift)..<max(0, -shift, min(span.length, span.length - shift))
        for row in 0..<span.batch {
          let first = row * span.length
          for place in places { target[first + place] = source[first + place + shift] }
        }
      }
    }
    return result
  }
}
