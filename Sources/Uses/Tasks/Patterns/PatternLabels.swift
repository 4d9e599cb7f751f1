import Bytes
import Tokenization

/// What the words in the places of a pattern's masks stand for: `不` for *negative*, `很` or `挺` for *positive*.
public struct PatternLabels: Equatable, Sendable {
  /// One label and the words that stand for it.
  public struct Label: Equatable, Sendable {
    /// The label's name.
    public let name: String
    /// The words, in the order in which they were given.
    public internal(set) var words: [String]
  }

  /// The labels, in the order in which they were given, which decides among equals.
  public private(set) var labels: [Label] = []

  /// Understands words and labels, such as `不=negative,很=positive,挺=positive`; a word alone is its own label.
  ///
  /// - Throws: `Problem` of kind *mismatched* when a word or a label is empty, a word stands for two labels, or there is one label only.
  public init(_ spelling: String) throws {
    var words: Set<String> = []
    for part in spelling.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let (word, name) = (sides[0], sides.last!)
      guard !word.isEmpty, !name.isEmpty else {
        throw Problem(
          .mismatched, file: "labels", found: "\"\(part)\" in \"\(spelling)\"",
          expected: "word=label, separated by commas")
      }
      guard words.insert(word).inserted else {
        throw Problem(.mismatched, file: "labels", found: "the word \(word) twice", expected: "each word once")
      }
      if let index = labels.firstIndex(where: { $0.name == name }) {
        labels[index].words.append(word)
      } else {
        labels.append(Label(name: name, words: [word]))
      }
    }
    guard labels.count > 1 else {
      throw Problem(
        .mismatched, file: "labels", found: "the label \(labels[0].name) alone", expected: "at least two labels")
    }
  }

  /// The ids of each label's words, one id for each mask.
  ///
  /// - Throws: `Problem` of kind *mismatched* when a word has another number of tokens than there are masks, or a token is unknown.
  func ids(masks: Int, by tokenizer: Tokenizer) throws -> [[[Int]]] {
    let unknown = try tokenizer.id(of: .unknown)
    return try labels.map { label in
      try label.words.map { word in
        let pieces = try tokenizer.wordPieces(of: word)
        guard pieces.count == masks, pieces.allSatisfy({ $0.id >= 0 && $0.id != unknown }) else {
          let tokens = pieces.map { $0.id < 0 || $0.id == unknown ? "\($0.text) (unknown)" : $0.text }
          throw Problem(
            .mismatched, file: "labels",
            found:
              "the word \(word) of \(tokens.count) \(tokens.count == 1 ? "token" : "tokens"): \(tokens.joined(separator: " "))",
            expected: "\(masks == 1 ? "one token" : "\(masks) tokens") of the vocabulary, one for each mask")
        }
        return pieces.map(\.id)
      }
    }
  }
}

extension Tokenizer {
  /// The pieces of a word in the place of a mask; a word that is a token is that token, whatever it begins with.
  fileprivate func wordPieces(of word: String) throws -> [Piece] {
    if let id = splitter.id(of: word) { return [Piece(text: word, id: id, range: 0..<word.utf8.count)] }
    return splitter.pieces(of: word)
  }
}
