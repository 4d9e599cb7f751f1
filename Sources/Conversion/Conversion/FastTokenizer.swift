import Architectures
import Bytes
import JSON
import ModelFiles
import Tokenization

/// `tokenizer.json`, which the tokenizers written in Rust read, for a list of tokens in a `vocab.txt`.
///
/// It is the file that transformers itself saves for such a folder: `BertConverter` of `convert_slow_tokenizer.py` in transformers 4.38.2, in the
/// spelling of tokenizers 0.15.2. A vocabulary or a configuration of which that program makes something else gets no such file; every
/// version still reads `vocab.txt`.
struct FastTokenizer {
  /// The tokens of the lines, each at the place of the last line that has it.
  private let tokens: [(token: String, id: Int)]
  /// The tokens that stand for no text, with their ids.
  private let special: [(role: SpecialRole, token: String, id: Int)]
  private let lowercases: Bool
  private let stripsAccents: JSON
  private let splitsHan: Bool

  /// The classes whose tokenizers in Rust are made of nothing but a list of tokens and the options of BERT.
  private static let classes: Set = ["BertTokenizer", "BertTokenizerFast", "ElectraTokenizer", "ElectraTokenizerFast"]

  /// Understands a folder as transformers would.
  ///
  /// - Parameters:
  ///   - vocabulary: The bytes of `vocab.txt`.
  ///   - configuration: The members of `tokenizer_config.json`.
  ///   - others: Other files of the tokenizer, by their names: what they say of special tokens must be the same.
  /// - Returns: Nil for another class, for options that the file cannot say, for bytes that are no UTF-8, and for a vocabulary that lacks one of
  ///   the five tokens that stand for no text.
  init?(vocabulary: ByteView, configuration: JSON, beside others: [Attachment]) {
    func said(_ name: String) -> JSON? { configuration[name].flatMap { $0 == .null ? nil : $0 } }
    guard let name = configuration["tokenizer_class"]?.string, Self.classes.contains(name),
      let text = String(validating: vocabulary.array(), as: UTF8.self),
      said("do_basic_tokenize") ?? true == true, said("never_split") == nil,
      said("additional_special_tokens")?.elements?.isEmpty ?? true,
      let lowercases = (said("do_lower_case") ?? true).bool,
      let splitsHan = (said("tokenize_chinese_chars") ?? true).bool
    else { return nil }
    var ids: [Spelling: Int] = [:]
    let lines = Self.lines(of: text)
    for (id, line) in lines.enumerated() { ids[Spelling(line)] = id }
    tokens = lines.enumerated().filter { ids[Spelling($1)] == $0 }.map { (token: $1, id: $0) }
    guard !others.contains(where: { $0.name == "added_tokens.json" || $0.name == TokenizerFile.fast }) else {
      return nil
    }
    let map = others.first { $0.name == "special_tokens_map.json" }.flatMap { try? JSON(parsing: $0.bytes) }
    let roles: [SpecialRole] = [.padding, .unknown, .classification, .separator, .mask]
    var special: [(role: SpecialRole, token: String, id: Int)] = []
    for role in roles {
      let value = said("\(role.rawValue)_token")
      guard let token = value.map({ $0.string ?? $0["content"]?.string }) ?? SpecialTokens.bert[role],
        let id = ids[Spelling(token)]
      else { return nil }
      special.append((role, token, id))
    }
    let spellings = special.map { "\($0.role.rawValue)_token" }
    let isMapped = (map?.members ?? []).allSatisfy { member in
      let own = spellings.firstIndex(of: member.name).map { special[$0].token }
      return own != nil && (member.value.string ?? member.value["content"]?.string) == own
    }
    guard isMapped, Set(special.map(\.id)).count == roles.count,
      Self.addsNothing(said("added_tokens_decoder"), to: special.map(\.token))
    else { return nil }
    (self.special, self.lowercases, self.splitsHan) = (special, lowercases, splitsHan)
    stripsAccents = said("strip_accents") ?? .null
  }

  /// Whether a configuration's list of added tokens has only those that stand for no text.
  private static func addsNothing(_ added: JSON?, to special: [String]) -> Bool {
    (added?.members ?? []).allSatisfy { member in
      let isUsual = ["lstrip", "rstrip", "single_word", "normalized"].allSatisfy { member.value[$0] ?? false == false }
      return isUsual && member.value["content"]?.string.map(special.contains) == true
    }
  }

  /// The lines as Python reads a text file: `\n`, `\r` and `\r\n` end one, and nothing else does.
  private static func lines(of text: String) -> [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var isBehindReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\n", isBehindReturn {
        isBehindReturn = false
        continue
      }
      isBehindReturn = scalar == "\r"
      if scalar == "\n" || scalar == "\r" {
        lines.append(String(line))
        line = String.UnicodeScalarView()
      } else {
        line.append(scalar)
      }
    }
    if !line.isEmpty { lines.append(String(line)) }
    return lines
  }

  /// The file's contents.
  var json: JSON {
    func token(_ role: SpecialRole) -> (token: String, id: Int) {
      let found = special.first { $0.role == role }!
      return (found.token, found.id)
    }
    let (classification, separator) = (token(.classification), token(.separator))
    func template(_ id: String, _ type: Int, isSpecial: Bool = true) -> JSON {
      [isSpecial ? "SpecialToken" : "Sequence": ["id": .string(id), "type_id": .integer(type)]]
    }
    let single = [
      template(classification.token, 0), template("A", 0, isSpecial: false), template(separator.token, 0),
    ]
    return [
      "version": "1.0", "truncation": .null, "padding": .null,
      "added_tokens": .array(
        special.sorted { $0.id < $1.id }.map { one -> JSON in
          [
            "id": .integer(one.id), "content": .string(one.token), "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false, "special": true,
          ]
        }),
      "normalizer": [
        "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": .bool(splitsHan),
        "strip_accents": stripsAccents, "lowercase": .bool(lowercases),
      ],
      "pre_tokenizer": ["type": "BertPreTokenizer"],
      "post_processor": [
        "type": "TemplateProcessing", "single": .array(single),
        "pair": .array(single + [template("B", 1, isSpecial: false), template(separator.token, 1)]),
        "special_tokens": .object(
          [classification, separator].sorted { $0.token.utf8.lexicographicallyPrecedes($1.token.utf8) }.map { one in
            JSON.Member(
              one.token,
              [
                "id": .string(one.token), "ids": .array([.integer(one.id)]),
                "tokens": .array([.string(one.token)]),
              ])
          }),
      ],
      "decoder": ["type": "WordPiece", "prefix": "##", "cleanup": true],
      "model": [
        "type": "WordPiece", "unk_token": .string(token(.unknown).token), "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100,
        "vocab": .object(tokens.map { JSON.Member($0.token, .integer($0.id)) }),
      ],
    ]
  }
}
