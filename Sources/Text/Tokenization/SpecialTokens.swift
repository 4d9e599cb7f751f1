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

/// How an added token is found in texts, as `AddedToken` of transformers has it.
public struct TokenRules: OptionSet, Hashable, Sendable {
  /// The rules as bits.
  public let rawValue: Int

  /// Takes the rules of bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// White space before it is taken with it (`lstrip`).
  public static let stripsLeft = TokenRules(rawValue: 1)
  /// White space behind it is taken with it (`rstrip`).
  public static let stripsRight = TokenRules(rawValue: 2)
  /// It is found only where no other word touches it (`single_word`).
  public static let singleWord = TokenRules(rawValue: 4)
  /// It is sought in the normalized text (`normalized`).
  public static let normalized = TokenRules(rawValue: 8)
  /// It stands for text like any piece (`special` = false).
  public static let ordinary = TokenRules(rawValue: 16)

  /// The rules by the names that model files give them.
  static let named: [(name: String, rule: TokenRules)] = [
    ("lstrip", .stripsLeft), ("rstrip", .stripsRight), ("single_word", .singleWord), ("normalized", .normalized),
    ("ordinary", .ordinary),
  ]

  /// The rules in words: `lstrip normalized`.
  var text: String { TokenRules.named.filter { contains($0.rule) }.map(\.name).joined(separator: " ") }

  /// Reads the rules in words; nil when there is another word among them.
  init?(text: String) {
    self = []
    for word in text.split(separator: " ") {
      guard let rule = TokenRules.named.first(where: { $0.name == word })?.rule else { return nil }
      insert(rule)
    }
  }
}

/// The tokens of a model that stand for no text, by their roles.
public struct SpecialTokens: Equatable, Sendable {
  /// How each role's token is spelled; a role that a model does not know is absent.
  public var spellings: [SpecialRole: String]
  /// The ids of tokens that were added to the vocabulary, by their spelling: `[MASK]` of DeBERTa V3.
  public var added: [String: Int]

  /// How added tokens are found in texts, by their spelling; one that is absent has no rules.
  public var rules: [String: TokenRules] = [:]

  /// Gathers tokens.
  public init(_ spellings: [SpecialRole: String], added: [String: Int] = [:]) {
    self.spellings = spellings
    self.added = added
  }

  /// The added tokens with their rules, in the order of their ids.
  var addedTokens: [AddedToken] {
    added.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map { token, id in
      let rules = rules[token] ?? []
      return AddedToken(
        token, id: id, isSpecial: !rules.contains(.ordinary), isSingleWord: rules.contains(.singleWord),
        stripsLeft: rules.contains(.stripsLeft), stripsRight: rules.contains(.stripsRight),
        isNormalized: rules.contains(.normalized))
    }
  }

  /// How the token of a role is spelled; nil when the model has none.
  public subscript(role: SpecialRole) -> String? { spellings[role] }

  /// `[PAD]`, `[UNK]`, `[CLS]`, `[SEP]` and `[MASK]`.
  public static let bert = SpecialTokens([
    .padding: "[PAD]", .unknown: "[UNK]", .classification: "[CLS]", .separator: "[SEP]", .mask: "[MASK]",
  ])
}
