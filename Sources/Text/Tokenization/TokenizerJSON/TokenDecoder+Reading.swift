import JSON

extension TokenDecoder {
  /// Reads a decoder; see ``TokenizerPipeline/init(reading:)``.
  init(reading part: PartReader) throws {
    switch try part.type() {
    case "Sequence": self = .sequence(try part.parts("decoders").map(TokenDecoder.init(reading:)))
    case "ByteLevel": self = .byteLevel
    case "WordPiece":
      self = .wordPiece(prefix: Array(try part.text("prefix").utf8), tidies: try part.truth("cleanup"))
    case "Metaspace":
      let space = try Metaspace(reading: part)
      self = .metaspace(replacement: space.replacement, dropsFirst: space.scheme != .never)
    case "Fuse": self = .fuse
    case "Strip":
      self = .strip(
        content: try part.character("content"), start: try part.count("start"), stop: try part.count("stop"))
    case "Replace": self = .replace(try TextReplacement(reading: part))
    case "ByteFallback": self = .byteFallback
    case let type:
      throw part.unsupported(
        type, "Sequence, ByteLevel, WordPiece, Metaspace, Fuse, Strip, Replace or ByteFallback")
    }
  }
}

extension PostProcessing {
  /// Reads a post-processor; see ``TokenizerPipeline/init(reading:)``.
  init(reading part: PartReader) throws {
    switch try part.type() {
    case "BertProcessing":
      let (cls, sep) = (try Self.token("cls", part), try Self.token("sep", part))
      func token(_ token: (String, Int), _ segment: Int) -> Part { .token(token.0, id: token.1, segment: segment) }
      single = [token(cls, 0), .text(0, segment: 0), token(sep, 0)]
      pair = single + [.text(1, segment: 1), token(sep, 1)]
    case "RobertaProcessing":
      let (cls, sep) = (try Self.token("cls", part), try Self.token("sep", part))
      let end = Part.token(sep.0, id: sep.1, segment: 0)
      single = [.token(cls.0, id: cls.1, segment: 0), .text(0, segment: 0), end]
      pair = single + [end, .text(1, segment: 0), end]
    case "TemplateProcessing":
      let tokens = try Self.tokens(part.part("special_tokens"))
      single = try part.parts("single").flatMap { try Self.parts($0, tokens) }
      pair = try part.parts("pair").flatMap { try Self.parts($0, tokens) }
      // A text that comes twice, or not at all, is no way to read it.
      for (name, texts, expected) in [("single", Self.texts(in: single), [0]), ("pair", Self.texts(in: pair), [0, 1])]
      where texts != expected {
        throw part.unsupported(
          name, found: "the texts \(texts.map { $0 == 0 ? "A" : "B" })",
          expected == [0] ? "A once" : "A and B, each once")
      }
    case "ByteLevel": self = .none
    case "Sequence":
      self = .none
      for (number, inner) in try part.parts("processors").enumerated() {
        let processing = try PostProcessing(reading: inner)
        guard processing != .none else { continue }
        guard self == .none else {
          throw part.unsupported(
            "processors[\(number)]", found: "a second one that adds tokens", "at most one")
        }
        self = processing
      }
    case let type:
      throw part.unsupported(type, "Sequence, BertProcessing, RobertaProcessing, TemplateProcessing or ByteLevel")
    }
  }

  private static func texts(in parts: [Part]) -> [Int] {
    parts.compactMap { if case .text(let index, _) = $0 { index } else { nil } }
  }

  /// A pair of a token and its id.
  private static func token(_ name: String, _ part: PartReader) throws -> (String, Int) {
    guard let pair = part.json[name]?.elements, pair.count == 2, let text = pair[0].string,
      let id = pair[1].integer, (0...BytePairModel.greatestID).contains(id)
    else { throw part.wrong(name, "a token and its id") }
    return (text, id)
  }

  /// The special tokens of a template by their names, each of one token or several.
  private static func tokens(_ part: PartReader) throws -> [String: [(String, Int)]] {
    guard let members = part.json.members else { throw part.itself("an object of tokens") }
    var tokens: [String: [(String, Int)]] = [:]
    for member in members {
      let inner = PartReader(json: member.value, path: "\(part.path).\(member.name)", file: part.file)
      let ids = try inner.parts("ids").map { try $0.number(0...BytePairModel.greatestID) }
      let texts = try inner.parts("tokens").map { try $0.string() }
      guard ids.count == texts.count else {
        throw inner.damaged("ids", "\(ids.count) ids for \(texts.count) tokens", "one for each")
      }
      tokens[member.name] = Array(zip(texts, ids))
    }
    return tokens
  }

  private static func parts(_ part: PartReader, _ tokens: [String: [(String, Int)]]) throws -> [Part] {
    if part.json["Sequence"] != nil {
      let inner = try part.part("Sequence")
      let id = try inner.text("id")
      guard id == "A" || id == "B" else { throw inner.wrong("id", "\"A\" or \"B\"") }
      return [.text(id == "A" ? 0 : 1, segment: try inner.count("type_id"))]
    }
    let inner = try part.part("SpecialToken")
    let id = try inner.text("id")
    guard let special = tokens[id] else { throw inner.damaged("id", "\"\(id)\"", "one of special_tokens") }
    let segment = try inner.count("type_id")
    return special.map { .token($0.0, id: $0.1, segment: segment) }
  }
}
