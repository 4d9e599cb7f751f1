import Inference
import Tensors

// Schemes of the engine that add to scores: the terms of distance of its attention, with tables of their own.

extension DistanceTerm {
  /// The terms for values that they read.
  fileprivate func prepared<K: Kernels>(
    _ heads: Int, _ queries: Range<Int>, _ keys: Int, reading values: [Matrix<K.Scalar>], _ pass: Pass<K>
  ) -> AttentionTerms<K.Scalar> {
    prepared(
      heads: heads, queries: queries, keys: keys, values.map { Operand($0, .rows($0.columns)) }, pass)
  }
}

/// One vector for each distance, added to keys and to values: ``ClippedTerms``.
package struct RelativePositions: PositionScheme {
  package let table: Tensor  // [2m + 1, d]

  package init(table: Tensor) { self.table = table }

  /// The table that NEZHA has when no file holds it.
  package init(sinusoidUpTo largest: Int, width: Int) {
    table = Sinusoid(positions: 2 * largest + 1, width: width, .adjacent)!.table
  }

  package func terms<K: Kernels>(
    heads: Int, queries: Range<Int>, keys: Int, _ pass: Pass<K>
  ) -> AttentionTerms<K.Scalar> {
    ClippedTerms().prepared(
      heads, queries, keys, reading: [Matrix(widening: table, pass.kernels).transposed()], pass)
  }
}

/// One number for each head and bucket of distances, added to scores: ``BucketTerms``.
package struct BucketPositions: PositionScheme {
  package let table: Tensor  // [B, N]
  package let buckets: Buckets

  package init(table: Tensor, buckets: Buckets) { (self.table, self.buckets) = (table, buckets) }

  package func terms<K: Kernels>(
    heads: Int, queries: Range<Int>, keys: Int, _ pass: Pass<K>
  ) -> AttentionTerms<K.Scalar> {
    BucketTerms(buckets).prepared(
      heads, queries, keys, reading: [Matrix(widening: table, pass.kernels).transposed()], pass)
  }
}

/// A sinusoid of the distance, seen by each query: ``Waves``, their projection, and ``WaveTerms``.
package struct XLNetPositions: PositionScheme {
  package let projection: Linear  // [N·d, H]
  package let waves: Waves
  package let terms: WaveTerms

  package init(projection: Linear, waves: Waves, terms: WaveTerms) {
    (self.projection, self.waves, self.terms) = (projection, waves, terms)
  }

  /// - Parameters:
  ///   - contentBias: [N, d]
  ///   - positionBias: [N, d]
  package init(projection: Tensor, contentBias: Tensor, positionBias: Tensor) {
    self.projection = Linear(weight: Weight("projection", projection), bias: nil)
    waves = Waves(source: .input, width: projection.shape.dimensions[1])
    terms = WaveTerms(
      contentBias: Weight("content", contentBias), positionBias: Weight("position", positionBias))
  }

  package func terms<K: Kernels>(
    heads: Int, queries: Range<Int>, keys: Int, _ pass: Pass<K>
  ) -> AttentionTerms<K.Scalar> {
    let columns = queries.count + keys - 1
    let sinusoids = Matrix<K.Scalar>(features: waves.width, columns: columns)
    waves.fill(sinusoids.view, from: queries.upperBound - 1, pass.kernels)
    return terms.prepared(heads, queries, keys, reading: [projected(sinusoids, by: projection, pass)], pass)
  }
}

/// Content that looks at positions, and positions that look at content: ``DisentangledTerms``.
package struct DisentangledPositions: PositionScheme {
  package let table: Tensor  // [2S, H], R
  /// Normalises the rows of the table; nil where they are taken as they are.
  package var norm: Normalize?
  /// Makes the keys that queries look at; nil where there is no such term.
  package var key: Linear?  // [N·d, H]
  /// Makes the queries that look at keys; nil where there is no such term.
  package var query: Linear?  // [N·d, H]
  /// How far distances are told apart; nil where each has a row of its own.
  package var buckets: LogarithmicBuckets?

  package init(
    table: Tensor, norm: Normalize? = nil, key: Linear?, query: Linear?, buckets: LogarithmicBuckets? = nil
  ) {
    (self.table, self.norm, self.key, self.query, self.buckets) = (table, norm, key, query, buckets)
  }

  package func terms<K: Kernels>(
    heads: Int, queries: Range<Int>, keys: Int, _ pass: Pass<K>
  ) -> AttentionTerms<K.Scalar> {
    let rows = Matrix(widening: table, pass.kernels).transposed()
    let operand = Operand(rows, .rows(rows.columns))
    norm?.run([operand], into: [operand], pass)
    return DisentangledTerms(hasKeys: key != nil, hasQueries: query != nil, buckets: buckets).prepared(
      heads, queries, keys, reading: [key, query].compactMap { $0 }.map { projected(rows, by: $0, pass) }, pass)
  }
}

/// W x + b.
private func projected<K: Kernels>(
  _ x: Matrix<K.Scalar>, by linear: Linear, _ pass: Pass<K>
) -> Matrix<K.Scalar> {
  let y = Matrix<K.Scalar>(features: linear.features, columns: x.columns)
  linear.run([Operand(x, .rows(x.columns))], into: [Operand(y, .rows(x.columns))], pass)
  return y
}
