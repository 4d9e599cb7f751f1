import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A sinusoid of the distance, seen by each query, and two biases (Transformer-XL, Dai and others 2019, section 3.3; XLNet,
/// Yang and others 2019).
///
///     scores[q, k] = ((Q_q + u) · K_k + (Q_q + v) · W S_{q − k}) · scale
///
/// S has all sines first and then all cosines, of (q − k) · 10000^(−2i/H) (transformers 4.38.2, `modeling_xlnet.py`,
/// `rel_attn_core` and `relative_positional_encoding`). Every block has a W, u and v of its own. XLNet's third term, of
/// segments, is none of positions.
struct XLNetPositions: PositionScheme {
  let projection: Tensor  // [N·d, H], W
  let contentBias: Tensor  // [N, d], u
  let positionBias: Tensor  // [N, d], v

  func terms<K>(
    heads: Int, queries: Range<Int>, keys: Int, _ pass: ForwardPass<K>
  ) -> AttentionTerms<K.Scalar> {
    let width = projection.shape.dimensions[0] / heads
    let last = queries.upperBound - 1
    let distances = DistanceRows(queries: queries, keys: keys) { $0 + last }
    let waves = waves(from: last, count: queries.count + keys - 1, pass.kernels)
    let projected = Matrix<K.Scalar>(features: heads * width, columns: waves.columns)  // [N·d, distances]
    Linear(weight: projection, bias: nil).apply(to: waves, into: projected, pass)
    let (content, position) = (pass.kernels.rows(of: contentBias), pass.kernels.rows(of: positionBias))
    return AttentionTerms(scores: { scores, place in
      let kernels = pass.kernels
      let query = Matrix<K.Scalar>(features: width, columns: scores.columns)
      let products = Matrix<K.Scalar>(features: projected.columns, columns: scores.columns)
      for feature in 0..<width {
        query.view.row(feature).update(repeating: content[place.head][feature], count: scores.columns)
      }
      let contents = Matrix<K.Scalar>(features: scores.features, columns: scores.columns)
      kernels.multiply(transposed: place.keys, by: query.view, scale: place.scale, into: contents.view)
      kernels.add(contents.view, to: scores)

      for feature in 0..<width {
        query.view.row(feature).update(repeating: position[place.head][feature], count: scores.columns)
      }
      kernels.add(place.queries, to: query.view)
      let features = place.head * width..<(place.head + 1) * width
      kernels.multiply(transposed: projected.view[features: features], by: query.view, scale: 1, into: products.view)
      kernels.add(products.view, by: distances, firstQuery: place.firstQuery, scale: place.scale, to: scores)
    })
  }

  /// The sinusoids of so many distances, which fall from a first one by one: [H, distances].
  private func waves<K: Kernels>(from first: Int, count: Int, _ kernels: K) -> Matrix<K.Scalar> {
    let features = projection.shape.dimensions[1]
    let waves = Matrix<K.Scalar>(features: features, columns: count)
    for feature in 0..<features {
      let frequency = pow(10_000, -2 * Double(feature % (features / 2)) / Double(features))
      for column in 0..<count {
        let angle = Double(first - column) * frequency
        waves.view.row(feature)[column] = K.Scalar(kernels.stored(feature < features / 2 ? sin(angle) : cos(angle)))
      }
    }
    return waves
  }
}
