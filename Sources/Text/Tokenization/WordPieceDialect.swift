/// Whose WordPiece a tokenizer follows: the programs differ in what they make of rare characters.
///
/// `Formats/Tokenizers.md` shows where they differ, by texts.
public enum WordPieceDialect: String, CaseIterable, Sendable {
  /// bert4keras 0.11.5: the text is lowered as a whole, and a word that does not come apart is a token of its own, with the id of `[UNK]`.
  case bert4keras
  /// google-research's BERT and ALBERT, `tokenization.py`: each word is lowered by itself.
  case google
  /// google-research's ELECTRA, and BERT's `tokenization.py` in bert-tensorflow 1.0.1: unassigned and private characters vanish too.
  case electra
  /// `BertTokenizer` of transformers 4.38, without the library tokenizers: as ELECTRA's, composed (NFC), words of at most 100 characters.
  case transformers
  /// `BertTokenizerFast` of transformers: the library tokenizers 0.15, with characters as they were in Unicode 8.
  case tokenizers

  /// The greatest number of scalars of a word that comes apart.
  public var maximumWordLength: Int {
    switch self {
    case .bert4keras, .google, .electra: 200
    case .transformers, .tokenizers: 100
    }
  }

  /// Whether special tokens that stand in a text are special there too.
  public var findsSpecialTokens: Bool { self == .transformers || self == .tokenizers }

  /// What the dialect knows of characters.
  var characters: CharacterData {
    switch self {
    case .bert4keras, .google: .unicode14
    case .electra, .transformers: CharacterData(removesUnassigned: true, edition: .unicode14)
    case .tokenizers: CharacterData(removesUnassigned: false, edition: .tokenizers)
    }
  }
}
