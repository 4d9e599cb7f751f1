/// A text, or a pair of texts, as a model reads it.
public struct Encoding: Equatable, Sendable {
  /// The tokens, special ones among them; a word that the vocabulary lacks stands here as it is.
  public var tokens: [String]
  /// The ids of the tokens.
  public var ids: [Int]
  /// The segment of each token: in BERT 0 in the first text and 1 in the second.
  public var segments: [Int]
  /// The role of each token, nil for those of the texts.
  public var roles: [SpecialRole?]
  /// Where each token stands in its text, nil for special tokens.
  public var places: [Place?]
  /// How many tokens of the texts were removed to keep to a greatest length.
  public var removedCount: Int

  /// A part of one of the texts.
  public struct Place: Equatable, Sendable {
    /// 0 in the first text and 1 in the second.
    public let text: Int
    /// The bytes of the text.
    public let range: Range<Int>
  }

  /// Returns the places of a special token, such as the masks of a template, in ascending order.
  public func positions(of role: SpecialRole) -> [Int] { roles.indices.filter { roles[$0] == role } }
}
