import Bytes
import JSON
import ModelFiles
import SentencePiece

extension TextSettings {
  /// Finds how texts become ids: the user's word comes first, then the files of transformers, then what the pieces and the model show.
  ///
  /// - Returns: Nil when there is no file of pieces.
  /// - Throws: `Problem` of kind *unsupported* when the files ask for what Ingot does not do, *mismatched* when they contradict each other or
  ///   the user names a setting that there is not, *damaged* when one cannot be read.
  public init?(finding sources: TextSources) throws {
    let configuration = try TokenizerConfiguration(of: sources)
    guard let (kind, origin) = try TextSettings.kind(of: sources, configuration) else { return nil }
    let (file, fileOrigin) = try TextSettings.file(of: kind, in: sources)
    guard let bytes = sources.file(file) else {
      throw Problem(
        .mismatched, file: file, found: "no such file beside the weights",
        expected: sources.files.map(\.name).joined(separator: ", "))
    }
    if kind == .sentencePiece, sources.given["kind"] == nil,
      file == TextSources.fairseq || sources.architecture == "roberta"
    {
      throw Problem(
        .unsupported, file: file, found: "pieces of a model of fairseq, whose ids are others than the pieces' own",
        expected: "tokenizer.json, which has them", advice: "Save the tokenizer as tokenizer.json beside the weights")
    }
    let named = configuration.name.flatMap { TokenizerClass.named($0.value) }.flatMap { $0.kind == kind ? $0 : nil }
    var found = named ?? TokenizerClass.usual(for: kind, architecture: sources.architecture)
    let model = Origin.model(named == nil ? sources.architecture ?? "BERT" : configuration.name!.value)
    self.init(kind: kind, file: file, special: found?.special ?? .bert, template: found?.template ?? .bert)
    origins = [.kind: origin, .file: fileOrigin, .special: model, .template: model]
    switch kind {
    case .wordPiece: try findCase(configuration, Vocabulary(reading: bytes), sources)
    case .sentencePiece: try findPieces(configuration, SentencePieceModel(reading: bytes), &found, sources)
    case .bytePairs: try findBytePairs(configuration, BytePairModel.pieces(of: bytes), &found, sources)
    case .wordPairs: break
    case .pipeline: try findPipeline(TokenizerPipeline(reading: bytes), configuration)
    }
    try findSpecialTokens(configuration, sources)
    try findAddedTokens(configuration, found, sources)
    try findTemplate(sources)
    try findLength(configuration, sources)
    try checkNames(sources)
  }

  /// What tells the kind: the user, the class that the files name, or which files there are.
  private static func kind(
    of sources: TextSources, _ configuration: TokenizerConfiguration
  ) throws -> (Kind, Origin)? {
    if let given = sources.given["kind"] {
      guard let kind = Kind(rawValue: given) else {
        throw refused("kind", given, Kind.allCases.map(\.rawValue).joined(separator: " or "))
      }
      return (kind, .given)
    }
    let present = Kind.allCases.filter { !sources.names(of: $0).isEmpty }
    if let name = configuration.name, !TokenizerClass.nameless.contains(name.value), !present.isEmpty {
      let known = TokenizerClass.named(name.value)
      // A class is not needed where a file describes all of its tokenizer.
      if known == nil, present.contains(.pipeline) {
        return (.pipeline, .file(sources.names(of: .pipeline)[0]))
      }
      if known == nil { throw unsupported("tokenizer_class = \(name.value)", in: name.file) }
      // Files of transformers may name a class whose file another library's replaces: then the files decide.
      if let known, present.contains(known.kind) { return (known.kind, .file(name.file)) }
    }
    return present.first.map { ($0, .file(sources.names(of: $0)[0])) }
  }

