import Tensors

/// Multi-head attention (Vaswani and others 2017): queries, keys and values of the features, mixed and projected again.
struct Attention {
  /// Its name among what a memory keeps.
  let name: String
  let query: Linear  // [K, H]
  let key: Linear  // [K, H]
  let value: Linear  // [N, H]
  let output: Linear  // [H, N]
  let dotProduct: DotProductAttention

  /// Computes what attention of tokens to themselves and to those before them adds to x, [H, B·T].
  func apply<K>(
    to x: Matrix<K.Scalar>, of span: Span, into y: Matrix<K.Scalar>, _ pass: ForwardPass<K>
  ) {
    let q = Matrix<K.Scalar>(features: query.features, columns: x.columns)
    let k = Matrix<K.Scalar>(features: key.features, columns: x.columns)
    let v = Matrix<K.Scalar>(features: value.features, columns: x.columns)
    Linear.apply([(query, q), (key, k), (value, v)], to: x, pass)
    dotProduct.positions.turn(queries: q, keys: k, heads: dotProduct.heads, of: span, pass)
    let source = pass.remembering(KeysAndValues(keys: k, values: v, batch: span.batch), as: name)
    mix(
      q, source, seeing: span.visibilities, firstQuery: span.past, into: y, pass)
  }

  /// Computes what attention to another sequence adds to x, [H, B·T].
  ///
  /// - Parameter context: What is attended to; only its visibilities count once a memory keeps the keys and values of it.
  func apply<K>(
    to x: Matrix<K.Scalar>, of span: Span, attendingTo context: Context<K.Scalar>, into y: Matrix<K.Scalar>,
    _ pass: ForwardPass<K>
  ) {
    let q = Matrix<K.Scalar>(features: query.features, columns: x.columns)
    query.apply(to: x, into: q, pass)
    let source: KeysAndValues<K.Scalar>
    if let kept = pass.memory?.recall(name, as: KeysAndValues<K.Scalar>.self) {
      source = kept
    } else {
      let k = Matrix<K.Scalar>(features: key.features, columns: context.features.columns)
      let v = Matrix<K.Scalar>(features: value.features, columns: context.features.columns)
      Linear.apply([(key, k), (value, v)], to: context.features, pass)
      source = KeysAndValues(keys: k, values: v, batch: span.batch)
      pass.memory?.keep(source, as: name)
    }
    mix(q, source, seeing: context.visibilities, firstQuery: span.past, into: y, pass)
  }

  private func mix<K>(
    _ q: Matrix<K.Scalar>, _ source: KeysAndValues<K.Scalar>, seeing visibilities: [Visibility], firstQuery: Int,
    into y: Matrix<K.Scalar>, _ pass: ForwardPass<K>
  ) {
    pass.withScratch(1, features: value.features, columns: q.columns) { scratch in
      dotProduct.apply(
        q, to: source, seeing: visibilities, firstQuery: firstQuery, into: scratch[0], pass)
      output.apply(to: scratch[0], into: y, pass)
    }
  }
}

/// What a decoder reads: the features of another sequence, and which of its tokens are seen.
final class Context<Scalar: TensorElement & BinaryFloatingPoint> {
  let features: Matrix<Scalar>  // [H, B·S]
  let visibilities: [Visibility]

  init(features: Matrix<Scalar>, visibilities: [Visibility]) {
    self.features = features
    self.visibilities = visibilities
  }
}
