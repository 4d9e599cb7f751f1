import Bytes

/// How texts become the ids that a model reads: a splitter, and the special tokens around one or two texts.
public struct Tokenizer: Sendable {
  /// Splits texts into pieces.
  public let splitter: any PieceSplitter
  /// The tokens that stand for no text.
  public let special: SpecialTokens
  /// Where they stand.
  public let template: TextTemplate
  /// The greatest number of tokens that the model takes, special ones among them; nil for any number.
  public let maximumLength: Int?

  /// Joins a splitter and what stands around texts.
  public init(
    _ splitter: any PieceSplitter, special: SpecialTokens = .bert, template: TextTemplate = .bert,
    maximumLength: Int? = nil
  ) {
    self.splitter = splitter
    self.special = special
    self.template = template
    self.maximumLength = maximumLength
  }

  /// Makes BERT's tokenizer, as bert4keras has it, of a vocabulary alone; see ``WordPieceTokenizer``.
  public init(vocabulary: Vocabulary, lowercases: Bool? = nil, maximumWordLength: Int = 200) {
    self.init(
      WordPieceTokenizer(vocabulary: vocabulary, lowercases: lowercases, maximumWordLength: maximumWordLength))
  }

  /// Returns the tokens of a text among its special tokens.
  ///
  /// What looks like a special token in the text is text; see ``encode(template:second:maximumLength:truncation:)`` for masks.
  public func tokenize(_ text: String) -> [String] {
    template.single.flatMap { part in
      switch part {
      case .text: splitter.pieces(of: text).map(\.text)
      case .special(let role, _): [special[role] ?? role.rawValue]
      }
    }
  }

  /// Returns the tokens, ids and segments of a text or of a pair of texts.
  ///
  /// - Parameters:
  ///   - maximumLength: The greatest number of tokens, special ones among them; the longer text is shortened first. Nothing is removed
  ///     unless it is given.
  ///   - truncation: Which tokens are removed.
  /// - Throws: `Problem` of kind *mismatched* when the vocabulary lacks the token that stands for unknown ones; when it lacks another
  ///   special token, that one takes its place, as in bert4keras.
  ///   ``ImpossibleTruncation`` when the maximum is too small.
  public func encode(
    _ first: String, second: String? = nil, maximumLength: Int? = nil, truncation: Truncation = .right
  ) throws -> Encoding {
    try encode(
      Array(first.utf8), second: second.map { Array($0.utf8) }, maximumLength: maximumLength, truncation: truncation)
  }

  /// Returns the tokens, ids and segments of texts that need not be UTF-8: such bytes are treated as the original program treats them.
  ///
  /// - Throws: As the method that takes strings does.
  public func encode(
    _ first: [UInt8], second: [UInt8]? = nil, maximumLength: Int? = nil, truncation: Truncation = .right
  ) throws -> Encoding {
    try encode(tokens(of: first, text: 0), second.map { tokens(of: $0, text: 1) }, maximumLength, truncation)
  }

  /// Returns the tokens, ids and segments of texts in which the mask's spelling, such as `[MASK]`, stands for a token to be predicted.
  ///
  /// bert4keras has no such function: it would split `[MASK]` at its brackets. Here the text is split at every mask,
  /// spelt exactly so, and the parts between are tokenized as ever; `encode(template:)` of a text without masks is
  /// ``encode(_:second:maximumLength:truncation:)`` of it. ``Encoding/positions(of:)`` tells where the masks stand.
  ///
  /// - Throws: As there, and `Problem` of kind *mismatched* when the vocabulary lacks the mask and a text contains it.
  public func encode(
    template first: String, second: String? = nil, maximumLength: Int? = nil, truncation: Truncation = .right
  ) throws -> Encoding {
    try encode(
      tokens(ofTemplate: first, text: 0), second.map { try tokens(ofTemplate: $0, text: 1) }, maximumLength, truncation)
  }

  /// Checks that the model takes as many tokens as a text has.
  ///
  /// - Parameter name: What messages call the text: `line 7`.
  /// - Throws: `Problem` of kind *refused* when there are more than ``maximumLength``.
  public func checkLength(of encoding: Encoding, calling name: String) throws {
    guard let maximumLength, encoding.ids.count > maximumLength else { return }
    throw Problem(
      .refused, file: name, found: "\(encoding.ids.count) tokens", expected: "at most \(maximumLength)",
      advice: "Shorten the text, or have it cut with --truncate")
  }

  /// Joins the pieces of ids into a text, special tokens left out.
  ///
  /// - Throws: `Problem` of kind *mismatched* when an id has no token.
  public func decode(_ ids: [Int]) throws -> String {
    let silent = Set(SpecialRole.allCases.filter { $0 != .unknown }.compactMap { knownID(of: $0) })
    return try splitter.decode(ids.filter { !silent.contains($0) })
  }

  /// Returns the id of a special token.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the vocabulary lacks it.
  public func id(of role: SpecialRole) throws -> Int {
    guard let id = knownID(of: role) else {
      let spelling = special[role] ?? "for \(role.rawValue)"
      throw Problem(
        .mismatched, file: splitter.file, found: "no token \(spelling)",
        expected: "\(special[role] ?? "one"), \(role.purpose)",
        advice: "Check that this is the vocabulary the model was trained with")
    }
    return id
  }

