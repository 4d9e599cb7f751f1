/// What the columns of a value stand for.
package enum Axis: Hashable, Sendable {
  /// The tokens of all sequences, one sequence behind the other.
  case tokens(TokenSource)
  /// The sequences.
  case sequences
  /// The tokens that a caller chose; those of all sequences where nobody chose.
  case chosen
  /// The rows of a stored table, so many.
  case rows(Int)
  /// The distances from a query to a key that occur among tokens.
  case distances(TokenSource)
  /// The queries of every head, each with a row for each key.
  case scores(queries: TokenSource, keys: TokenSource, heads: Int)
  /// The tokens of every head, a sequence after the other and in it head by head, each with a row for each token that may end a span.
  case pairs(heads: Int)
}

/// Where tokens come from.
package enum TokenSource: String, Hashable, Sendable {
  /// The tokens of the input.
  case input
  /// Those of a decoder beside an encoder.
  case decoder
  /// Features that somebody else's encoder made.
  case context
}
