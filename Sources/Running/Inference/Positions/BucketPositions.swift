import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One number for each head and bucket of distances, added to scores (T5; Raffel and others 2020, section 2.1).
///
/// Near distances have a bucket each; farther ones share buckets that grow by powers, up to a largest distance.
struct BucketPositions: PositionScheme {
  let table: Tensor  // [B, N]
  let buckets: Buckets

  func terms<K>(
    heads: Int, queries: Range<Int>, keys: Int, _ pass: ForwardPass<K>
  ) -> AttentionTerms<K.Scalar> {
    let distances = DistanceRows(queries: queries, keys: keys) { buckets.bucket(of: $0) }
    let biases = Matrix(widening: table, pass.kernels).transposed()  // [N, B]
    return AttentionTerms(scores: { scores, place in
      pass.kernels.add(biases.view.row(place.head), by: distances, firstQuery: place.firstQuery, to: scores)
    })
  }
}

/// The buckets that distances fall into (bert4keras 0.11.5, `layers.py:977-1007`, after Mesh TensorFlow).
struct Buckets: Equatable, Sendable {
  /// How many there are.
  let count: Int
  /// Farther distances fall into the last one.
  let largestDistance: Int
  /// Whether keys after the query have buckets of their own, the upper half; else they count as distance 0.
  let bothWays: Bool

  /// How many distances of one direction have a bucket each.
  var exact: Int { (bothWays ? count / 2 : count) / 2 }

  /// The bucket of key − query.
  ///
  /// The logarithm is computed in float32 as the original does, whatever the precision of the rest: distances at the edge of
  /// a bucket (64 of 128) fall where it puts them.
  func bucket(of distance: Int) -> Int {
    let perDirection = bothWays ? count / 2 : count
    let first = bothWays && distance > 0 ? perDirection : 0
    let far = bothWays ? abs(distance) : max(0, -distance)
    guard far >= exact else { return first + far }
    let share = log(Float(far) / Float(exact)) / Float(log(Double(largestDistance) / Double(exact)))
    return first + min(perDirection - 1, exact + Int(share * Float(perDirection - exact)))
  }
}
