import Tensors

/// A convolution over the tokens, which knows positions by the zeros beyond the ends (Islam, Jia and Bruce 2020, "How much
/// position information do convolutional neural networks encode?").
///
///     x_p[e] += b[e] + Σⱼ w[j, e] · x_{p + j − n}[e],   x is zero outside of the sequence
///
/// One filter of K taps for every feature, added to the embeddings, as in conditional position encodings (Chu and others
/// 2021). n is (K − 1) / 2, so that each token sees both sides; or K − 1, so that it sees none after it, as decoders must.
/// One layer tells apart tokens near an end; what a stack of them knows reaches further with each.
///
/// Padding counts as zeros too: a sequence computes the same however far it is padded.
struct ConvolutionalPositions: PositionScheme {
  let weight: Tensor  // [K, E]
  let bias: Tensor?  // [E]
  /// Whether tokens see only what comes before them; a model with a memory must say so.
  var isCausal = false

  func add<K>(toEmbeddings x: Matrix<K.Scalar>, of span: Span, _ pass: ForwardPass<K>) {
    let taps = weight.shape.dimensions[0]
    let before = isCausal ? taps - 1 : (taps - 1) / 2
    precondition(isCausal || pass.memory == nil, "a convolution that looks ahead has no memory")
    let padded = padded(x, of: span, by: before, totalling: taps - 1, pass)
    let length = padded.columns / span.batch
    let filters = pass.kernels.rows(of: weight)
    let biases = bias.map(pass.kernels.vector)
    pass.forColumns(of: x) { columns in
      for feature in 0..<x.features {
        let (source, target) = (padded.view.row(feature), x.view.row(feature))
        for column in columns {
          let first = column / span.length * length + column % span.length
          var sum = biases?[feature] ?? 0
          for tap in 0..<taps { sum += filters[tap][feature] * source[first + tap] }
          target[column] += sum
        }
      }
    }
  }

  /// Returns the tokens between what came before them, or zeros, and zeros: [E, B · (T + padding)].
  private func padded<K>(
    _ x: Matrix<K.Scalar>, of span: Span, by before: Int, totalling padding: Int, _ pass: ForwardPass<K>
  ) -> Matrix<K.Scalar> {
    let length = span.length + padding
    let result = Matrix<K.Scalar>(features: x.features, columns: span.batch * length)
    let kept = pass.memory?.recall("convolution", as: Matrix<K.Scalar>.self)
    for row in 0..<span.batch {
      if let kept { result.copy(kept, row * before..<(row + 1) * before, to: row * length) }
      for token in 0..<span.length where span.visibilities[row].keys[span.past + token] != 0 {
        let column = row * span.length + token
        result.copy(x, column..<column + 1, to: row * length + before + token)
      }
    }
    if let memory = pass.memory {
      let ends = (0..<span.batch).flatMap { row in (row + 1) * length - before..<(row + 1) * length }
      memory.keep(result.gathering(columns: Array(ends)), as: "convolution")
    }
    return result
  }
}
