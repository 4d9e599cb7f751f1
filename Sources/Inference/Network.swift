import Tensors

/// A model's computation: an embedding, a stack of blocks, and heads.
struct Network {
  let stack: Stack
  let heads: [Head]

  /// Every point of a forward pass, in the order in which it passes them.
  var points: [Point] { stack.points + heads.flatMap(\.points) }

  /// Runs the blocks, and those heads that somebody watches.
  ///
  /// - Parameter positions: The tokens that the language model treats; nil for all.
  func run<K>(
    _ input: Input, mask: AttentionMask, at positions: [TokenPosition]?, _ pass: ForwardPass<K>
  ) throws {
    let span = Span(
      batch: input.batch, length: input.length, tokenIDs: input.tokenIDs, segmentIDs: input.segmentIDs,
      mask: mask, after: pass.memory)
    let x = try stack.apply(to: span, pass)
    for head in heads { try head.apply(to: x, of: span, at: positions, pass) }
    pass.memory?.append(span, precision: K.precision)
  }
}
