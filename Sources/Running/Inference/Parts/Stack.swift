import Tensors

/// An embedding and the blocks that follow it.
struct Stack {
  let embedding: Embedding
  let blocks: [Block]
  /// The normalisation after the last block, where blocks normalise before their functions.
  let norm: Normalization?

  /// Every point of the stack, in order.
  var points: [Point] {
    embedding.points + blocks.flatMap(\.points) + (norm.map { [$0.point] } ?? [])
  }

  /// Whether attention asks which tokens are in one segment.
  var comparesSegments: Bool { blocks.contains(where: \.comparesSegments) }

  /// Whether tokens may stand where somebody says.
  var takesPositionIDs: Bool {
    let schemes = [embedding.positions] + (blocks.first?.sublayers ?? []).compactMap(\.function.positions)
    return schemes.contains(where: \.takesPositionIDs)
  }

  /// Returns the features of every token, [H, B·T].
  ///
  /// - Parameter context: What blocks with cross attention read.
  func apply<K>(
    to span: Span, reading context: Context<K.Scalar>? = nil, _ pass: ForwardPass<K>
  ) throws -> Matrix<K.Scalar> {
    let x = try embedding.apply(to: span, pass)
    for block in blocks { try block.apply(to: x, of: span, reading: context, pass) }
    try norm?.apply(to: x, of: span, pass)
    return x
  }
}
