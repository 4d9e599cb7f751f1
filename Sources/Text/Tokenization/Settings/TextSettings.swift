import SentencePiece

/// How texts become the ids that a model reads: which tokenizer, its options, and the special tokens around a text.
///
/// A model file keeps them under `ingot.text` (`Formats/ModelFile.md`); where it does not, and while converting, they are found in the
/// files beside the weights.
public struct TextSettings: Equatable, Sendable {
  /// The kinds of tokenizers.
  public enum Kind: String, CaseIterable, Sendable {
    /// BERT's, of a list of tokens: `vocab.txt`.
    case wordPiece = "wordpiece"
    /// T5's and ALBERT's, of a SentencePiece model: `spiece.model`.
    case sentencePiece = "sentencepiece"
    /// GPT-2's and RoBERTa's, of `vocab.json` and `merges.txt`.
    case bytePairs = "byte-level-bpe"
    /// GPT's, of `vocab.json` and `merges.txt` whose pieces end with `</w>` where words end.
    case wordPairs = "bpe"
    /// Whatever a `tokenizer.json` describes, where no other file of pieces lies beside it.
    case pipeline = "tokenizer.json"
  }

  /// One setting, by the name that users give it.
  public enum Name: String, CaseIterable, Sendable {
    /// The kind of tokenizer.
    case kind
    /// The attached file of the pieces.
    case file
    /// Whose tokenizer it is, where programs differ.
    case dialect
    /// `lower`, or `kept`.
    case letterCase = "case"
    /// `dropped`, or `kept`: where accents do not go as the case does.
    case accents
    /// `apart` where every ideograph is a word by itself, or `joined`.
    case ideographs
    /// `joined` where white space becomes one space before SentencePiece, or `kept` (`remove_space`).
    case spaces
    /// `straight` where ` `` ` and `''` become `"`, or `kept`.
    case quotes
    /// `apart` where a comma behind a digit is a piece by itself, or `joined`.
    case commas
    /// `apart` where texts are cut at punctuation before SentencePiece, or `joined` (`split_by_punct`).
    case punctuation
    /// The attached dictionary of jieba, which cuts texts into words first.
    case words
    /// `space` where one is put before a text (`add_prefix_space`), or `none`.
    case prefix
    /// Which of two equally good sequences of pieces is taken: as sentencepiece did up to 0.2.1, or does from 0.2.2 on.
    case ties
    /// The tokens that stand for no text.
    case special
    /// Where they stand.
    case template
    /// The greatest number of tokens.
    case length
  }

  /// What decided a setting.
  public enum Origin: Hashable, Sendable {
    /// The user.
    case given
    /// The file of this name.
    case file(String)
    /// What is known of this architecture, or of this class of tokenizers.
    case model(String)
    /// The number of positions of the model.
    case positions
    /// Nothing; the reason for what was assumed.
    case assumed(String)
  }

  /// The kind of tokenizer.
  public var kind: Kind
  /// The name of the file of its pieces, under which it travels in the model file.
  public var file: String
  /// Whose WordPiece it is.
  public var wordPieceDialect = WordPieceDialect.bert4keras
  /// Who calls SentencePiece.
  public var pieceDialect = PreparedPieceTokenizer.Dialect.sentencePiece
  /// What is done to texts before SentencePiece and to its pieces afterwards, but for the case, which ``lowercases`` tells.
  public var preparation = PiecePreparation()
  /// Whether texts are lowered, and in WordPiece their accents dropped unless ``dropsAccents`` says otherwise (`do_lower_case`).
  public var lowercases = false
  /// Whether accents are dropped (`strip_accents`); nil where they go as the case does.
  public var dropsAccents: Bool?
  /// Whether every ideograph is a word by itself (`tokenize_chinese_chars`).
  public var separatesIdeographs = true
  /// The name of the dictionary by which jieba cuts texts into words; nil where it does not.
  public var words: String?
  /// Whose byte-level tokenizer it is.
  public var bytePairDialect = BytePairTokenizer.Dialect.fast
  /// Whether a space is put before a text, in byte-level BPE.
  public var addsPrefixSpace = false
  /// Which of two equally good sequences of pieces is taken, in SentencePiece.
  public var ties = TieRule.upTo021
  /// The tokens that stand for no text.
  public var special: SpecialTokens
  /// Where they stand.
  public var template: TextTemplate
  /// The greatest number of tokens, special ones among them; nil for any number.
  public var length: Int?
  /// What decided each setting; those that the kind does not have are absent.
  public var origins: [Name: Origin] = [:]

