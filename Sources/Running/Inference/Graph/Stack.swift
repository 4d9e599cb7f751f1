/// A stretch of a graph that treats the tokens of one source: an embedding and its blocks.
package struct Stack: Sendable {
  /// What its names begin with: empty for a stack that stands alone, `encoder` or `decoder`.
  package let name: String
  /// The tokens that it treats.
  package let source: TokenSource
  /// What these tokens see of each other.
  package var mask: AttentionMask
  /// Which of them are no tokens.
  package var padding: Padding
  /// Where they stand.
  package var positions = PositionRule.counted
  /// How many blocks it has.
  package var blocks = 0
}

/// How the positions of tokens are counted where nobody gives them.
package enum PositionRule: Hashable, Sendable {
  /// 0, 1, 2, ….
  case counted
  /// From `padding + 1` on, counting tokens that are no padding; padding stands at `padding` (RoBERTa; transformers 4.38.2,
  /// `modeling_roberta.py`, `create_position_ids_from_input_ids`).
  case afterPadding(Int32)
}