  private static func file(of kind: Kind, in sources: TextSources) throws -> (String, Origin) {
    if let given = sources.given["file"] { return (given, .given) }
    let names = sources.names(of: kind)
    guard let first = names.first else {
      throw Problem(
        .mismatched, file: "--tokenizer kind=\(kind.rawValue)", found: "no file of this kind beside the weights",
        expected: "one", advice: "Give it with --vocabulary")
    }
    guard names.count == 1 || TextSources.usual.contains(first) else {
      throw Problem(
        .mismatched, file: first, found: "\(names.joined(separator: ", "))", expected: "one file of pieces",
        advice: "Choose one with --tokenizer file=NAME")
    }
    return (first, .file(first))
  }

  /// The case of letters in WordPiece.
  private mutating func findCase(
    _ configuration: TokenizerConfiguration, _ vocabulary: Vocabulary, _ sources: TextSources
  ) throws {
    let known = vocabulary.letterCase
    if let given = sources.given["case"] {
      lowercases = try TextSettings.choice("case", given, ["lower": true, "kept": false])
      origins[.letterCase] = .given
    } else if let said = configuration.lowercases {
      (lowercases, origins[.letterCase]) = (said.value, .file(said.file))
    } else {
      lowercases = known != .mixed
      let has =
        switch known {
        case .none: "no letters"
        case .lower: "no upper-case letters"
        case .mixed: "upper-case letters"
        }
      origins[.letterCase] = .assumed("\(file) has \(has)")
    }
    if let undone = configuration.undone { throw TextSettings.unsupported(undone.value, in: undone.file) }
    // A user who decides the case decides the accents with it, unless asked for both.
    if let given = sources.given["accents"] {
      dropsAccents = try TextSettings.choice("accents", given, ["dropped": true, "kept": false])
      origins[.accents] = .given
    } else if sources.given["case"] == nil, let strips = configuration.stripsAccents, strips.value != lowercases {
      (dropsAccents, origins[.accents]) = (strips.value, .file(strips.file))
    }
    if let given = sources.given["ideographs"] {
      separatesIdeographs = try TextSettings.choice("ideographs", given, ["apart": true, "joined": false])
      origins[.ideographs] = .given
    } else if let said = configuration.separatesIdeographs {
      (separatesIdeographs, origins[.ideographs]) = (said.value, .file(said.file))
    }
    if let given = sources.given["words"], given != "none" { (words, origins[.words]) = (given, .given) }
    try findDialect(configuration, sources)
  }

  /// Whose WordPiece it is: of weights that transformers named, that of its fast tokenizers.
  private mutating func findDialect(_ configuration: TokenizerConfiguration, _ sources: TextSources) throws {
    let naming = sources.naming ?? ""
    if let given = sources.given["dialect"] {
      wordPieceDialect = try TextSettings.choice("dialect", given, TextSettings.wordPieceDialects)
      origins[.dialect] = .given
    } else if naming.hasPrefix("huggingface") {
      // Words are cut for bert4keras' tokenizer, and for none of these.
      wordPieceDialect = words == nil ? .tokenizers : .bert4keras
      origins[.dialect] = .model("the naming \(naming)")
    } else {
      wordPieceDialect = naming.hasPrefix("google") ? .google : .bert4keras
      origins[.dialect] = .model(naming.hasPrefix("google") ? "the naming \(naming)" : "bert4keras")
    }
    if wordPieceDialect == .transformers, let never = configuration.neverSplit {
      throw TextSettings.unsupported(never.value, in: never.file)
    }
  }

  /// The dialect and the prefix of byte-level BPE.
  private mutating func findBytePairs(
    _ configuration: TokenizerConfiguration, _ pieces: PieceList, _ found: inout TokenizerClass?, _ sources: TextSources
  ) throws {
    if found == nil {
      let likeness: TokenizerClass =
        pieces.place(of: "[CLS]") != nil ? .debertaPairs : pieces.place(of: "</s>") != nil ? .roberta : .gpt2
      (special, template, found) = (likeness.special, likeness.template, likeness)
      let token = likeness.special[.classification] ?? "<|endoftext|> alone"
      (origins[.special], origins[.template]) = (.file(file), .assumed("\(file) has \(token)"))
    }
    if let given = sources.given["dialect"] {
      bytePairDialect = try TextSettings.choice(
        "dialect", given, Dictionary(uniqueKeysWithValues: BytePairTokenizer.Dialect.allCases.map { ($0.rawValue, $0) })
      )
      origins[.dialect] = .given
    } else {
      origins[.dialect] = .assumed("what transformers takes unless told otherwise; see slow")
    }
    if let given = sources.given["prefix"] {
      addsPrefixSpace = try TextSettings.choice("prefix", given, ["space": true, "none": false])
      origins[.prefix] = .given
    } else if let said = configuration.addsPrefixSpace {
      (addsPrefixSpace, origins[.prefix]) = (said.value, .file(said.file))
    } else {
      origins[.prefix] = origins[.special]
    }
  }