  /// Gathers settings; the others have their usual values.
  public init(kind: Kind, file: String, special: SpecialTokens, template: TextTemplate) {
    self.kind = kind
    self.file = file
    self.special = special
    self.template = template
  }

  /// The settings that the kind has, in the order in which they are shown and kept.
  public var names: [Name] {
    switch kind {
    case .wordPiece:
      [.kind, .file, .dialect, .letterCase] + (dropsAccents == nil ? [] : [.accents])
        + (separatesIdeographs ? [] : [.ideographs]) + (words == nil ? [] : [.words]) + [.special, .template, .length]
    case .sentencePiece:
      [.kind, .file, .dialect, .letterCase] + TextSettings.steps.filter { preparation[keyPath: $0.step] }.map(\.name)
        + [.ties, .special, .template, .length]
    case .bytePairs: [.kind, .file, .dialect, .prefix, .special, .template, .length]
    case .wordPairs, .pipeline: [.kind, .file, .special, .template, .length]
    }
  }

  /// The steps of the preparation of SentencePiece, and what each is called where it is taken and where it is not.
  package static let steps:
    [(name: Name, step: WritableKeyPath<PiecePreparation, Bool> & Sendable, taken: String, left: String)] = [
      (.accents, \.dropsAccents, "dropped", "kept"), (.spaces, \.joinsSpaces, "joined", "kept"),
      (.quotes, \.straightensQuotes, "straight", "kept"), (.commas, \.separatesCommas, "apart", "joined"),
      (.punctuation, \.separatesPunctuation, "apart", "joined"),
    ]

  /// The settings that nothing told, in their order.
  public var assumed: [Name] { names.filter { if case .assumed = origins[$0] { true } else { false } } }

  /// A setting in words.
  public func text(of name: Name) -> String {
    switch name {
    case .kind: kind.rawValue
    case .file: file
    case .dialect:
      switch kind {
      case .wordPiece: wordPieceDialect.rawValue
      case .sentencePiece: pieceDialect.rawValue
      case .bytePairs, .wordPairs, .pipeline: bytePairDialect.rawValue
      }
    case .accents where kind == .wordPiece: dropsAccents ?? lowercases ? "dropped" : "kept"
    case .accents, .spaces, .quotes, .commas, .punctuation:
      TextSettings.steps.first { $0.name == name }.map { preparation[keyPath: $0.step] ? $0.taken : $0.left } ?? ""
    case .ideographs: separatesIdeographs ? "apart" : "joined"
    case .words: words ?? "none"
    case .letterCase: lowercases ? "lower" : "kept"
    case .prefix: addsPrefixSpace ? "space" : "none"
    case .ties: ties.rawValue
    case .special:
      SpecialRole.allCases.compactMap { role in special[role].map { "\(role.rawValue) \($0)" } }.joined(separator: ", ")
    case .template: TextTemplate.named.first { $0.template == template }?.name ?? template.pairLine
    case .length: length.map(String.init) ?? "none"
    }
  }
}

extension TextSettings.Origin: CustomStringConvertible {
  /// The origin as a plan prints it, in parentheses behind the value.
  public var description: String {
    switch self {
    case .given: "given"
    case .file(let name): name
    case .model(let name): "usual for \(name)"
    case .positions: "the model's positions"
    case .assumed(let reason): "assumed: \(reason)"
    }
  }
}
