/// A tokenizer of transformers: its kind, and what stands around a text unless its files say otherwise.
///
/// Source: transformers 4.38.2, `tokenization_*.py`, `build_inputs_with_special_tokens` and the arguments of `__init__`.
struct TokenizerClass {
  /// The names of the classes, without the ending of those written in Rust.
  let names: Set<String>
  /// The kind.
  let kind: TextSettings.Kind
  /// The special tokens.
  let special: SpecialTokens
  /// Where they stand.
  let template: TextTemplate
  /// The architectures whose models have such a tokenizer, where no file names the class.
  let architectures: Set<String>
  /// What is done to texts before SentencePiece.
  var preparation = PiecePreparation()
  /// How the mask is found in texts, where no file tells.
  var maskRules: TokenRules = []
  /// Special tokens without a role, where no file tells.
  var additional: [String] = []

  /// BERT's, also of RoFormer, whose own cuts words first, which is said elsewhere.
  static let bert = TokenizerClass(
    names: [
      "BertTokenizer", "ConvBertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "LayoutLMTokenizer",
      "MobileBertTokenizer", "RetriBertTokenizer", "RoFormerTokenizer", "SqueezeBertTokenizer",
    ],
    kind: .wordPiece, special: .bert, template: .bert, architectures: [])
  /// A WordPiece vocabulary of GPT-2 as bert4keras uses it, `token_start=None, token_end=None`.
  static let bare = TokenizerClass(
    names: [], kind: .wordPiece, special: .bert, template: .none, architectures: ["gpt2", "gpt2-ml"])
  static let t5 = TokenizerClass(
    names: ["T5Tokenizer", "MT5Tokenizer"], kind: .sentencePiece,
    special: SpecialTokens([.padding: "<pad>", .unknown: "<unk>", .end: "</s>"]), template: .t5,
    architectures: ["t5", "t5-gated"])
  static let albert = TokenizerClass(
    names: ["AlbertTokenizer"], kind: .sentencePiece,
    special: SpecialTokens([
      .padding: "<pad>", .unknown: "<unk>", .classification: "[CLS]", .separator: "[SEP]", .mask: "[MASK]",
    ]), template: .bert, architectures: ["albert"], preparation: .albert, maskRules: .stripsLeft)
  static let xlnet = TokenizerClass(
    names: ["XLNetTokenizer"], kind: .sentencePiece,
    special: SpecialTokens([
      .padding: "<pad>", .unknown: "<unk>", .classification: "<cls>", .separator: "<sep>", .mask: "<mask>",
      .beginning: "<s>", .end: "</s>",
    ]), template: .xlnet, architectures: ["xlnet"], preparation: .xlnet, maskRules: [.stripsLeft, .normalized],
    additional: ["<eop>", "<eod>"])
  static let deberta = TokenizerClass(
    names: ["DebertaV2Tokenizer"], kind: .sentencePiece, special: .bert, template: .bert,
    architectures: ["deberta-v2"])
  /// A SentencePiece model of a decoder alone, such as CPM's.
  static let pieces = TokenizerClass(
    names: [], kind: .sentencePiece, special: SpecialTokens([.unknown: "<unk>"]), template: .none,
    architectures: ["gpt", "gpt2", "gpt2-ml"])

  static let gpt2 = TokenizerClass(
    names: ["GPT2Tokenizer"], kind: .bytePairs,
    special: SpecialTokens([.unknown: "<|endoftext|>", .beginning: "<|endoftext|>", .end: "<|endoftext|>"]),
    template: .none, architectures: ["gpt", "gpt2", "gpt2-ml"])
  static let gpt = TokenizerClass(
    names: ["OpenAIGPTTokenizer"], kind: .wordPairs, special: SpecialTokens([.unknown: "<unk>"]), template: .none,
    architectures: ["gpt"])
  static let roberta = TokenizerClass(
    names: ["RobertaTokenizer", "LongformerTokenizer"], kind: .bytePairs,
    special: SpecialTokens([
      .padding: "<pad>", .unknown: "<unk>", .classification: "<s>", .separator: "</s>", .mask: "<mask>",
      .beginning: "<s>", .end: "</s>",
    ]), template: .roberta, architectures: ["bert", "roberta"], maskRules: .stripsLeft)
  /// DeBERTa's first version.
  static let debertaPairs = TokenizerClass(
    names: ["DebertaTokenizer"], kind: .bytePairs, special: .bert, template: .bert, architectures: ["deberta"],
    maskRules: .stripsLeft)

  /// All of them, those of a kind in the order in which they are chosen.
  static let all = [bert, bare, t5, albert, xlnet, deberta, pieces, gpt2, gpt, roberta, debertaPairs]

  /// Classes that name no kind: `tokenizer.json` does.
  static let nameless: Set = ["PreTrainedTokenizer", "TokenizersBackend"]

  /// The class of a name; nil for one that is not known.
  static func named(_ name: String) -> TokenizerClass? { all.first { $0.names.contains(name) } }

  /// The class that models of an architecture have, by the kind of their files.
  static func usual(for kind: TextSettings.Kind, architecture: String?) -> TokenizerClass? {
    let own = all.first { $0.kind == kind && architecture.map($0.architectures.contains) == true }
    return own ?? (kind == .wordPiece ? bert : kind == .wordPairs ? gpt : nil)
  }
}
