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
  /// Where they stand, where nobody says it.
  package var positions = PositionRule.fromZero
  /// How many blocks it has.
  package var blocks = 0
}
