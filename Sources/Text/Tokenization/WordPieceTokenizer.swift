/// WordPiece as bert4keras has it: the same tokens and ids for every text.
///
/// A text is normalised scalar by scalar, split into words, and each word into the longest tokens of the vocabulary
/// from left to right. A word that does not come apart so, or has more than 200 scalars, is one piece, whose
/// id is that of `[UNK]`. The time is linear in the text, but for sorting runs of combining marks.
///
/// Source: bert4keras 0.11.5, `tokenizers.py`, `TokenizerBase` and `Tokenizer`, under Python 3.11 (Unicode 14.0).
public struct WordPieceTokenizer: PieceSplitter {
  /// The tokens and their ids.
  public let vocabulary: Vocabulary
  /// Whether texts are lowered and their accents dropped (`do_lower_case`).
  public let lowercases: Bool
  /// The greatest number of scalars of a word that is split into pieces (`word_maxlen`).
  public let maximumWordLength: Int
  /// The id of words that do not come apart; -1 when the vocabulary lacks the token.
  let unknownID: Int

  /// Makes a tokenizer of a vocabulary alone.
  ///
  /// bert4keras keeps the case of letters unless told otherwise; two words would then be one `[UNK]` to an uncased model. Where nothing is
  /// said here, letters are lowered unless a token outside brackets has an upper-case one. ``Tokenizer/init(of:)`` also asks the
  /// settings and files of a model.
  public init(vocabulary: Vocabulary, lowercases: Bool? = nil, maximumWordLength: Int = 200, unknown: String = "[UNK]")
  {
    self.vocabulary = vocabulary
    self.lowercases = lowercases ?? (vocabulary.letterCase != .mixed)
    self.maximumWordLength = maximumWordLength
    unknownID = vocabulary.id(of: unknown) ?? -1
  }

  /// The file of the vocabulary, for messages.
  public var file: String { vocabulary.file }

  /// The number of distinct tokens.
  public var pieceCount: Int { vocabulary.count }

  /// Returns the id of a token, or nil when the vocabulary lacks it.
  public func id(of piece: String) -> Int? { vocabulary.id(of: piece) }

  /// Returns the token of an id, or nil when there is none.
  public func piece(withID id: Int) -> String? { vocabulary.token(withID: id) }
}

/// Tells whether bert4keras takes a token for a special one: it begins with `[` and ends with `]`.
///
/// Source: bert4keras 0.11.5, `tokenizers.py`, `Tokenizer._is_special`.
func isBracketed(_ token: String) -> Bool {
  token.utf8.first == UInt8(ascii: "[") && token.utf8.last == UInt8(ascii: "]")
}
