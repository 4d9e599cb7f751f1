import Bytes
import JSON

extension TokenizerPipeline {
  /// Reads a `tokenizer.json`.
  ///
  /// Its parts are those of `tokenizers` 0.15 to 0.23 that the models of this family need. `truncation` is told as ``maximumLength`` and
  /// not carried out, `padding` is passed over, as transformers sets both anew for every call.
  ///
  /// - Throws: `Problem` of kind *damaged* when it is no such file, *unsupported* when it has another part, which is named.
  public init(reading bytes: ByteView) throws {
    let root = PartReader(json: try JSON(parsing: bytes), path: "", file: bytes.file)
    guard root.json.members != nil else {
      throw Problem(
        .damaged, file: bytes.file, found: brief(root.json), expected: "an object with the member \"model\"",
        advice: TokenizerFiles.advice)
    }
    if let version = root.optional("version"), version != "1.0" {
      throw Problem(.unsupported, file: bytes.file, object: "version", found: brief(version), expected: "\"1.0\"")
    }
    func part(_ name: String) -> PartReader? {
      root.optional(name).map { PartReader(json: $0, path: name, file: bytes.file) }
    }
    guard let modelPart = part("model") else {
      throw Problem(
        .damaged, file: bytes.file, object: "model", found: "nothing", expected: "a model",
        advice: TokenizerFiles.advice)
    }
    var model = try Model(reading: modelPart)
    var preTokenizer = try part("pre_tokenizer").map(PreTokenizer.init(reading:))
    if case .bytePairs(let pairs, _) = model, let leaving = preTokenizer?.leavingBytes {
      (model, preTokenizer) = (.bytePairs(pairs, takesBytes: true), leaving)
    }
    let pieces = model.pieces
    self.init(
      file: bytes.file, addedTokens: try Self.addedTokens(root, pieces),
      normalizer: try part("normalizer").map(TextNormalizer.init(reading:)), preTokenizer: preTokenizer, model: model,
      postProcessing: try part("post_processor").map(PostProcessing.init(reading:)) ?? .none,
      decoder: try part("decoder").map(TokenDecoder.init(reading:)),
      maximumLength: try part("truncation").map { try $0.count("max_length") })
  }

  /// The added tokens; each has the id of the piece of its name, or follows behind the model's pieces.
  private static func addedTokens(_ root: PartReader, _ pieces: PieceList) throws -> [AddedToken] {
    guard root.optional("added_tokens") != nil else { return [] }
    var tokens: [AddedToken] = []
    var known: [Spelling: Int] = [:]
    var next = pieces.count
    let parts = try PartReader(json: root.json, path: "", file: root.file).parts("added_tokens")
    for part in parts.map({ PartReader(json: $0.json, path: String($0.path.dropFirst()), file: $0.file) }) {
      let content = try part.text("content")
      let said = try part.count("id")
      guard !content.isEmpty else { continue }
      guard content.utf8.count <= AddedTokenSearch.longestToken else {
        throw Problem(
          .refused, file: part.file, object: part.path, found: "a token of \(content.utf8.count) bytes",
          expected: "at most \(AddedTokenSearch.longestToken)")
      }
      let id = known[Spelling(content)] ?? pieces.place(of: content).map { pieces.ids[$0] } ?? next
      if id == next { next += 1 }
      guard said == id else {
        throw Problem(
          .mismatched, file: part.file, object: part.path, found: "the id \(said) for \"\(content)\"",
          expected: "\(id), which it has to tokenizers", advice: TokenizerFiles.advice)
      }
      let token = AddedToken(
        content, id: id, isSpecial: try part.truth("special"), isSingleWord: try part.truth("single_word"),
        stripsLeft: try part.truth("lstrip"), stripsRight: try part.truth("rstrip"),
        isNormalized: try part.truth("normalized"))
      known[Spelling(content)] = id
      tokens.removeAll { $0.id == id }
      tokens.append(token)
    }
    return tokens
  }
}

extension TokenizerPipeline.Model {
  /// The greatest number of bytes of a piece.
  static let longestPiece = 4_096

  var pieces: PieceList {
    switch self {
    case .wordPiece(let model): model.pieces
    case .bytePairs(let model, _): model.pieces
    case .unigram(let model): model.pieces
    }
  }

  /// Reads a model; older files do not name its type, which its members show.
  init(reading part: PartReader) throws {
    switch try part.json.members != nil && part.optional("type") == nil ? Self.type(of: part) : part.type() {
    case "WordPiece":
      self = .wordPiece(
        WordPieceModel(
          pieces: try Self.vocabulary(part), unknown: try part.text("unk_token"),
          prefix: try part.text("continuing_subword_prefix"),
          maximumWordLength: try part.count("max_input_chars_per_word")))
    case "BPE": self = .bytePairs(try Self.bytePairs(part), takesBytes: false)
    case "Unigram": self = .unigram(try Self.unigram(part))
    case let type: throw part.unsupported(type, "WordPiece, BPE or Unigram")
    }
  }

