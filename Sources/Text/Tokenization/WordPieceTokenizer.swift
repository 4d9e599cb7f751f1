/// WordPiece, as one of five programs has it: the same tokens and ids for every text.
///
/// A text is normalised, split into words, and each word into the longest tokens of the vocabulary from left to right. A word that does not
/// come apart so, or is too long, is one piece, whose id is that of `[UNK]`. The time is linear in the text, but for sorting runs of
/// combining marks. ``WordPieceDialect`` names the programs, `Formats/Tokenizers.md` where they differ.
///
/// Source: bert4keras 0.11.5, `tokenizers.py`, `TokenizerBase` and `Tokenizer`, under Python 3.11 (Unicode 14.0); those of the other
/// dialects stand at ``WordPieceDialect``.
public struct WordPieceTokenizer: PieceSplitter {
  /// The tokens and their ids.
  public let vocabulary: Vocabulary
  /// Whose WordPiece it is.
  public let dialect: WordPieceDialect
  /// Whether texts are lowered (`do_lower_case`).
  public let lowercases: Bool
  /// Whether accents are dropped (`strip_accents`), which goes with the case unless told otherwise.
  public let stripsAccents: Bool
  /// Whether every ideograph is a word by itself (`tokenize_chinese_chars`).
  public let separatesIdeographs: Bool
  /// Whether texts are normalised and split into words, and not only at white space (`do_basic_tokenize`).
  public let splitsWords: Bool
  /// What cuts texts into words before all else (`pre_tokenize`); nil for nothing.
  public let cutter: WordCutter?
  /// The greatest number of scalars of a word that is split into pieces (`word_maxlen`).
  public let maximumWordLength: Int
  /// The token that stands for words that do not come apart.
  public let unknown: String
  /// The tokens that stand for no text.
  public let special: SpecialTokens

  /// The id of words that do not come apart; -1 when the vocabulary lacks the token.
  let unknownID: Int
  let normalizer: WordNormalizer
  let table: WordTable
  /// Finds special tokens in texts; for dialects that do not, it finds none.
  let specialTokens: AddedTokenSearch
  /// Those tokens.
  let foundTokens: [AddedToken]

  /// Makes a tokenizer of a vocabulary alone.
  ///
  /// bert4keras keeps the case of letters unless told otherwise; two words would then be one `[UNK]` to an uncased model. Where nothing is
  /// said here, letters are lowered unless a token outside brackets has an upper-case one. ``Tokenizer/init(of:)`` also asks the
  /// settings and files of a model.
  ///
  /// - Parameters:
  ///   - stripsAccents: Whether accents are dropped; nil leaves it to the case.
  ///   - maximumWordLength: Nil takes that of the dialect.
  ///   - special: The special tokens; where the dialect finds such in texts, those that the vocabulary has are found.
  public init(
    vocabulary: Vocabulary, dialect: WordPieceDialect = .bert4keras, lowercases: Bool? = nil,
    stripsAccents: Bool? = nil, separatesIdeographs: Bool = true, splitsWords: Bool = true, cutter: WordCutter? = nil,
    maximumWordLength: Int? = nil, unknown: String = "[UNK]", special: SpecialTokens = .bert
  ) {
    self.vocabulary = vocabulary
    self.dialect = dialect
    self.lowercases = lowercases ?? (vocabulary.letterCase != .mixed)
    self.stripsAccents = stripsAccents ?? self.lowercases
    self.separatesIdeographs = separatesIdeographs
    self.splitsWords = splitsWords
    self.cutter = cutter
    self.maximumWordLength = maximumWordLength ?? dialect.maximumWordLength
    self.unknown = unknown
    self.special = special
    unknownID = vocabulary.id(of: unknown) ?? -1
    normalizer = WordNormalizer(
      dialect: dialect, lowercases: self.lowercases, stripsAccents: self.stripsAccents,
      separatesIdeographs: separatesIdeographs)
    table = WordTable.of(normalizer)
    let told = dialect.findsSpecialTokens ? special.addedTokens : []
    let usual = dialect.findsSpecialTokens ? Set(special.spellings.values).subtracting(told.map(\.content)) : []
    foundTokens =
      told + usual.sorted().compactMap { token in vocabulary.id(of: token).map { AddedToken(token, id: $0) } }
    specialTokens = AddedTokenSearch(foundTokens, dialect: dialect == .tokenizers ? .fast : .slow)
  }

  /// The file of the vocabulary, for messages.
  public var file: String { vocabulary.file }

  /// The number of distinct tokens; with added tokens behind them one more than the greatest id.
  public var pieceCount: Int { max(vocabulary.count, (foundTokens.map(\.id).max() ?? -1) + 1) }

  /// Returns the id of a token, or nil when the vocabulary lacks it and it was not added.
  public func id(of piece: String) -> Int? {
    vocabulary.id(of: piece) ?? foundTokens.first { $0.content.utf8.elementsEqual(piece.utf8) }?.id
  }

  /// Returns the token of an id, or nil when there is none.
  public func piece(withID id: Int) -> String? {
    vocabulary.token(withID: id) ?? foundTokens.first { $0.id == id }?.content
  }
}

/// Tells whether bert4keras takes a token for a special one: it begins with `[` and ends with `]`.
///
/// Source: bert4keras 0.11.5, `tokenizers.py`, `Tokenizer._is_special`.
func isBracketed(_ token: String) -> Bool {
  token.utf8.first == UInt8(ascii: "[") && token.utf8.last == UInt8(ascii: "]")
}
