import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A sinusoid of the distance, seen by each query, and biases (Transformer-XL, Dai and others 2019, section 3.3; XLNet,
/// Yang and others 2019).
///
///     scores[q, k] = ((Q_q + u) · K_k + (Q_q + v) · W S_{q − k} + (Q_q + w) · G_{[segments of q and k differ]}) · scale
///
/// S has all sines first and then all cosines, of (q − k) · 10000^(−2i/H) (transformers 4.38.2, `modeling_xlnet.py`,
/// `rel_attn_core` and `relative_positional_encoding`). Every block has a W, u and v of its own. The third term, of
/// segments, is none of positions, but of the same kind: XLNet knows segments in no other way (section 2.5).
struct XLNetPositions: PositionScheme {
  let projection: Tensor  // [N·d, H], W
  let contentBias: Tensor  // [N, d], u
  let positionBias: Tensor  // [N·d], v
  /// Farther distances count as this one; nil where all are told apart.
  var largestDistance: Int?
  var segments: Segments?

  /// What is added by segments.
  struct Segments {
    let bias: Tensor  // [N·d], w
    let weight: Tensor  // [2, N·d], G
  }

  var comparesSegments: Bool { segments != nil }

  var multipliesVectors: Bool { true }

  func terms<K>(
    heads: Int, queries: Range<Int>, keys: Int, _ pass: ForwardPass<K>
  ) -> AttentionTerms<K.Scalar> {
    let width = projection.shape.dimensions[0] / heads
    let last = queries.upperBound - 1
    let distances = DistanceRows(queries: queries, keys: keys) { $0 + last }
    let waves = pass.once("waves of distances") { sinusoids(from: last, count: queries.count + keys - 1, pass.kernels) }
    let projected = Matrix<K.Scalar>(features: heads * width, columns: waves.columns)  // [N·d, distances]
    Linear(weight: projection, bias: nil).apply(to: waves, into: projected, pass)
    let content = column(contentBias, pass.kernels)  // [N·d, 1]
    let position = column(positionBias, pass.kernels)
    let segment = segments.map {
      (bias: column($0.bias, pass.kernels), weight: Matrix(widening: $0.weight, pass.kernels).transposed())
    }
    return AttentionTerms(scores: { scores, place in
      let kernels = pass.kernels
      let features = place.head * width..<(place.head + 1) * width
      func queries(adding bias: Matrix<K.Scalar>) -> Matrix<K.Scalar> {
        let sum = Matrix<K.Scalar>(features: width, columns: scores.columns)
        kernels.add(place.queries, to: sum.view)
        kernels.add(bias.view[features: features], toEveryColumnOf: sum.view)
        return sum
      }
      let ofKeys = Matrix<K.Scalar>(features: keys, columns: 1)
      kernels.multiply(
        transposed: place.keys, by: content.view[features: features], scale: place.scale, into: ofKeys.view)
      kernels.add(ofKeys.view, toEveryColumnOf: scores)

      let ofDistances = Matrix<K.Scalar>(features: projected.columns, columns: scores.columns)
      let distant = queries(adding: position)
      kernels.multiply(
        transposed: projected.view[features: features], by: distant.view, scale: 1, into: ofDistances.view)
      kernels.add(ofDistances.view, by: distances, firstQuery: place.firstQuery, scale: place.scale, to: scores)

      guard let segment, !place.segments.isEmpty else { return }
      let ofSegments = Matrix<K.Scalar>(features: 2, columns: scores.columns)
      let segmented = queries(adding: segment.bias)
      kernels.multiply(
        transposed: segment.weight.view[features: features], by: segmented.view, scale: 1, into: ofSegments.view)
      kernels.add(
        ofSegments.view, bySegments: place.segments, firstQuery: place.firstQuery, scale: place.scale, to: scores)
    })
  }

  /// The numbers of a bias, one below the other.
  private func column<K: Kernels>(_ bias: Tensor, _ kernels: K) -> Matrix<K.Scalar> {
    let column = Matrix<K.Scalar>(features: bias.shape.elementCount, columns: 1)
    for (feature, value) in kernels.vector(bias).enumerated() { column.view.row(feature)[0] = value }
    return column
  }

  /// The sinusoids of so many distances, which fall from a first one by one: [H, distances].
  private func sinusoids<K: Kernels>(from first: Int, count: Int, _ kernels: K) -> Matrix<K.Scalar> {
    let features = projection.shape.dimensions[1]
    let waves = Matrix<K.Scalar>(features: features, columns: count)
    for pair in 0..<features / 2 {
      let frequency = kernels.stored(pow(10_000, -2 * Double(pair) / Double(features)))
      for column in 0..<count {
        let distance = largestDistance.map { max(-$0, min($0, first - column)) } ?? first - column
        let angle = kernels.stored(Double(distance) * frequency)
        waves.view.row(pair)[column] = K.Scalar(kernels.stored(sin(angle)))
        waves.view.row(features / 2 + pair)[column] = K.Scalar(kernels.stored(cos(angle)))
      }
    }
    return waves
  }
}
