import Tensors

/// One number for each head and bucket of distances, added to scores (T5; Raffel and others 2020, section 2.1).
///
/// Near distances have a bucket each; farther ones share buckets that grow by powers, up to a largest distance. Inputs: the table, a
/// column for each bucket.
package struct BucketTerms: DistanceTerm {
  package let buckets: Buckets

  package init(_ buckets: Buckets) { self.buckets = buckets }

  package var title: String { "\(buckets.count) buckets of distances" }

  package func prepared<K: Kernels>(
    heads: Int, queries: Range<Int>, keys: Int, _ inputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) -> AttentionTerms<K.Scalar> {
    let distances = DistanceRows(queries: queries, keys: keys) { buckets.bucket(of: $0) }
    let biases = inputs[0].matrix  // [N, B]
    return AttentionTerms(scores: { scores, place in
      pass.kernels.add(biases.view.row(place.head), by: distances, firstQuery: place.firstQuery, to: scores)
    })
  }

  package func addedScore(_ pair: PlainPair, _ inputs: [PlainValue], in batch: Batch) -> Double {
    inputs[0].columns[buckets.bucket(of: pair.distance)][pair.head]
  }
}

/// The buckets that distances fall into (bert4keras 0.11.5, `layers.py:977-1007`, after Mesh TensorFlow).
package struct Buckets: Equatable, Sendable {
  /// How many there are.
  package let count: Int
  /// Farther distances fall into the last one.
  package let largestDistance: Int
  /// Whether keys after the query have buckets of their own, the upper half; else they count as distance 0.
  package let bothWays: Bool

  package init(count: Int, largestDistance: Int, bothWays: Bool) {
    (self.count, self.largestDistance, self.bothWays) = (count, largestDistance, bothWays)
  }

  /// How many distances of one direction have a bucket each.
  var exact: Int { (bothWays ? count / 2 : count) / 2 }

  /// The bucket of key − query.
  ///
  /// The logarithm is computed in float32 as the original does, whatever the precision of the rest: distances at the edge of
  /// a bucket (64 of 128) fall where it puts them.
  package func bucket(of distance: Int) -> Int {
    let perDirection = bothWays ? count / 2 : count
    let first = bothWays && distance > 0 ? perDirection : 0
    let far = bothWays ? abs(distance) : max(0, -distance)
    guard far >= exact else { return first + far }
    let share =
      Mathematics.log(Float(far) / Float(exact)) / Float(Mathematics.log(Double(largestDistance) / Double(exact)))
    return first + min(perDirection - 1, exact + Int(share * Float(perDirection - exact)))
  }
}
