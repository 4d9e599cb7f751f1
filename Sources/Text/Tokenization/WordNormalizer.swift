/// What becomes of the scalars of a text before it is split into words: what is dropped, lowered, composed and taken apart, step by step
/// as a dialect of WordPiece does it.
///
/// Sources: bert4keras 0.11.5, `tokenizers.py`, `Tokenizer._tokenize`; google-research/bert eedf571, `tokenization.py`, `BasicTokenizer`;
/// transformers 4.38.2, `tokenization_bert.py`, `BasicTokenizer`, and `tokenization_utils.py:561-567`; tokenizers 0.15.2,
/// `normalizers/bert.rs` and `pre_tokenizers/bert.rs`.
struct WordNormalizer: Hashable, Sendable {
  /// Whose steps are taken.
  let dialect: WordPieceDialect
  /// Whether letters are lowered.
  let lowercases: Bool
  /// Whether nonspacing marks are dropped.
  let stripsAccents: Bool
  /// Whether ideographs are words by themselves.
  let separatesIdeographs: Bool

  /// A scalar as words are made of it, where it comes from, and what it is to a word.
  struct Placed: Equatable {
    let scalar: Unicode.Scalar
    let origin: Int
    let role: ScalarRole
  }

  /// Rewrites a text, or a part of one between spaces, with which nothing around it has to do.
  func normalize(_ text: PlacedText) -> [Placed] {
    var text = text
    let characters = dialect.characters
    switch dialect {
    case .bert4keras:
      if lowercases { text.lower(inContext: true) }
      if stripsAccents { text.stripAccents(characters) }
      return text.map { Placed(scalar: $0, origin: $1, role: role(of: $0)) }
    case .google, .electra:
      text.clean(characters)
      if lowercases { text.lower(inContext: true) }
      if stripsAccents { text.stripAccents(characters) }
    case .transformers:
      // `PreTrainedTokenizer.tokenize` lowers scalar by scalar before all else.
      if lowercases { text.lower(inContext: false) }
      text.clean(characters)
      text.compose()
      if stripsAccents { text.stripAccents(characters) }
    case .tokenizers:
      text.clean(characters)
      if stripsAccents { text.stripAccents(characters) }
      if lowercases { text.lower(inContext: false) }
    }
    return text.map { Placed(scalar: $0, origin: $1, role: role(of: $0, characters)) }
  }

  /// Tells whether what becomes of a scalar depends on what stands around it, given what becomes of it alone.
  func dependsOnContext(_ scalar: Unicode.Scalar, alone: [Placed]) -> Bool {
    // A capital sigma is lowered by whether it ends a word.
    if scalar == "\u{3A3}", lowercases, dialect != .transformers, dialect != .tokenizers { return true }
    guard stripsAccents || dialect == .transformers else { return false }
    // Marks that stay are put in order, or join what stands before them.
    return alone.contains { placed in
      Normalization.combiningClass(of: placed.scalar.value, in: dialect.characters.edition) > 0
        || dialect == .transformers && !stripsAccents && CanonicalComposition.isSecond(placed.scalar.value)
    }
  }

  private func role(of scalar: Unicode.Scalar) -> ScalarRole {
    let role = ScalarRole(scalar)
    return role == .word && !separatesIdeographs && isIdeograph(scalar) ? .letter : role
  }

  private func role(of scalar: Unicode.Scalar, _ characters: CharacterData) -> ScalarRole {
    if characters.isSpace(scalar) { return .space }
    if separatesIdeographs, characters.isSpacedIdeograph(scalar) { return .word }
    return characters.isPunctuation(scalar) ? .word : .letter
  }
}
