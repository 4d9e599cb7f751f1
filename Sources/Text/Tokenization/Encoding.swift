/// A text, or a pair of texts, as a model reads it.
public struct Encoding: Equatable, Sendable {
  /// The tokens, `[CLS]` and `[SEP]` among them; a word that the vocabulary lacks stands here as it is.
  public var tokens: [String]
  /// The ids of the tokens.
  public var ids: [Int]
  /// For each token 0 in the first text and 1 in the second.
  public var segments: [Int]

  /// Returns the places of a special token, such as the masks of a template, in ascending order.
  public func positions(of special: SpecialToken) -> [Int] {
    tokens.indices.filter { tokens[$0] == special.rawValue }
  }
}
