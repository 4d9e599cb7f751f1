import Bytes
import JSON

/// What the files of transformers say of a tokenizer: `tokenizer_config.json`, `special_tokens_map.json`, `added_tokens.json`, and where
/// they are silent, the normaliser of `tokenizer.json`.
///
/// Sources: transformers 4.38.2, `tokenization_utils_base.py:2206-2285`, `tokenization_bert.py`, `tokenization_bert_fast.py:230-243`.
struct TokenizerConfiguration {
  /// A value and the name of the file that says it.
  typealias Said<Value> = (value: Value, file: String)

  /// `tokenizer_class`, without the ending of those written in Rust.
  private(set) var name: Said<String>?
  /// What the truth values of `tokenizer_config.json` say: `do_lower_case` and its like.
  private(set) var truths: [String: Said<Bool>] = [:]
  /// `model_max_length`, where it is a length that somebody may mean.
  private(set) var length: Said<Int>?
  /// `extra_ids`, the number of T5's tokens `<extra_id_0>` and so on.
  private(set) var extraIDs: Int?
  /// The special tokens.
  private(set) var special: [SpecialRole: Said<String>] = [:]
  /// Special tokens without a role (`additional_special_tokens`); nil where no file tells.
  private(set) var additional: [String]?
  /// The ids of added tokens.
  private(set) var added: [String: Int] = [:]
  /// How tokens are found in texts.
  private(set) var rules: [String: TokenRules] = [:]
  /// What is asked for that no tokenizer here does, as a phrase: `do_basic_tokenize = false`.
  private(set) var undone: Said<String>?
  /// `never_split` as a phrase, where it names tokens: the slow tokenizers of transformers alone read it.
  private(set) var neverSplit: Said<String>?

  /// `do_lower_case`.
  var lowercases: Said<Bool>? { truths["do_lower_case"] }
  /// `strip_accents`; nil where accents go as the case does.
  var stripsAccents: Said<Bool>? { truths["strip_accents"] }
  /// `tokenize_chinese_chars`.
  var separatesIdeographs: Said<Bool>? { truths["tokenize_chinese_chars"] }
  /// `add_prefix_space`.
  var addsPrefixSpace: Said<Bool>? { truths["add_prefix_space"] }

  /// The truth values that a tokenizer here reads.
  private static let truthNames = [
    "do_lower_case", "strip_accents", "tokenize_chinese_chars", "add_prefix_space", "do_basic_tokenize", "keep_accents",
    "remove_space", "split_by_punct", "legacy",
  ]

  /// Reads what there is.
  ///
  /// `added_tokens_decoder` tells all added tokens, and `special_tokens_map.json` and `added_tokens.json` count where there is none.
  ///
  /// - Throws: `Problem` of kind *damaged* when a file is not JSON, *mismatched* when a member has another form.
  init(of sources: TextSources) throws {
    let configuration = try sources.file("tokenizer_config.json").map { ($0.file, try JSON(parsing: $0)) }
    if let (path, json) = configuration {
      try read(json, of: path, called: "tokenizer_config.json")
      readTokens(json, called: "tokenizer_config.json")
    }
    if let (path, json) = configuration, let decoder = json["added_tokens_decoder"], decoder != .null {
      try readDecoder(decoder, of: path)
    } else {
      if let bytes = sources.file("special_tokens_map.json") {
        readTokens(try JSON(parsing: bytes), called: "special_tokens_map.json")
      }
      if let bytes = sources.file("added_tokens.json") { try readAdded(JSON(parsing: bytes)) }
    }
    readNormalizer(of: sources)
  }

  private mutating func read(_ json: JSON, of path: String, called file: String) throws {
    if let said = json["tokenizer_class"]?.string {
      name = (said.hasSuffix("Fast") ? String(said.dropLast(4)) : said, file)
    }
    for name in TokenizerConfiguration.truthNames {
      guard let value = json[name], value != .null else { continue }
      guard let truth = value.bool else {
        throw Problem(.mismatched, file: path, object: name, found: value.compact, expected: "true, false or null")
      }
      truths[name] = (truth, file)
    }
    if truths["do_basic_tokenize"]?.value == false { undone = ("do_basic_tokenize = false", file) }
    // Where nobody knows a length, transformers writes one of 10^30.
    if let said = json["model_max_length"]?.integer, (1...10_000_000).contains(said) { length = (said, file) }
    if let said = json["extra_ids"]?.integer, (0...100_000).contains(said) { extraIDs = said }
    if let never = json["never_split"]?.elements, !never.isEmpty {
      neverSplit = ("never_split = \(String(json["never_split"]!.compact.prefix(80)))", file)
    }
  }

  /// Reads the special tokens of a file, each a text or an object with its rules.
  private mutating func readTokens(_ json: JSON, called file: String) {
    for role in SpecialRole.allCases {
      guard let member = json["\(role.rawValue)_token"], let said = token(member) else { continue }
      special[role] = (said, file)
    }
    if let list = json["additional_special_tokens"]?.elements { additional = list.compactMap { token($0) } }
  }

  /// The spelling of a special token; where it is an object, its rules are kept.
  private mutating func token(_ json: JSON) -> String? {
    guard let said = json.string ?? json["content"]?.string, !said.isEmpty else { return nil }
    if json.string == nil { rules[said] = TokenizerConfiguration.rules(json, isSpecial: true) }
    return said
  }

  private mutating func readDecoder(_ decoder: JSON, of path: String) throws {
    for member in decoder.members ?? [] {
      guard let id = Int(member.name), (0...BytePairModel.greatestID).contains(id),
        let content = member.value["content"]?.string
      else {
        throw Problem(
          .mismatched, file: path, object: "added_tokens_decoder", found: "\"\(member.name)\": \(brief(member.value))",
          expected: "an id, and an object with its content")
      }
      guard !content.isEmpty else { continue }
      added[content] = id
      rules[content] = TokenizerConfiguration.rules(
        member.value, isSpecial: member.value["special"]?.bool ?? false)
    }
  }

  /// Reads `added_tokens.json`: those that are no special tokens are sought in the normalized text.
  private mutating func readAdded(_ json: JSON) throws {
    let known = Set(special.values.map(\.value) + (additional ?? []))
    for member in json.members ?? [] {
      guard let id = member.value.integer, (0...BytePairModel.greatestID).contains(id), !member.name.isEmpty else {
        continue
      }
      added[member.name] = id
      rules[member.name] = known.contains(member.name) ? rules[member.name] : [.normalized, .ordinary]
    }
  }

  private static func rules(_ json: JSON, isSpecial: Bool) -> TokenRules {
    var rules: TokenRules = isSpecial ? [] : .ordinary
    for (name, rule) in TokenRules.named where json[name]?.bool == true { rules.insert(rule) }
    return rules
  }

  /// Reads the normaliser of a `tokenizer.json`, which counts where no configuration speaks of the case.
  private mutating func readNormalizer(of sources: TextSources) {
    let file = "tokenizer.json"
    guard lowercases == nil, let bytes = sources.file(file),
      let normalizer = (try? JSON(parsing: bytes))?["normalizer"],
      normalizer["type"]?.string == "BertNormalizer"
    else { return }
    for (name, member) in [
      ("do_lower_case", "lowercase"), ("strip_accents", "strip_accents"),
      ("tokenize_chinese_chars", "handle_chinese_chars"),
    ] {
      if truths[name] == nil { truths[name] = normalizer[member]?.bool.map { ($0, file) } }
    }
  }
}
