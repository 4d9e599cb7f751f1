import Bytes
import SentencePiece

extension TextSettings {
  /// The settings of a SentencePiece model: who calls it, what is done to texts first, the rule of ties, the special tokens.
  mutating func findPieces(
    _ configuration: TokenizerConfiguration, _ model: SentencePieceModel, _ found: inout TokenizerClass?,
    _ sources: TextSources
  ) throws {
    if let given = sources.given["ties"] {
      (ties, origins[.ties]) = (try TextSettings.choice("ties", given, TextSettings.tieRules), .given)
    } else {
      origins[.ties] = .assumed("as sentencepiece had it until 0.2.1")
    }
    if found == nil {
      let isLikeBERT = ["[CLS]", "[SEP]"].allSatisfy { model.id(of: $0) != nil }
      let isLikeT5 = model.id(of: "</s>") != nil
      let likeness: TokenizerClass = isLikeBERT ? .albert : isLikeT5 ? .t5 : .pieces
      (special, template) = (likeness.special, likeness.template)
      let tokens = isLikeBERT ? "[CLS] and [SEP]" : isLikeT5 ? "</s> alone" : "no token that ends a text"
      (origins[.special], origins[.template]) = (.file(file), .assumed("\(file) has \(tokens)"))
      found = likeness
    }
    try findPreparation(found!, configuration, model, sources)
    if pieceDialect == .sentencePiece { special.spellings[.unknown] = model.piece(withID: model.unknownID) }
    // A role whose token the model lacks is no role of it, unless it was added, which transformers does with all.
    for role in SpecialRole.allCases where role != .mask && pieceDialect == .sentencePiece {
      if let spelling = special[role], model.id(of: spelling) == nil, configuration.added[spelling] == nil {
        special.spellings[role] = nil
      }
    }
  }

  /// Who calls SentencePiece, and what is done to texts first.
  private mutating func findPreparation(
    _ found: TokenizerClass, _ configuration: TokenizerConfiguration, _ model: SentencePieceModel,
    _ sources: TextSources
  ) throws {
    let naming = sources.naming ?? ""
    let isNamed = configuration.name.flatMap { TokenizerClass.named($0.value) }?.kind == .sentencePiece
    if let given = sources.given["dialect"] {
      (pieceDialect, origins[.dialect]) = (
        try TextSettings.choice("dialect", given, TextSettings.pieceDialects), .given
      )
    } else if isNamed {
      (pieceDialect, origins[.dialect]) = (.transformers, .file(configuration.name!.file))
    } else if naming.hasPrefix("huggingface") {
      (pieceDialect, origins[.dialect]) = (.transformers, .model("the naming \(naming)"))
    } else {
      (pieceDialect, origins[.dialect]) = (
        .sentencePiece, .model(naming.isEmpty ? "bert4keras" : "the naming \(naming)")
      )
    }
    if pieceDialect == .transformers, let legacy = configuration.truths["legacy"], !legacy.value {
      throw Problem(
        .unsupported, file: legacy.file, found: "legacy = false", expected: "legacy = true, or nothing",
        advice: "Texts without special tokens are split alike with --tokenizer dialect=sentencepiece")
    }
    // The library alone, as bert4keras calls it, prepares nothing.
    let usual = pieceDialect == .transformers || naming.hasPrefix("google") ? found.preparation : PiecePreparation()
    preparation = usual
    preparation.lowercases = false
    // Google's ALBERT leaves quotes alone; XLNet's program and transformers do not.
    if pieceDialect == .sentencePiece, sources.architecture != "xlnet" { preparation.straightensQuotes = false }
    if usual.dropsAccents, let keeps = configuration.truths["keep_accents"] {
      preparation.dropsAccents = !keeps.value
      origins[.accents] = keeps.value ? nil : .file(keeps.file)
    }
    if usual.joinsSpaces, let removes = configuration.truths["remove_space"] {
      preparation.joinsSpaces = removes.value
      origins[.spaces] = removes.value ? .file(removes.file) : nil
    }
    if let splits = configuration.truths["split_by_punct"], splits.value {
      (preparation.separatesPunctuation, origins[.punctuation]) = (true, .file(splits.file))
    }
    for (name, step, taken, left) in TextSettings.steps {
      if let given = sources.given[name.rawValue] {
        preparation[keyPath: step] = try TextSettings.choice(name.rawValue, given, [taken: true, left: false])
        origins[name] = preparation[keyPath: step] ? .given : nil
      } else if preparation[keyPath: step], origins[name] == nil {
        origins[name] = origins[.special]
      }
    }
    try findPieceCase(usual.lowercases, isNamed, configuration, model, sources)
  }

  /// The case of letters: the user, the files, what the class does without a word, or the pieces.
  private mutating func findPieceCase(
    _ usual: Bool, _ isNamed: Bool, _ configuration: TokenizerConfiguration, _ model: SentencePieceModel,
    _ sources: TextSources
  ) throws {
    if let given = sources.given["case"] {
      lowercases = try TextSettings.choice("case", given, ["lower": true, "kept": false])
      origins[.letterCase] = .given
    } else if let said = configuration.lowercases {
      (lowercases, origins[.letterCase]) = (said.value, .file(said.file))
    } else if isNamed || !usual {
      (lowercases, origins[.letterCase]) = (usual, origins[.special])
    } else if pieceDialect == .transformers {
      (lowercases, origins[.letterCase]) = (true, .assumed("what AlbertTokenizer does unless told otherwise"))
    } else {
      let hasUpper = (0..<model.count).contains { id in
        model.kind(ofID: id) == .normal
          && (model.piece(withID: id) ?? "").unicodeScalars.contains { $0.properties.isUppercase }
      }
      lowercases = !hasUpper
      origins[.letterCase] = .assumed("\(file) has \(hasUpper ? "" : "no ")upper-case letters")
    }
  }
}
