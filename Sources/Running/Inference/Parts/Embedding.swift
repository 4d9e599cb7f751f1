import Tensors

/// The entrance: the sum of what is known of each token, perhaps normalised, and brought to the width of the blocks.
struct Embedding {
  /// Where the sum is observed when nothing normalises it.
  let point: Point
  let token: Tensor  // [V, E]
  let segment: Tensor?  // [S, E]; nil when the model knows no segments
  let positions: any PositionScheme
  let norm: Normalization?
  let projection: Linear?  // [H, E]; nil when E is H
  /// Whether padding is nothing but zeros from here on.
  var clearsPadding = false

  /// The number of features of a token's embedding, E.
  var features: Int { token.shape.dimensions[1] }

  var points: [Point] {
    [norm?.point ?? point, projection.map { _ in .embeddingProjection }].compactMap { $0 }
  }

  /// Returns the embedded tokens, [H, B·T].
  func apply<K>(to span: Span, _ pass: ForwardPass<K>) throws -> Matrix<K.Scalar> {
    let x = try embed(span, pass)
    if clearsPadding { span.clearPadding(of: x) }
    return x
  }

  private func embed<K>(_ span: Span, _ pass: ForwardPass<K>) throws -> Matrix<K.Scalar> {
    let x = Matrix<K.Scalar>(features: features, columns: span.columns)
    add(to: x, span, pass)
    if let norm {
      try norm.apply(to: x, of: span, pass)
    } else {
      pass.kernels.settle(x.view)
      try pass.report(point, x, of: span)
    }
    guard let projection else { return x }
    let wide = Matrix<K.Scalar>(features: projection.features, columns: x.columns)
    projection.apply(to: x, into: wide, pass)
    try pass.report(.embeddingProjection, wide, of: span)
    return wide
  }

  /// (token + segment) + position, in the order in which bert4keras adds them.
  private func add<K>(to x: Matrix<K.Scalar>, _ span: Span, _ pass: ForwardPass<K>) {
    pass.forColumns(of: x) { columns in
      for column in columns {
        pass.kernels.add(row: Int(span.tokenIDs[column]), of: token, toColumn: column, of: x.view)
        if let segment {
          pass.kernels.add(row: Int(span.segmentIDs[column]), of: segment, toColumn: column, of: x.view)
        }
      }
    }
    positions.add(toEmbeddings: x, of: span, pass)
  }
}