  private mutating func findSpecialTokens(_ configuration: TokenizerConfiguration, _ sources: TextSources) throws {
    for (role, said) in configuration.special {
      if special[role] != said.value { origins[.special] = .file(said.file) }
      special.spellings[role] = said.value
    }
    for role in SpecialRole.allCases {
      guard let given = sources.given[role.rawValue] else { continue }
      special.spellings[role] = given.isEmpty ? nil : given
      origins[.special] = .given
    }
  }

  private mutating func findTemplate(_ sources: TextSources) throws {
    if let given = sources.given["template"] {
      guard let named = TextTemplate.named.first(where: { $0.name == given })?.template else {
        throw TextSettings.refused("template", given, TextTemplate.named.map(\.name).joined(separator: ", "))
      }
      (template, origins[.template]) = (named, .given)
    }
    if let role = template.roles.first(where: { special[$0] == nil }) {
      throw Problem(
        .mismatched, file: file, found: "no token for the role \(role.rawValue)",
        expected: "one, for the template \(text(of: .template)) needs it",
        advice: "Give it with --tokenizer \(role.rawValue)=TOKEN, or choose another with --tokenizer template=NAME")
    }
  }

  private mutating func findLength(_ configuration: TokenizerConfiguration, _ sources: TextSources) throws {
    if let given = sources.given["length"] {
      guard given == "none" || Int(given).map({ $0 > 0 }) == true else {
        throw TextSettings.refused("length", given, "a positive number, or none")
      }
      (length, origins[.length]) = (Int(given), .given)
    } else if let said = configuration.length, said.value <= sources.positions ?? .max {
      (length, origins[.length]) = (said.value, .file(said.file))
    } else {
      (length, origins[.length]) = (sources.positions, .positions)
    }
  }

  /// Refuses settings that there are not, or not for this kind.
  private func checkNames(_ sources: TextSources) throws {
    let rare: [Name] =
      switch kind {
      case .wordPiece: [.accents, .ideographs, .words]
      case .sentencePiece: TextSettings.steps.map(\.name)
      case .bytePairs, .wordPairs, .pipeline: []
      }
    let common = names.filter { !rare.contains($0) && $0 != .special }
    let known = (common + rare.filter { !common.contains($0) }).map(\.rawValue) + SpecialRole.allCases.map(\.rawValue)
    for name in sources.given.keys.sorted() where !known.contains(name) {
      throw Problem(
        .mismatched, file: "--tokenizer \(name)", found: "no such setting of \(kind.rawValue)",
        expected: known.joined(separator: ", "),
        advice: nearestWord(to: name, among: known).map { "Did you mean \($0)?" })
    }
  }

  static func choice<Value>(_ name: String, _ given: String, _ values: [String: Value]) throws -> Value {
    guard let value = values[given] else { throw refused(name, given, values.keys.sorted().joined(separator: " or ")) }
    return value
  }

  static func refused(_ name: String, _ given: String, _ expected: String) -> Problem {
    Problem(.mismatched, file: "--tokenizer \(name)", found: given, expected: expected)
  }

  static func unsupported(_ found: String, in file: String) -> Problem {
    Problem(
      .unsupported, file: file, found: found, expected: "what Ingot's tokenizers do",
      advice: "Encode texts by the library that the model comes from")
  }
}
