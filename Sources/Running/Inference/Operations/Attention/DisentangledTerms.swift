import Tensors

/// Content that looks at positions, and positions that look at content (DeBERTa; He and others 2021).
///
///     scores[k, q] += (Q_q · Kʳ_c + K_k · Qʳ_c) · scale,   c = clip(bucket(q − k) + S, 0, 2S − 1)
///
/// Kʳ and Qʳ are the rows of a table, projected as every block does it; the scale is 1/√(3d) where both terms are there, 1/√(2d) where
/// one is (transformers 4.38.2, `modeling_deberta_v2.py`, `disentangled_attention_bias`; `modeling_deberta.py`). Inputs: Kʳ, and
/// Qʳ, those that are there, a column for each of 2S rows.
package struct DisentangledTerms: DistanceTerm {
  /// Whether there are keys that queries look at.
  package let hasKeys: Bool
  /// Whether there are queries that look at keys.
  package let hasQueries: Bool
  /// How far distances are told apart; nil where each has a row of its own, as in the first version.
  package var buckets: LogarithmicBuckets?

  package init(hasKeys: Bool, hasQueries: Bool, buckets: LogarithmicBuckets?) {
    (self.hasKeys, self.hasQueries, self.buckets) = (hasKeys, hasQueries, buckets)
  }

  package var title: String {
    [hasKeys ? "content to position" : nil, hasQueries ? "position to content" : nil].compactMap { $0 }
      .joined(separator: " and ")
  }

  private func row(of distance: Int, among rows: Int) -> Int {
    let bucket = buckets?.bucket(of: -distance) ?? -distance
    return max(0, min(rows - 1, bucket + rows / 2))
  }

  package func prepared<K: Kernels>(
    heads: Int, queries: Range<Int>, keys: Int, _ inputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) -> AttentionTerms<K.Scalar> {
    guard let rows = inputs.first?.matrix.columns else { return AttentionTerms() }
    let distances = DistanceRows(queries: queries, keys: keys) { row(of: $0, among: rows) }
    return AttentionTerms(scores: { scores, place in
      let kernels = pass.kernels
      func part(_ x: Matrix<K.Scalar>) -> MatrixView<K.Scalar> {
        let width = x.features / heads
        return x.view[features: place.head * width..<(place.head + 1) * width]
      }
      if hasKeys {
        let products = Matrix<K.Scalar>(features: rows, columns: scores.columns)
        kernels.multiply(transposed: part(inputs[0].matrix), by: place.queries, scale: 1, into: products.view)
        kernels.add(products.view, by: distances, firstQuery: place.firstQuery, scale: place.scale, to: scores)
      }
      if hasQueries {
        let products = Matrix<K.Scalar>(features: rows, columns: scores.features)  // [2S, keys]
        kernels.multiply(
          transposed: part(inputs[hasKeys ? 1 : 0].matrix), by: place.keys, scale: 1, into: products.view)
        kernels.add(
          products.view, byKeysAnd: distances, firstQuery: place.firstQuery, scale: place.scale, to: scores)
      }
    })
  }

  package func addedScore(_ pair: PlainPair, _ inputs: [PlainValue], in batch: Batch) -> Double {
    var sum = 0.0
    if hasKeys {
      let columns = inputs[0].columns
      sum += pair.product(pair.query, columns[row(of: pair.distance, among: columns.count)])
    }
    if hasQueries {
      let columns = inputs[hasKeys ? 1 : 0].columns
      sum += pair.product(pair.key, columns[row(of: pair.distance, among: columns.count)])
    }
    return pair.scale * sum
  }

  package func multiplications(width: Int, rows: Int, queries: Int, keys: Int) -> Int {
    ((hasKeys ? queries : 0) + (hasQueries ? keys : 0)) * rows * width
  }
}

/// The buckets of DeBERTa's later versions: near distances have one each, farther ones share buckets that grow by powers
/// (transformers 4.38.2, `modeling_deberta_v2.py`, `make_log_bucket_position`).
package struct LogarithmicBuckets: Equatable, Sendable {
  /// S: the number of buckets of one direction, half of which are for one distance each.
  package let count: Int
  /// The largest distance that has a bucket.
  package let largestDistance: Int

  package init(count: Int, largestDistance: Int) { (self.count, self.largestDistance) = (count, largestDistance) }

  /// The bucket of query − key, from −S + 1 to S − 1 or, of farther ones, beyond.
  ///
  /// The logarithms are computed in float32 as the original does, whatever the precision of the rest.
  package func bucket(of distance: Int) -> Int {
    let middle = count / 2
    guard abs(distance) > middle else { return distance }
    let share =
      Mathematics.log(Float(abs(distance)) / Float(middle))
      / Mathematics.log(Float(largestDistance - 1) / Float(middle))
    return (Int((share * Float(middle - 1)).rounded(.up)) + middle) * distance.signum()
  }
}
