/// A token that is found in a text before anything else is done with it, such as `<mask>` or `<|endoftext|>`.
public struct AddedToken: Equatable, Sendable {
  /// The token.
  public var content: String
  /// Its id.
  public var id: Int
  /// Whether it is a special token, which people do not want to read in a decoded text.
  public var isSpecial: Bool
  /// Whether it is found only where no other word touches it (`single_word`).
  public var isSingleWord: Bool
  /// Whether white space before it is taken with it (`lstrip`).
  public var stripsLeft: Bool
  /// Whether white space behind it is taken with it (`rstrip`).
  public var stripsRight: Bool
  /// Whether it is sought in the normalized text (`normalized`).
  public var isNormalized: Bool

  /// Gathers the facts of a token.
  public init(
    _ content: String, id: Int, isSpecial: Bool = true, isSingleWord: Bool = false, stripsLeft: Bool = false,
    stripsRight: Bool = false, isNormalized: Bool = false
  ) {
    self.content = content
    self.id = id
    self.isSpecial = isSpecial
    self.isSingleWord = isSingleWord
    self.stripsLeft = stripsLeft
    self.stripsRight = stripsRight
    self.isNormalized = isNormalized
  }
}
