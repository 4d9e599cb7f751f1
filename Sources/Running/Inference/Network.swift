import Tensors

/// A model's computation: one stack of blocks and its heads, or two, of which the second reads what the first made.
struct Network {
  /// The encoder that the stack's cross attention reads; nil when there is none, or somebody else's output is given.
  let reader: Stack?
  let stack: Stack
  let heads: [Head]
  /// What tokens of the stack see of each other.
  let mask: AttentionMask
  /// Which tokens are no tokens.
  var padding = Padding()

  /// Every point of a forward pass, in the order in which it passes them.
  var points: [Point] { (reader?.points ?? []) + stack.points + heads.flatMap(\.points) }

  /// Whether the stack reads what an encoder made.
  var hasCrossAttention: Bool { stack.blocks.contains(where: \.hasCrossAttention) }

  /// Runs the blocks, and those heads that somebody watches.
  ///
  /// - Parameter positions: The tokens that the language model treats; nil for all.
  func run<K>(_ input: Input, at positions: [TokenPosition]?, _ pass: ForwardPass<K>) throws {
    let context = hasCrossAttention ? try context(of: input, pass) : nil
    let span =
      reader == nil
      ? input.span(mask: mask, padding: padding, after: pass.memory) : input.decoderSpan(after: pass.memory)
    let x = try stack.apply(to: span, reading: context, pass)
    for head in heads { try head.apply(to: x, of: span, at: positions, pass) }
    pass.memory?.append(span, precision: K.precision)
  }

  /// What cross attention reads: what was given, or what the encoder makes of its tokens; once, where a memory keeps it.
  private func context<K>(of input: Input, _ pass: ForwardPass<K>) throws -> Context<K.Scalar> {
    let name = "context"
    if let kept = pass.memory?.recall(name, as: Context<K.Scalar>.self) { return kept }
    let context: Context<K.Scalar>
    if let reader {
      let span = input.span(mask: .none, padding: padding, after: nil)
      context = Context(features: try reader.apply(to: span, pass), visibilities: span.visibilities)
    } else {
      let given = input.context!
      context = Context(
        features: Matrix(tokens: given.values, features: given.width),
        visibilities: Array(repeating: Visibility(all: given.length), count: given.batch))
    }
    pass.memory?.keep(context, as: name)
    return context
  }
}

extension Input {
  /// The tokens as they pass through a stack.
  fileprivate func span(mask: AttentionMask, padding: Padding, after memory: Memory?) -> Span {
    Span(
      batch: batch, length: length, tokenIDs: tokenIDs, segmentIDs: segmentIDs,
      positionIDs: positionIDs, mask: mask, padding: padding, after: memory)
  }

  /// The tokens of the decoder as they pass through it.
  fileprivate func decoderSpan(after memory: Memory?) -> Span {
    let tokens = decoderTokenIDs!
    return Span(
      batch: batch, length: tokens.count / batch, tokenIDs: tokens,
      segmentIDs: Array(repeating: 0, count: tokens.count), mask: .lm, after: memory)
  }
}