  /// Returns the id of a token, that of the unknown one when the vocabulary lacks it.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the vocabulary lacks both.
  public func id(of token: String) throws -> Int { try knownID(of: token) ?? id(of: .unknown) }

  /// Returns the token of an id; nil when there is none.
  public func token(withID id: Int) -> String? {
    splitter.piece(withID: id) ?? special.added.first { $0.value == id }?.key
  }

  /// Returns the tokens of ids.
  ///
  /// - Throws: `Problem` of kind *mismatched* when an id has no token.
  public func tokens(of ids: [Int]) throws -> [String] {
    try ids.map { id in
      guard let token = token(withID: id) else { throw Problem.noToken(id, in: splitter.file) }
      return token
    }
  }

  private func knownID(of token: String) -> Int? { special.added[token] ?? splitter.id(of: token) }

  private func knownID(of role: SpecialRole) -> Int? { special[role].flatMap { knownID(of: $0) } }
}

extension Tokenizer {
  /// One token on its way into an encoding.
  struct Token {
    let text: String
    let id: Int
    let role: SpecialRole?
    let place: Encoding.Place?
    var segment = 0
  }

  private func tokens(of text: [UInt8], text index: Int, from start: Int = 0) -> [Token] {
    let mask = splitter.findsSpecialTokens ? knownID(of: .mask) : nil
    return text.withUnsafeBufferPointer { splitter.pieces(of: $0) }.map { piece in
      let range = (start + piece.range.lowerBound)..<(start + piece.range.upperBound)
      return Token(
        text: piece.text, id: piece.id, role: piece.id == mask ? .mask : nil,
        place: Encoding.Place(text: index, range: range))
    }
  }

  private func tokens(ofTemplate template: String, text index: Int) throws -> [Token] {
    guard let mask = special[.mask], !splitter.findsSpecialTokens else {
      return tokens(of: Array(template.utf8), text: index)
    }
    let parts = template.unicodeScalars.split(separator: mask.unicodeScalars, omittingEmptySubsequences: false)
    guard parts.count > 1 else { return tokens(of: Array(template.utf8), text: index) }
    let token = Token(text: mask, id: try id(of: .mask), role: .mask, place: nil)
    var tokens: [Token] = []
    var start = 0
    for (number, part) in parts.enumerated() {
      if number > 0 { tokens.append(token) }
      let bytes = Array(String(part).utf8)
      tokens += self.tokens(of: bytes, text: index, from: start)
      start += bytes.count + mask.utf8.count
    }
    return tokens
  }

  private func encode(
    _ first: [Token], _ second: [Token]?, _ maximumLength: Int?, _ truncation: Truncation
  ) throws -> Encoding {
    let unknown = try special[.unknown] == nil ? nil : id(of: .unknown)
    let parts = second == nil ? template.single : template.pair
    /// The special tokens before the first text, behind it and behind the second.
    var around: [[Token]] = [[]]
    var segments: [Int] = []
    for part in parts {
      switch part {
      case .text(_, let segment):
        segments.append(segment)
        around.append([])
      case .special(let role, let segment):
        let spelling = special[role] ?? role.rawValue
        around[around.count - 1].append(
          Token(text: spelling, id: knownID(of: role) ?? unknown ?? -1, role: role, place: nil, segment: segment))
      }
    }
    func placed(_ tokens: [Token], _ segment: Int) -> [Token] {
      tokens.map { token in
        var token = token
        token.segment = segment
        return token
      }
    }
    var texts = [around[0] + placed(first, segments[0]) + around[1]]
    if let second { texts.append(around[0] + placed(second, segments[1]) + around[2]) }
    let count = texts.reduce(0) { $0 + $1.count }
    if let maximumLength {
      // The second text is shortened with what stands before the first, which goes afterwards and does not count.
      let shared = second == nil || maximumLength > .max - around[0].count ? 0 : around[0].count
      var none: [Token] = []
      if texts.count == 1 {
        try truncation.shorten(
          &texts[0], &none, to: maximumLength, before: around[0].count, behind: (around[1].count, 0))
      } else {
        var (one, other) = (texts[0], texts[1])
        try truncation.shorten(
          &one, &other, to: maximumLength + shared, before: around[0].count, behind: (around[1].count, around[2].count))
        texts = [one, other]
      }
    }
    let removed = count - texts.reduce(0) { $0 + $1.count }
    if texts.count == 2 { texts[1].removeFirst(min(around[0].count, texts[1].count)) }
    let tokens = texts.flatMap(\.self)
    return Encoding(
      tokens: tokens.map(\.text), ids: try tokens.map { try $0.id < 0 ? unknown ?? id(of: .unknown) : $0.id },
      segments: tokens.map(\.segment),
      roles: tokens.map(\.role), places: tokens.map(\.place), removedCount: removed)
  }
}

extension Problem {
  /// An id that no token has.
  static func noToken(_ id: Int, in file: String) -> Problem {
    Problem(
      .mismatched, file: file, found: "no token with the id \(id)", expected: "a token for every id of the model",
      advice: "Check that this is the vocabulary the model was trained with")
  }
}
