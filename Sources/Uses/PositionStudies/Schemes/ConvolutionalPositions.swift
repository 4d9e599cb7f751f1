import Inference
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
package struct ConvolutionalPositions: PositionScheme {
  let weight: Tensor  // [K, E]
  let bias: Tensor?  // [E]
  /// Whether tokens see only what comes before them; a model with a memory must say so.
  var isCausal = false

  package func add<K: Kernels>(toEmbeddings x: Matrix<K.Scalar>, of tokens: Sequences, _ pass: Pass<K>) {
    _ = add(toEmbeddings: x, of: tokens, following: nil, pass)
  }

  /// Does the same for tokens that follow others.
  ///
  /// - Parameter tail: What an earlier call returned; nil for zeros.
  /// - Returns: The last embeddings of every sequence that later tokens see.
  package func add<K: Kernels>(
    toEmbeddings x: Matrix<K.Scalar>, of tokens: Sequences, following tail: Matrix<K.Scalar>?, _ pass: Pass<K>
  ) -> Matrix<K.Scalar> {
    precondition(isCausal || tail == nil, "a convolution that looks ahead has no memory")
    let taps = weight.shape.dimensions[0]
    let before = isCausal ? taps - 1 : (taps - 1) / 2
    let filters = pass.kernels.rows(of: weight)
    let biases = bias.map(pass.kernels.vector)
    let newTail = Matrix<K.Scalar>(features: x.features, columns: tokens.count * before)
    for row in 0..<tokens.count {
      let columns = tokens.columns(of: row)
      // The tokens between what came before them, or zeros, and zeros.
      let padded = Matrix<K.Scalar>(features: x.features, columns: columns.count + taps - 1)
      if let tail { padded.copy(tail, row * before..<(row + 1) * before, to: 0) }
      for (place, column) in columns.enumerated() where !tokens.isPadding(column: column) {
        padded.copy(x, column..<column + 1, to: before + place)
      }
      newTail.copy(padded, padded.columns - before..<padded.columns, to: row * before)
      for feature in 0..<x.features {
        let (source, target) = (padded.view.row(feature), x.view.row(feature))
        for (place, column) in columns.enumerated() {
          var sum = biases?[feature] ?? 0
          for tap in 0..<taps { sum += filters[tap][feature] * source[place + tap] }
          target[column] += sum
        }
      }
    }
    return newTail
  }
}
