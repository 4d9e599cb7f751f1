import Inference
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A penalty on scores that grows with the distance, in each head with another slope (ALiBi; Press, Smith and Lewis 2022).
///
///     scores[k, q] += −m_h |q − k|
///
/// It has no weights, adds after scores have been scaled, and never ends: models read further than they were trained.
/// The paper has causal attention, where |q − k| is q − k; without a mask the penalty is the same both ways.
package struct LinearBiasPositions: PositionScheme {
  package func terms<K: Kernels>(
    heads: Int, queries: Range<Int>, keys: Int, _ pass: Pass<K>
  ) -> AttentionTerms<K.Scalar> {
    let slopes = LinearBiasPositions.slopes(heads: heads).map { K.Scalar($0) }
    return AttentionTerms(scores: { scores, place in
      let slope = slopes[place.head]
      for key in 0..<scores.features {
        let row = scores.row(key)
        for column in 0..<scores.columns { row[column] -= slope * K.Scalar(abs(place.firstQuery + column - key)) }
      }
      pass.kernels.settle(scores)
    })
  }

  /// The slopes m_h: 2^(−8/n), 2^(−16/n), … 2^(−8) for n heads where n is a power of two.
  ///
  /// Otherwise those of the largest power of two below, and then every second one, from the first on, of twice that number
  /// (the authors' `get_slopes`, and BLOOM's in transformers 4.38.2, `modeling_bloom.py:57-98`).
  static func slopes(heads: Int) -> [Double] {
    var power = 1
    while power * 2 <= heads { power *= 2 }
    let regular = (1...power).map { exp2(-8 * Double($0) / Double(power)) }
    let between = (0..<heads - power).map { exp2(-8 * Double(2 * $0 + 1) / Double(2 * power)) }
    return regular + between
  }
}
