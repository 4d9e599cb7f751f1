import Inference
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Words as waves over the positions (Wang and others 2020, "Encoding word order in complex embeddings").
///
/// A word w is a vector of complex functions of its position, of amplitude r, frequency ω and phase θ, one of each for
/// every pair of features:
///
///     f_w(p) = r_w e^{i (ω_w p + θ_w)} = z_w e^{i ω_w p}
///
/// What is stored as the token's embedding is z = r e^{iθ}, its real and imaginary part in features 2i and 2i + 1; this
/// scheme turns it by ωp. Each word has frequencies of its own, or all share one row (the paper's section 2.3).
/// Rotary positions turn queries and keys in the same way, by frequencies that are not learned.
package struct ComplexPositions: PositionScheme {
  let frequencies: Tensor  // [V, E/2], or [1, E/2] for all words

  package func add<K: Kernels>(toEmbeddings x: Matrix<K.Scalar>, of tokens: Sequences, _ pass: Pass<K>) {
    let isShared = frequencies.shape.dimensions[0] == 1
    pass.forColumns(of: x) { columns in
      for column in columns {
        let omega = pass.kernels.row(isShared ? 0 : Int(tokens.tokenIDs[column]), of: frequencies)
        for pair in 0..<x.features / 2 {
          let angle = Double(omega[pair]) * Double(tokens.positions[column])
          let (cosine, sine) = (K.Scalar(cos(angle)), K.Scalar(sin(angle)))
          let (real, imaginary) = (x.view.row(2 * pair), x.view.row(2 * pair + 1))
          (real[column], imaginary[column]) = (
            real[column] * cosine - imaginary[column] * sine, imaginary[column] * cosine + real[column] * sine
          )
        }
      }
    }
  }
}
