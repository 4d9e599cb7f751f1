import Inference
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Waves of E/2 lengths, a sine and a cosine of each, added to the embeddings (Vaswani and others 2017, section 3.5).
///
///     x_p[2i] += sin(p · b^(−2i/E)),   x_p[2i + 1] += cos(p · b^(−2i/E)),   b = 10000
///
/// Sines and cosines are adjacent features, as in the paper and in bert4keras 0.11.5 (`backend.py:336-345`); Tensor2Tensor
/// and fairseq have two halves.
package struct SinusoidalPositions: PositionScheme {
  /// b: the longest wave has nearly 2πb positions.
  var base = 10_000.0

  package func add<K: Kernels>(toEmbeddings x: Matrix<K.Scalar>, of tokens: Sequences, _ pass: Pass<K>) {
    pass.forColumns(of: x) { columns in
      for feature in 0..<x.features {
        let frequency = pow(base, -Double(feature / 2 * 2) / Double(x.features))
        for column in columns {
          let angle = Double(tokens.positions[column]) * frequency
          x.view.row(feature)[column] += K.Scalar(feature.isMultiple(of: 2) ? sin(angle) : cos(angle))
        }
      }
    }
  }
}
