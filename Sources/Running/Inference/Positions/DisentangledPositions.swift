import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Content that looks at positions, and positions that look at content (DeBERTa; He and others 2021).
///
///     scores[q, k] += (Q_q · Kʳ_c + K_k · Qʳ_c) · scale,   c = clip(bucket(q − k) + S, 0, 2S − 1)
///
/// Kʳ and Qʳ are the rows R of a table, projected as every block does it; the scale is 1/√(3d) where both terms are there, 1/√(2d) where one is
/// (transformers 4.38.2, `modeling_deberta_v2.py`, `disentangled_attention_bias`; `modeling_deberta.py`).
struct DisentangledPositions: PositionScheme {
  let table: Tensor  // [2S, H], R
  /// Normalises the rows of the table; nil where they are taken as they are.
  var norm: Normalization?
  /// Makes the keys that queries look at; nil where there is no such term.
  var key: Linear?  // [N·d, H]
  /// Makes the queries that look at keys; nil where there is no such term.
  var query: Linear?  // [N·d, H]
  /// How far distances are told apart; nil where each has a row of its own, as in the first version.
  var buckets: LogarithmicBuckets?

  /// The product of contents, and each term that is there.
  var termsInScale: Int { 1 + (key == nil ? 0 : 1) + (query == nil ? 0 : 1) }

  var multipliesVectors: Bool { true }

  func terms<K>(
    heads: Int, queries: Range<Int>, keys: Int, _ pass: ForwardPass<K>
  ) -> AttentionTerms<K.Scalar> {
    let rows = table.shape.dimensions[0]
    let distances = DistanceRows(queries: queries, keys: keys) { distance in
      let bucket = buckets?.bucket(of: -distance) ?? -distance
      return max(0, min(rows - 1, bucket + rows / 2))
    }
    let (positionKeys, positionQueries) = (projected(by: key, pass), projected(by: query, pass))
    return AttentionTerms(scores: { scores, place in
      let kernels = pass.kernels
      func part(_ x: Matrix<K.Scalar>) -> MatrixView<K.Scalar> {
        let width = x.features / heads
        return x.view[features: place.head * width..<(place.head + 1) * width]
      }
      if let positionKeys {
        let products = Matrix<K.Scalar>(features: rows, columns: scores.columns)
        kernels.multiply(transposed: part(positionKeys), by: place.queries, scale: 1, into: products.view)
        kernels.add(products.view, by: distances, firstQuery: place.firstQuery, scale: place.scale, to: scores)
      }
      if let positionQueries {
        let products = Matrix<K.Scalar>(features: rows, columns: scores.features)  // [2S, keys]
        kernels.multiply(transposed: part(positionQueries), by: place.keys, scale: 1, into: products.view)
        kernels.add(
          products.view, byKeysAnd: distances, firstQuery: place.firstQuery, scale: place.scale, to: scores)
      }
    })
  }

  /// W R + b for every row of the table, [N·d, 2S].
  private func projected<K>(by linear: Linear?, _ pass: ForwardPass<K>) -> Matrix<K.Scalar>? {
    guard let linear else { return nil }
    let rows = pass.once("vectors of distances") {
      let rows = Matrix(widening: table, pass.kernels).transposed()
      norm?.normalize(rows, sequence: { _ in 0 }, pass)
      return rows
    }
    let result = Matrix<K.Scalar>(features: linear.features, columns: rows.columns)
    linear.apply(to: rows, into: result, pass)
    return result
  }
}

/// The buckets of DeBERTa's later versions: near distances have one each, farther ones share buckets that grow by powers
/// (transformers 4.38.2, `modeling_deberta_v2.py`, `make_log_bucket_position`).
struct LogarithmicBuckets: Equatable, Sendable {
  /// S: the number of buckets of one direction, half of which are for one distance each.
  let count: Int
  /// The largest distance that has a bucket.
  let largestDistance: Int

  /// The bucket of query − key, from −S + 1 to S − 1 or, of farther ones, beyond.
  ///
  /// The logarithms are computed in float32 as the original does, whatever the precision of the rest.
  func bucket(of distance: Int) -> Int {
    let middle = count / 2
    guard abs(distance) > middle else { return distance }
    let share = log(Float(abs(distance)) / Float(middle)) / log(Float(largestDistance - 1) / Float(middle))
    return (Int((share * Float(middle - 1)).rounded(.up)) + middle) * distance.signum()
  }
}
