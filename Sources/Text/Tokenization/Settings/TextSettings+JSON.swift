import Bytes
import JSON
import SentencePiece

extension TextSettings {
  /// The settings as a model file keeps them: one member for each, and the names of those that were assumed.
  public var json: JSON {
    var members: [JSON.Member] = []
    for name in names {
      switch name {
      case .special:
        members.append(JSON.Member(name.rawValue, .object(TextSettings.members(of: special))))
        if !special.added.isEmpty {
          let added = special.added.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
          members.append(JSON.Member("added", .object(added.map { JSON.Member($0.key, .integer($0.value)) })))
          let rules = added.compactMap { token, _ in special.rules[token].map { (token, $0) } }
          if !rules.isEmpty || kind == .bytePairs {
            members.append(JSON.Member("rules", .object(rules.map { JSON.Member($0.0, .string($0.1.text)) })))
          }
        }
      case .template:
        members.append(JSON.Member(name.rawValue, [.string(template.singleLine), .string(template.pairLine)]))
      case .length: if let length { members.append(JSON.Member(name.rawValue, .integer(length))) }
      default: members.append(JSON.Member(name.rawValue, .string(text(of: name))))
      }
    }
    return .object(members + [JSON.Member("assumed", .array(assumed.map { .string($0.rawValue) }))])
  }

  static let wordPieceDialects = Dictionary(
    uniqueKeysWithValues: WordPieceDialect.allCases.map { ($0.rawValue, $0) })
  static let pieceDialects = Dictionary(
    uniqueKeysWithValues: PreparedPieceTokenizer.Dialect.allCases.map { ($0.rawValue, $0) })
  static let tieRules = Dictionary(uniqueKeysWithValues: TieRule.allCases.map { ($0.rawValue, $0) })
  static let bytePairDialects = Dictionary(
    uniqueKeysWithValues: BytePairTokenizer.Dialect.allCases.map { ($0.rawValue, $0) })

  private static func members(of special: SpecialTokens) -> [JSON.Member] {
    SpecialRole.allCases.compactMap { role in special[role].map { JSON.Member(role.rawValue, .string($0)) } }
  }

  /// Reads what a model file keeps.
  ///
  /// - Parameter path: The model file, for messages.
  /// - Throws: `Problem` of kind *damaged* when a setting is missing or has another form; *unsupported* for a kind or a setting that a
  ///   newer Ingot knows.
  public init(_ json: JSON, of path: String) throws {
    let reader = Reader(json: json, path: path)
    guard let kind = Kind(rawValue: try reader.string("kind")) else {
      throw reader.unsupported("the kind \(try reader.string("kind"))")
    }
    self.init(
      kind: kind, file: try reader.string("file"), special: try reader.special(), template: try reader.template())
    if kind == .wordPiece, json["accents"] != nil {
      dropsAccents = try reader.choice("accents", ["dropped": true, "kept": false])
    }
    if kind == .sentencePiece {
      for (name, step, taken, left) in TextSettings.steps where json[name.rawValue] != nil {
        preparation[keyPath: step] = try reader.choice(name.rawValue, [taken: true, left: false])
      }
    }
    // Files from before there were rules: white space before RoBERTa's mask goes with it.
    if kind == .bytePairs, json["rules"] == nil, let mask = special[.mask] { special.rules[mask] = .stripsLeft }
    if json["ideographs"] != nil {
      separatesIdeographs = try reader.choice("ideographs", ["apart": true, "joined": false])
    }
    if json["words"] != nil { words = try reader.string("words") }
    for name in names {
      // Files from before they were settings of SentencePiece.
      if kind == .sentencePiece, [.letterCase, .dialect].contains(name), json[name.rawValue] == nil { continue }
      switch name {
      case .letterCase: lowercases = try reader.choice(name.rawValue, ["lower": true, "kept": false])
      case .dialect:
        switch kind {
        case .wordPiece: wordPieceDialect = try reader.choice(name.rawValue, TextSettings.wordPieceDialects)
        case .sentencePiece: pieceDialect = try reader.choice(name.rawValue, TextSettings.pieceDialects)
        case .bytePairs, .wordPairs, .pipeline:
          bytePairDialect = try reader.choice(name.rawValue, TextSettings.bytePairDialects)
        }
      case .prefix: addsPrefixSpace = try reader.choice(name.rawValue, ["space": true, "none": false])
      case .ties:
        ties = try reader.choice(name.rawValue, TextSettings.tieRules)
      case .length: length = try reader.length()
      case .kind, .file, .accents, .ideographs, .spaces, .quotes, .commas, .punctuation, .words, .special, .template:
        break
      }
    }
    let known = Set(names.map(\.rawValue) + ["added", "rules", "assumed"])
    if let stranger = json.members?.first(where: { !known.contains($0.name) }) {
      throw reader.unsupported("the setting \(stranger.name)")
    }
    for name in try reader.assumed(of: names) { origins[name] = .assumed("as when it was converted") }
  }
}

