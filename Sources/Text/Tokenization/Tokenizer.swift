import Bytes

/// BERT's tokenizer as bert4keras has it: the same tokens and ids for every text.
///
/// A text is normalised scalar by scalar, split into words, and each word into the longest tokens of the vocabulary
/// from left to right (WordPiece). A word that does not come apart so, or has more than 200 scalars, is one token, whose
/// id is that of `[UNK]`. The time is linear in the text, but for sorting runs of combining marks.
///
/// Source: bert4keras 0.11.5, `tokenizers.py`, `TokenizerBase` and `Tokenizer`, under Python 3.11 (Unicode 14.0).
public struct Tokenizer: Sendable {
  /// The tokens and their ids.
  public let vocabulary: Vocabulary
  /// Whether texts are lowered and their accents dropped (`do_lower_case`).
  public let lowercases: Bool
  /// The greatest number of scalars of a word that is split into pieces (`word_maxlen`).
  public let maximumWordLength: Int

  /// Makes a tokenizer of a vocabulary alone.
  ///
  /// bert4keras keeps the case of letters unless told otherwise; two words would then be one `[UNK]` to an uncased model. Where nothing is
  /// said here, letters are lowered unless a token outside brackets has an upper-case one. ``init(of:lowercases:)`` also asks the files
  /// that travel with a model.
  public init(vocabulary: Vocabulary, lowercases: Bool? = nil, maximumWordLength: Int = 200) {
    self.vocabulary = vocabulary
    self.lowercases = lowercases ?? (vocabulary.letterCase != .mixed)
    self.maximumWordLength = maximumWordLength
  }

  /// Returns the tokens of a text between `[CLS]` and `[SEP]`.
  ///
  /// What looks like a special token in the text is split at its brackets, as bert4keras does; see
  /// ``encode(template:second:maximumLength:truncation:)`` for masks.
  public func tokenize(_ text: String) -> [String] {
    enclose(pieces(of: text))
  }

  /// Returns the tokens, ids and segments of a text or of a pair of texts.
  ///
  /// A pair is `[CLS] first [SEP] second [SEP]`.
  ///
  /// - Parameters:
  ///   - maximumLength: The greatest number of tokens, special ones among them; the longer text is shortened first.
  ///   - truncation: Which tokens are removed.
  /// - Throws: `Problem` of kind *mismatched* when the vocabulary lacks `[UNK]`. When it lacks `[CLS]` or `[SEP]`, their
  ///   place is taken by `[UNK]`, as in bert4keras. ``ImpossibleTruncation`` when the maximum is too small.
  public func encode(
    _ first: String, second: String? = nil, maximumLength: Int? = nil, truncation: Truncation = .right
  ) throws -> Encoding {
    try encode(tokenize(first), second.map { tokenize($0) }, maximumLength, truncation)
  }

  /// Returns the tokens, ids and segments of texts in which `[MASK]` stands for a token to be predicted.
  ///
  /// bert4keras has no such function: it would split `[MASK]` at its brackets. Here the text is split at every `[MASK]`,
  /// spelt exactly so, and the parts between are tokenized as ever; `encode(template:)` of a text without masks is
  /// ``encode(_:second:maximumLength:truncation:)`` of it. ``Encoding/positions(of:)`` tells where the masks stand.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the vocabulary lacks `[UNK]`, or `[MASK]` and a text contains it;
  ///   ``ImpossibleTruncation`` when the maximum is too small.
  public func encode(
    template first: String, second: String? = nil, maximumLength: Int? = nil, truncation: Truncation = .right
  ) throws -> Encoding {
    try encode(tokenize(template: first), second.map { try tokenize(template: $0) }, maximumLength, truncation)
  }

  /// Returns the id of a special token.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the vocabulary lacks it.
  public func id(of special: SpecialToken) throws -> Int {
    guard let id = vocabulary.id(of: special.rawValue) else {
      throw Problem(
        .mismatched, file: vocabulary.file, found: "no token \(special.rawValue)",
        expected: "\(special.rawValue), \(special.purpose)",
        advice: "Check that this is the vocabulary the model was trained with")
    }
    return id
  }

  /// Returns the ids of tokens, that of `[UNK]` for each one which the vocabulary lacks.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the vocabulary lacks `[UNK]`.
  public func ids(of tokens: [String]) throws -> [Int] {
    let unknown = try id(of: .unknown)
    return tokens.map { vocabulary.id(of: $0) ?? unknown }
  }

  /// Returns the tokens of ids.
  ///
  /// - Throws: `Problem` of kind *mismatched* when an id has no token.
  public func tokens(of ids: [Int]) throws -> [String] {
    try ids.map { id in
      guard let token = vocabulary.token(withID: id) else {
        throw Problem(
          .mismatched, file: vocabulary.file, found: "no token with the id \(id)",
          expected: "a token for every id of the model",
          advice: "Check that this is the vocabulary the model was trained with")
      }
      return token
    }
  }

  private func encode(
    _ first: [String], _ second: [String]?, _ maximumLength: Int?, _ truncation: Truncation
  ) throws -> Encoding {
    var first = first
    var rest = second ?? []
    if let maximumLength {
      // The second text is shortened with its [CLS], which goes afterwards and does not count.
      let shared = second == nil || maximumLength == .max ? 0 : 1
      try truncation.shorten(&first, &rest, to: maximumLength + shared)
    }
    rest.removeFirst(min(1, rest.count))
    let tokens = first + rest
    return Encoding(
      tokens: tokens, ids: try ids(of: tokens),
      segments: Array(repeating: 0, count: first.count) + Array(repeating: 1, count: rest.count))
  }

  private func tokenize(template: String) throws -> [String] {
    let mask = SpecialToken.mask.rawValue
    let parts = template.unicodeScalars.split(separator: mask.unicodeScalars, omittingEmptySubsequences: false)
    if parts.count > 1 { _ = try id(of: .mask) }
    return enclose(Array(parts.map { pieces(of: String($0)) }.joined(separator: [mask])))
  }

  private func enclose(_ pieces: [String]) -> [String] {
    [SpecialToken.start.rawValue] + pieces + [SpecialToken.end.rawValue]
  }
}
