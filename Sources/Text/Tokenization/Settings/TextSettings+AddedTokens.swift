import Bytes
import JSON
import SentencePiece

extension TextSettings {
  /// The ids of special and added tokens, and how they are found in texts; those that the pieces lack follow behind the greatest id.
  ///
  /// Source: transformers 4.38.2, `tokenization_utils.py:368-385` and `413-500`, `tokenization_utils_base.py`, `SPECIAL_TOKENS_ATTRIBUTES`.
  mutating func findAddedTokens(
    _ configuration: TokenizerConfiguration, _ found: TokenizerClass?, _ sources: TextSources
  ) throws {
    guard kind != .pipeline else { return }
    let finds =
      switch kind {
      case .wordPiece: wordPieceDialect.findsSpecialTokens
      case .sentencePiece: pieceDialect == .transformers
      case .bytePairs, .wordPairs, .pipeline: true
      }
    let splitter = try Tokenizer(self) { sources.file($0) }.splitter
    if kind == .bytePairs, splitter.id(of: "</w>") != nil || splitter.id(of: ".</w>") != nil {
      throw TextSettings.unsupported("pieces that end with </w>, as those of GPT's first tokenizer", in: file)
    }
    var next = splitter.pieceCount
    func add(_ token: String, _ told: Int?, _ rules: TokenRules) {
      guard special.added[token] == nil else { return }
      let known = splitter.id(of: token)
      // A token of the vocabulary that is found like any other needs no word.
      if kind == .wordPiece, rules.isEmpty, known != nil, told ?? known == known,
        special.spellings.values.contains(token)
      {
        return
      }
      let id = told ?? known ?? next
      special.added[token] = id
      next = max(next, id + 1)
      if !rules.isEmpty { special.rules[token] = rules }
    }
    if finds {
      for (token, id) in configuration.added.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
        add(token, id, configuration.rules[token] ?? [])
      }
      for (token, id) in sentinels(configuration, splitter) { add(token, id, [.stripsLeft, .stripsRight]) }
    }
    // To ALBERT's and DeBERTa's classes the first and the last token are also those that begin and end a text.
    let order: [SpecialRole] =
      special[.beginning] == nil && special[.end] == nil
      ? [.classification, .separator, .unknown, .padding, .mask]
      : [.beginning, .end, .unknown, .separator, .padding, .classification, .mask]
    for role in order {
      guard let spelling = special[role] else { continue }
      let told = configuration.added[spelling]
      let isKnown = told != nil || splitter.id(of: spelling) != nil
      // What a list of tokens lacks is reported where it is needed.
      if kind == .wordPiece, !isKnown { continue }
      if !finds, told == nil, isKnown || role != .mask { continue }
      add(spelling, told, finds ? configuration.rules[spelling] ?? (role == .mask ? found?.maskRules ?? [] : []) : [])
    }
    guard finds else { return }
    for token in configuration.additional ?? found?.additional ?? [] {
      add(token, nil, configuration.rules[token] ?? [])
    }
    try checkRules()
  }

  /// The tokens `<extra_id_0>` and so on of T5, which follow behind the pieces in falling order.
  ///
  /// Source: transformers 4.38.2, `tokenization_t5.py:175-197`.
  private func sentinels(
    _ configuration: TokenizerConfiguration, _ splitter: any PieceSplitter
  ) -> [(String, Int)] {
    guard kind == .sentencePiece, ["T5Tokenizer", "MT5Tokenizer"].contains(configuration.name?.value) else { return [] }
    let count = configuration.extraIDs ?? (splitter.id(of: "\u{2581}<extra_id_0>") == nil ? 100 : 0)
    return (0..<count).reversed().map { ("<extra_id_\($0)>", splitter.pieceCount + count - 1 - $0) }
  }

  /// Refuses rules that the tokenizer of the kind does not have.
  private func checkRules() throws {
    for (token, rules) in special.rules.sorted(by: { $0.key < $1.key }) {
      if kind == .sentencePiece, rules.contains(.singleWord) {
        throw TextSettings.unsupported("the added token \(token) with single_word", in: file)
      }
      if kind == .wordPiece, rules.contains([.normalized, .ordinary]), lowercases {
        throw Problem(
          .unsupported, file: file, found: "the added token \(token), which is sought in the lowered text",
          expected: "special tokens, or a case that is kept",
          advice: "Where tokenizer.json lies beside it, take that with --tokenizer kind=tokenizer.json")
      }
    }
  }
}
