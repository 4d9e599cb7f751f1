import Bytes

extension TextSettings {
  /// The special tokens of a `tokenizer.json`, and where they stand.
  ///
  /// Roles are told by the files of transformers; of a token around texts that has none there, its spelling tells it.
  ///
  /// - Throws: `Problem` of kind *unsupported* when the file puts tokens around texts in another way than ``TextTemplate`` has.
  mutating func findPipeline(_ pipeline: TokenizerPipeline, _ configuration: TokenizerConfiguration) throws {
    special = SpecialTokens(configuration.special.mapValues(\.value))
    for role in SpecialRole.allCases where special[role] == nil {
      special.spellings[role] = usualSpellings[role]?.first { pipeline.id(of: $0) != nil }
    }
    func line(_ parts: [PostProcessing.Part]) throws -> String {
      try parts.map { part in
        switch part {
        case .text(let index, let segment): return "\(index == 0 ? "A" : "B"):\(segment)"
        case .token(let spelling, let id, let segment):
          guard let role = roles.first(where: { special[$0] == spelling }) else {
            throw Problem(
              .unsupported, file: file, object: "post_processor", found: "the token \(spelling) around texts",
              expected: "one whose role special_tokens_map.json or tokenizer_config.json tells")
          }
          special.added[spelling] = id
          return "\(role.rawValue):\(segment)"
        }
      }.joined(separator: " ")
    }
    let (single, pair) = (try line(pipeline.postProcessing.single), try line(pipeline.postProcessing.pair))
    guard let found = TextTemplate(single: single, pair: pair) else {
      throw Problem(
        .unsupported, file: file, object: "post_processor", found: "\(single) and \(pair)",
        expected: "the first text once, and of two the second behind it")
    }
    template = found
    (origins[.special], origins[.template]) = (.file(file), .file(file))
  }

  /// The roles of tokens around texts, those first that most models name.
  private var roles: [SpecialRole] { [.classification, .separator, .beginning, .end, .padding, .unknown, .mask] }
}

/// How special tokens are spelled where no file tells.
private let usualSpellings: [SpecialRole: [String]] = [
  .padding: ["[PAD]", "<pad>"], .unknown: ["[UNK]", "<unk>"], .classification: ["[CLS]", "<cls>"],
  .separator: ["[SEP]", "<sep>"], .mask: ["[MASK]", "<mask>"], .beginning: ["<s>"], .end: ["</s>"],
]
