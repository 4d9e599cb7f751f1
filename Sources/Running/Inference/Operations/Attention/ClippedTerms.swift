import Tensors

/// One vector for each distance, added to keys and to values (Shaw, Uszkoreit and Vaswani 2018; NEZHA, Wei and others 2019).
///
///     scores[k, q] += Q_q · R_c · scale,   y_q += Σₖ weights[k, q] R_c,   c = clip(k − q, −m, m) + m
///
/// One table serves keys, values, all heads and all blocks (bert4keras 0.11.5, `layers.py:869-930`, `layers.py:519-540`). Inputs:
/// the table, a column for each of its 2m + 1 vectors.
package struct ClippedTerms: DistanceTerm {
  /// Whether values have them too.
  package var servesValues = true

  package init(servesValues: Bool = true) { self.servesValues = servesValues }

  package var title: String { servesValues ? "vectors of distances" : "vectors of distances in keys" }

  private func row(of distance: Int, among count: Int) -> Int {
    let largest = (count - 1) / 2
    return max(-largest, min(largest, distance)) + largest
  }

  package func prepared<K: Kernels>(
    heads: Int, queries: Range<Int>, keys: Int, _ inputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) -> AttentionTerms<K.Scalar> {
    let vectors = inputs[0].matrix  // [d, 2m + 1]
    let rows = vectors.columns
    let distances = DistanceRows(queries: queries, keys: keys) { row(of: $0, among: rows) }
    var terms = AttentionTerms<K.Scalar>(scores: { scores, place in
      let products = Matrix<K.Scalar>(features: rows, columns: scores.columns)
      pass.kernels.multiply(transposed: vectors.view, by: place.queries, scale: 1, into: products.view)
      pass.kernels.add(products.view, by: distances, firstQuery: place.firstQuery, scale: place.scale, to: scores)
    })
    guard servesValues else { return terms }
    terms.values = { values, weights, place in
      let sums = Matrix<K.Scalar>(features: rows, columns: weights.columns)
      let mixed = Matrix<K.Scalar>(features: values.features, columns: weights.columns)
      pass.kernels.sum(weights, by: distances, firstQuery: place.firstQuery, into: sums.view)
      pass.kernels.multiply(vectors.view, by: sums.view, into: mixed.view)
      pass.kernels.add(mixed.view, to: values)
    }
    return terms
  }

  package func addedScore(_ pair: PlainPair, _ inputs: [PlainValue], in batch: Batch) -> Double {
    let vector = inputs[0].columns[row(of: pair.distance, among: inputs[0].columns.count)]
    return pair.scale * pair.query.indices.reduce(0) { $0 + pair.query[$1] * vector[$1] }
  }

  package func addedValue(distance: Int, _ inputs: [PlainValue]) -> [Double]? {
    servesValues ? inputs[0].columns[row(of: distance, among: inputs[0].columns.count)] : nil
  }

  package func multiplications(width: Int, rows: Int, queries: Int, keys: Int) -> Int {
    (servesValues ? 2 : 1) * queries * rows * width
  }
}
