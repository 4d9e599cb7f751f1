import Tensors

/// A projected sinusoid of the distance, seen by each query, and biases (Transformer-XL, Dai and others 2019, section 3.3; XLNet,
/// Yang and others 2019).
///
///     scores[k, q] += (u · K_k + (Q_q + v) · W S_{q − k} + (Q_q + w) · G_{[segments of q and k differ]}) · scale
///
/// (transformers 4.38.2, `modeling_xlnet.py`, `rel_attn_core`). Every block has a W, u and v of its own. The third term, of segments,
/// is none of positions, but of the same kind: XLNet knows segments in no other way (section 2.5). Inputs: W S, a column for
/// each distance that occurs, the farthest key before its query first.
package struct WaveTerms: DistanceTerm {
  package let contentBias: Weight  // [N, d], u
  package let positionBias: Weight  // [N·d], v
  package var segments: Segments?

  /// What is added by segments.
  package struct Segments: Sendable {
    let bias: Weight  // [N·d], w
    let weight: Weight  // [2, N·d], G
  }

  package init(contentBias: Weight, positionBias: Weight, segments: Segments? = nil) {
    (self.contentBias, self.positionBias, self.segments) = (contentBias, positionBias, segments)
  }

  package var title: String { "waves of distances" + (segments == nil ? "" : " and segments") }
  package var weights: [Weight] {
    [contentBias, positionBias] + (segments.map { [$0.bias, $0.weight] } ?? [])
  }
  package var comparesSegments: Bool { segments != nil }

  package func prepared<K: Kernels>(
    heads: Int, queries: Range<Int>, keys: Int, _ inputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) -> AttentionTerms<K.Scalar> {
    let projected = inputs[0].matrix  // [N·d, distances]
    let width = projected.features / heads
    let distances = DistanceRows(queries: queries, keys: keys) { $0 + queries.upperBound - 1 }
    let content = column(contentBias.tensor, pass.kernels)  // [N·d, 1]
    let position = column(positionBias.tensor, pass.kernels)
    let segment = segments.map {
      (
        bias: column($0.bias.tensor, pass.kernels),
        weight: Matrix(widening: $0.weight.tensor, pass.kernels).transposed()
      )
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
      let ofKeys = Matrix<K.Scalar>(features: scores.features, columns: 1)
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

  package func addedScore(_ pair: PlainPair, _ inputs: [PlainValue], in batch: Batch) -> Double {
    guard case .distances(let source) = inputs[0].axis else { return 0 }
    let waves = inputs[0].columns[pair.distance + batch[source].places.upperBound - 1]
    var sum = pair.product(pair.key, contentBias.plain)
    sum += pair.product(pair.query, waves) + pair.product(part(positionBias.plain, pair), waves)
    if let segments, let isOne = pair.isOneSegment {
      let vector = segments.weight.plainRows[isOne ? 0 : 1]
      sum += pair.product(pair.query, vector) + pair.product(part(segments.bias.plain, pair), vector)
    }
    return pair.scale * sum
  }

  private func part(_ all: [Double], _ pair: PlainPair) -> [Double] {
    Array(all[pair.head * pair.query.count..<(pair.head + 1) * pair.query.count])
  }

  package func multiplications(width: Int, rows: Int, queries: Int, keys: Int) -> Int {
    (queries * (rows + (segments == nil ? 0 : 2)) + keys) * width
  }
}
