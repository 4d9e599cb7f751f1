import Bytes
import JSON

/// What the files of transformers say of a tokenizer of BERT's kind, and whether ``Tokenizer`` does it.
///
/// Source: transformers 4.38.2, `tokenization_bert.py`, `tokenization_bert_fast.py:230-243`.
struct TokenizerConfiguration {
  /// The file that speaks, for messages.
  let file: String
  /// `do_lower_case`; nil where the file has no word for it.
  let lowercases: Bool?
  /// `strip_accents`; nil where accents go as the case does.
  let stripsAccents: Bool?
  /// What is asked for that ``Tokenizer`` does not do, as phrases: `tokenize_chinese_chars = false`.
  let undone: [String]

  /// Reads a `tokenizer_config.json`.
  ///
  /// - Throws: `Problem` of kind *damaged* when it is not JSON, *mismatched* when a member is no truth value.
  init(reading bytes: ByteView) throws {
    let json = try JSON(parsing: bytes)
    file = bytes.file
    lowercases = try Self.truth("do_lower_case", in: json, of: file)
    stripsAccents = try Self.truth("strip_accents", in: json, of: file)
    var undone: [String] = []
    for name in ["tokenize_chinese_chars", "do_basic_tokenize"] where try Self.truth(name, in: json, of: file) == false
    {
      undone.append("\(name) = false")
    }
    if let kind = json["tokenizer_class"]?.string, !Self.isBERTs(kind) { undone.append("tokenizer_class = \(kind)") }
    for role in SpecialRole.allCases {
      let name = "\(role.rawValue)_token"
      guard let spelling = SpecialTokens.bert[role], let member = json[name],
        let said = member.string ?? member["content"]?.string
      else { continue }
      if said != spelling { undone.append("\(name) = \(said)") }
    }
    self.undone = undone
  }

  /// Reads the normaliser of a `tokenizer.json`, which counts where no configuration speaks.
  ///
  /// - Returns: Nil when the file is not that of a tokenizer of BERT's kind.
  init?(normalizerOf bytes: ByteView) {
    guard let json = try? JSON(parsing: bytes), let normalizer = json["normalizer"],
      normalizer["type"]?.string == "BertNormalizer"
    else { return nil }
    file = bytes.file
    lowercases = normalizer["lowercase"]?.bool
    stripsAccents = normalizer["strip_accents"]?.bool
    undone = normalizer["handle_chinese_chars"]?.bool == false ? ["handle_chinese_chars = false"] : []
  }

  private static func truth(_ name: String, in json: JSON, of file: String) throws -> Bool? {
    guard let value = json[name], value != .null else { return nil }
    guard let truth = value.bool else {
      throw Problem(.mismatched, file: file, object: name, found: value.compact, expected: "true, false or null")
    }
    return truth
  }

  /// Whether a class of transformers splits texts as BERT's does; RoFormer's also cuts words, which is said elsewhere.
  private static func isBERTs(_ kind: String) -> Bool {
    let name = kind.hasSuffix("Fast") ? String(kind.dropLast(4)) : kind
    return [
      "BertTokenizer", "ConvBertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "LayoutLMTokenizer",
      "MobileBertTokenizer", "PreTrainedTokenizer", "RetriBertTokenizer", "RoFormerTokenizer", "SqueezeBertTokenizer",
      "TokenizersBackend",
    ].contains(name)
  }
}