/// Reads the members of the settings of texts.
private struct Reader {
  let json: JSON
  let path: String

  func damaged(_ name: String, _ expected: String) -> Problem {
    Problem(
      .damaged, file: path, object: "the settings of texts",
      found: "\(name) = \(String((json[name] ?? .null).compact.prefix(80)))",
      expected: expected)
  }

  func unsupported(_ found: String) -> Problem {
    Problem(
      .unsupported, file: path, object: "the settings of texts", found: found,
      expected: "what this version of Ingot knows",
      advice: "Use the version of Ingot that wrote it, or a newer one")
  }

  func string(_ name: String) throws -> String {
    guard let text = json[name]?.string else { throw damaged(name, "a text") }
    return text
  }

  func choice<Value>(_ name: String, _ values: [String: Value]) throws -> Value {
    guard let value = values[try string(name)] else {
      throw damaged(name, values.keys.sorted().joined(separator: " or "))
    }
    return value
  }

  func special() throws -> SpecialTokens {
    guard let members = json["special"]?.members else { throw damaged("special", "an object of texts") }
    var spellings: [SpecialRole: String] = [:]
    for member in members {
      guard let role = SpecialRole(rawValue: member.name) else { throw unsupported("the role \(member.name)") }
      guard let spelling = member.value.string, !spelling.isEmpty else {
        throw damaged("special", "an object of texts")
      }
      spellings[role] = spelling
    }
    var added: [String: Int] = [:]
    if let json = json["added"] {
      for member in json.members ?? [JSON.Member("", .null)] {
        guard let id = member.value.integer, id >= 0 else { throw damaged("added", "an object of ids") }
        added[member.name] = id
      }
    }
    var special = SpecialTokens(spellings, added: added)
    for member in json["rules"]?.members ?? [] {
      guard let text = member.value.string else { throw damaged("rules", "an object of texts") }
      guard let rules = TokenRules(text: text) else {
        throw unsupported("the rules \(text) of the token \(member.name)")
      }
      special.rules[member.name] = rules
    }
    return special
  }

  func template() throws -> TextTemplate {
    let lines = (json["template"]?.elements ?? []).compactMap(\.string)
    guard lines.count == 2, let template = TextTemplate(single: lines[0], pair: lines[1]) else {
      throw damaged("template", "the template of one text and that of two")
    }
    return template
  }

  func length() throws -> Int? {
    guard let member = json["length"] else { return nil }
    guard let length = member.integer, length > 0 else { throw damaged("length", "a positive number") }
    return length
  }

  func assumed(of names: [TextSettings.Name]) throws -> [TextSettings.Name] {
    let list = json["assumed"]?.elements ?? [.null]
    let assumed = list.compactMap { $0.string.flatMap(TextSettings.Name.init(rawValue:)) }
    guard assumed.count == list.count, names.filter(assumed.contains) == assumed else {
      throw damaged("assumed", "some of the settings, each once and in their order")
    }
    return assumed
  }
}
