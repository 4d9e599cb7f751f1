/// What a token that stands for no text is for.
///
/// The raw values are those of transformers, `cls_token` without its ending.
public enum SpecialRole: String, CaseIterable, Sendable {
  /// Fills a sequence up to the length of its batch.
  case padding = "pad"
  /// Stands for every piece that the vocabulary lacks.
  case unknown = "unk"
  /// Stands for a text as a whole: `[CLS]` of BERT, before the text; `<cls>` of XLNet, behind it.
  case classification = "cls"
  /// Ends a text that another may follow: `[SEP]`.
  case separator = "sep"
  /// Stands for a token to be predicted.
  case mask = "mask"
  /// Begins a sequence: `<s>`.
  case beginning = "bos"
  /// Ends a sequence: `</s>` of T5.
  case end = "eos"

  /// What the model needs the token for, as a clause of a message.
  var purpose: String {
    switch self {
    case .padding: "which fills sequences up to one length"
    case .unknown: "which stands for words outside the vocabulary"
    case .classification: "which begins a sequence"
    case .separator: "which ends a text"
    case .mask: "which stands for a token to be predicted"
    case .beginning: "which begins a sequence"
    case .end: "which ends a sequence"
    }
  }
}

/// The tokens of a model that stand for no text, by their roles.
public struct SpecialTokens: Equatable, Sendable {
  /// How each role's token is spelled; a role that a model does not know is absent.
  public var spellings: [SpecialRole: String]
  /// The ids of tokens that were added to the vocabulary, by their spelling: `[MASK]` of DeBERTa V3.
  public var added: [String: Int]

  /// Gathers tokens.
  public init(_ spellings: [SpecialRole: String], added: [String: Int] = [:]) {
    self.spellings = spellings
    self.added = added
  }

  /// How the token of a role is spelled; nil when the model has none.
  public subscript(role: SpecialRole) -> String? { spellings[role] }

  /// `[PAD]`, `[UNK]`, `[CLS]`, `[SEP]` and `[MASK]`.
  public static let bert = SpecialTokens([
    .padding: "[PAD]", .unknown: "[UNK]", .classification: "[CLS]", .separator: "[SEP]", .mask: "[MASK]",
  ])
}
