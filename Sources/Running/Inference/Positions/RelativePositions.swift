import Bytes
import Tensors

/// One vector for each distance, added to keys and to values (Shaw, Uszkoreit and Vaswani 2018; NEZHA, Wei and others 2019).
///
///     scores[q, k] = Q_q · (K_k + R_c) / √d,   mixed_q = Σₖ A[q, k] (V_k + R_c),   c = clip(k − q, −m, m) + m
///
/// Here one table serves keys, values, all heads and all blocks (bert4keras 0.11.5, `layers.py:869-930`, `layers.py:519-540`).
struct RelativePositions: PositionScheme {
  let table: Tensor  // [2m + 1, d]

  var multipliesVectors: Bool { true }

  func terms<K>(
    heads: Int, queries: Range<Int>, keys: Int, _ pass: ForwardPass<K>
  ) -> AttentionTerms<K.Scalar> {
    let (rows, width) = (table.shape.dimensions[0], table.shape.dimensions[1])
    let largest = (rows - 1) / 2
    let distances = DistanceRows(queries: queries, keys: keys) { max(-largest, min(largest, $0)) + largest }
    let vectors = pass.once("relative positions") { Matrix(widening: table, pass.kernels) }  // [2m + 1, d]
    return AttentionTerms(
      scores: { scores, place in
        let products = Matrix<K.Scalar>(features: rows, columns: scores.columns)
        pass.kernels.multiply(table, rows: 0..<rows, bias: nil, by: place.queries, into: products.view)
        pass.kernels.add(
          products.view, by: distances, firstQuery: place.firstQuery, scale: place.scale, to: scores)
      },
      values: { values, weights, place in
        let sums = Matrix<K.Scalar>(features: rows, columns: weights.columns)
        let mixed = Matrix<K.Scalar>(features: width, columns: weights.columns)
        pass.kernels.sum(weights, by: distances, firstQuery: place.firstQuery, into: sums.view)
        pass.kernels.multiply(transposed: vectors.view, by: sums.view, scale: 1, into: mixed.view)
        pass.kernels.add(mixed.view, to: values)
      })
  }
}

extension RelativePositions {
  /// The table that NEZHA has when no file holds it: row r is the sinusoid of Vaswani and others 2017 for position r.
  ///
  /// R[r, 2i] = sin(r · 10000^(−2i/d)), R[r, 2i + 1] = cos of the same, rounded to float32 (bert4keras 0.11.5,
  /// `models.py:1068-1090`).
  init(sinusoidUpTo largest: Int, width: Int) {
    table = Sinusoid(positions: 2 * largest + 1, width: width, .adjacent)!.table
  }
}
