import Bytes
import JSON

/// What the files of transformers say of a tokenizer: `tokenizer_config.json`, `special_tokens_map.json`, `added_tokens.json`, and where
/// they are silent, the normaliser of `tokenizer.json`.
///
/// Sources: transformers 4.38.2, `tokenization_utils_base.py`, `tokenization_bert.py`, `tokenization_bert_fast.py:230-243`.
struct TokenizerConfiguration {
  /// A value and the name of the file that says it.
  typealias Said<Value> = (value: Value, file: String)

  /// `tokenizer_class`, without the ending of those written in Rust.
  private(set) var name: Said<String>?
  /// `do_lower_case`.
  private(set) var lowercases: Said<Bool>?
  /// `strip_accents`; nil where accents go as the case does.
  private(set) var stripsAccents: Said<Bool>?
  /// `tokenize_chinese_chars`.
  private(set) var separatesIdeographs: Said<Bool>?
  /// `add_prefix_space`.
  private(set) var addsPrefixSpace: Said<Bool>?
  /// `model_max_length`, where it is a length that somebody may mean.
  private(set) var length: Said<Int>?
  /// The special tokens.
  private(set) var special: [SpecialRole: Said<String>] = [:]
  /// The ids of added tokens.
  private(set) var added: [String: Int] = [:]
  /// What is asked for that BERT's tokenizer here does not do, as phrases: `tokenize_chinese_chars = false`.
  private(set) var undone: [Said<String>] = []

  /// Reads what there is.
  ///
  /// - Throws: `Problem` of kind *damaged* when a file is not JSON, *mismatched* when a member is no truth value.
  init(of sources: TextSources) throws {
    if let bytes = sources.file("added_tokens.json") {
      for member in try JSON(parsing: bytes).members ?? [] {
        if let id = member.value.integer, id >= 0 { added[member.name] = id }
      }
    }
    for name in ["special_tokens_map.json", "tokenizer_config.json"] {
      guard let bytes = sources.file(name) else { continue }
      let json = try JSON(parsing: bytes)
      for role in SpecialRole.allCases {
        guard let member = json["\(role.rawValue)_token"], let said = member.string ?? member["content"]?.string,
          !said.isEmpty
        else { continue }
        special[role] = (said, name)
      }
      if name == "tokenizer_config.json" { try read(json, of: bytes.file, called: name) }
    }
    readNormalizer(of: sources)
  }

  private mutating func read(_ json: JSON, of path: String, called file: String) throws {
    if let said = json["tokenizer_class"]?.string {
      name = (said.hasSuffix("Fast") ? String(said.dropLast(4)) : said, file)
    }
    lowercases = try TokenizerConfiguration.truth("do_lower_case", in: json, of: path).map { ($0, file) }
    stripsAccents = try TokenizerConfiguration.truth("strip_accents", in: json, of: path).map { ($0, file) }
    addsPrefixSpace = try TokenizerConfiguration.truth("add_prefix_space", in: json, of: path).map { ($0, file) }
    separatesIdeographs = try TokenizerConfiguration.truth("tokenize_chinese_chars", in: json, of: path).map {
      ($0, file)
    }
    if try TokenizerConfiguration.truth("do_basic_tokenize", in: json, of: path) == false {
      undone.append(("do_basic_tokenize = false", file))
    }
    // Where nobody knows a length, transformers writes one of 10^30.
    if let said = json["model_max_length"]?.integer, (1...10_000_000).contains(said) { length = (said, file) }
  }

  /// Reads the normaliser of a `tokenizer.json`, which counts where no configuration speaks of the case.
  private mutating func readNormalizer(of sources: TextSources) {
    let file = "tokenizer.json"
    guard lowercases == nil, let bytes = sources.file(file),
      let normalizer = (try? JSON(parsing: bytes))?["normalizer"],
      normalizer["type"]?.string == "BertNormalizer"
    else { return }
    lowercases = normalizer["lowercase"]?.bool.map { ($0, file) }
    if stripsAccents == nil { stripsAccents = normalizer["strip_accents"]?.bool.map { ($0, file) } }
    if separatesIdeographs == nil { separatesIdeographs = normalizer["handle_chinese_chars"]?.bool.map { ($0, file) } }
  }

  private static func truth(_ name: String, in json: JSON, of file: String) throws -> Bool? {
    guard let value = json[name], value != .null else { return nil }
    guard let truth = value.bool else {
      throw Problem(.mismatched, file: file, object: name, found: value.compact, expected: "true, false or null")
    }
    return truth
  }
}