  private static func type(of part: PartReader) -> String {
    if part.json["merges"] != nil { return "BPE" }
    return part.json["vocab"]?.elements == nil ? "WordPiece" : "Unigram"
  }

  /// The vocabulary as an object of ids.
  private static func vocabulary(_ part: PartReader) throws -> PieceList {
    guard let members = part.json["vocab"]?.members else { throw part.wrong("vocab", "an object of ids") }
    let pieces = try members.map { member in
      guard let id = member.value.integer, (0...BytePairModel.greatestID).contains(id) else {
        throw part.damaged(
          "vocab", "\"\(member.name)\" with the id \(brief(member.value))",
          "a whole number from 0 to \(BytePairModel.greatestID)")
      }
      return (text: member.name, id: id)
    }
    return try checked(PieceList(file: part.file, pieces, object: "\(part.path).vocab"), part)
  }

  /// Refuses pieces so long that looking for them would take longer than the text is.
  private static func checked(_ pieces: PieceList, _ part: PartReader) throws -> PieceList {
    guard pieces.greatestLength <= longestPiece else {
      throw Problem(
        .refused, file: part.file, object: "\(part.path).vocab", found: "a piece of \(pieces.greatestLength) bytes",
        expected: "at most \(longestPiece)")
    }
    return pieces
  }

  private static func bytePairs(_ part: PartReader) throws -> BytePairModel {
    if let dropout = part.optional("dropout"), dropout.double != 0 {
      throw part.unsupported("dropout", found: brief(dropout), "none, for pieces would depend on chance")
    }
    for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let affix = part.optional(name), affix != "" { throw part.unsupported(name, found: brief(affix), "none") }
    }
    let pieces = try vocabulary(part)
    var unknown = BytePairModel.Unknown()
    if part.optional("unk_token") != nil {
      let token = try part.text("unk_token")
      guard let place = pieces.place(of: token) else {
        throw part.damaged("unk_token", "\"\(token)\"", "one of the \(pieces.count) pieces")
      }
      unknown.fate = .becomes(Int32(place))
    }
    unknown.isFused = try part.truth("fuse_unk", else: false)
    if try part.truth("byte_fallback", else: false) { unknown.bytes = bytes(among: pieces) }
    return BytePairModel(
      pieces: pieces, table: try BytePairModel.table(of: merges(part), among: pieces, file: part.file),
      unknown: unknown,
      ignoresMerges: try part.truth("ignore_merges", else: false))
  }

  /// The merges, each a pair of pieces, or in older files a text of two with a space between.
  private static func merges(_ part: PartReader) throws -> [BytePairModel.Pair] {
    try part.parts("merges").compactMap { element in
      if let text = element.json.string {
        if text.hasPrefix("#version") { return nil }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw element.itself("two pieces with a space between") }
        return BytePairModel.Pair(left: String(parts[0]), right: String(parts[1]), object: element.path)
      }
      guard let parts = element.json.elements, parts.count == 2, let left = parts[0].string, let right = parts[1].string
      else { throw element.itself("a pair of pieces") }
      return BytePairModel.Pair(left: left, right: right, object: element.path)
    }
  }

  /// The pieces `<0x00>` to `<0xFF>`.
  private static func bytes(among pieces: PieceList) -> [Int32] {
    (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return Int32(pieces.place(of: "<0x\(digits.count == 1 ? "0" : "")\(digits)>") ?? -1)
    }
  }

  private static func unigram(_ part: PartReader) throws -> UnigramModel {
    var scores: [Double] = []
    let pieces = try part.parts("vocab").enumerated().map { id, element in
      guard let pair = element.json.elements, pair.count == 2, let text = pair[0].string, let score = pair[1].double,
        score.isFinite
      else { throw element.itself("a piece and its score") }
      scores.append(score)
      return (text: text, id: id)
    }
    let list = try checked(PieceList(file: part.file, pieces, object: "\(part.path).vocab"), part)
    var unknown: Int?
    if part.optional("unk_id") != nil {
      let id = try part.count("unk_id")
      guard id < list.count else { throw part.damaged("unk_id", "\(id)", "an id below \(list.count)") }
      unknown = id
    }
    let fallsBack = try part.truth("byte_fallback", else: false)
    return UnigramModel(pieces: list, scores: scores, unknown: unknown, bytes: fallsBack ? bytes(among: list) : nil)
  }
}
