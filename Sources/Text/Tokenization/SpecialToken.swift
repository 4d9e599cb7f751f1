/// The tokens of a BERT vocabulary that stand for no text.
public enum SpecialToken: String, CaseIterable, Sendable {
  /// Fills a sequence up to the length of its batch.
  case padding = "[PAD]"
  /// Stands for every token that the vocabulary lacks.
  case unknown = "[UNK]"
  /// Begins a sequence.
  case start = "[CLS]"
  /// Ends a text.
  case end = "[SEP]"
  /// Stands for a token to be predicted.
  case mask = "[MASK]"

  /// Tells whether bert4keras takes a token for a special one: it begins with `[` and ends with `]`.
  ///
  /// Source: bert4keras 0.11.5, `tokenizers.py`, `Tokenizer._is_special`.
  static func describes(_ token: String) -> Bool {
    token.utf8.first == UInt8(ascii: "[") && token.utf8.last == UInt8(ascii: "]")
  }

  /// What the model needs the token for, as a clause of a message.
  var purpose: String {
    switch self {
    case .padding: "which fills sequences up to one length"
    case .unknown: "which stands for words outside the vocabulary"
    case .start: "which begins a sequence"
    case .end: "which ends a text"
    case .mask: "which stands for a token to be predicted"
    }
  }
}
