import Bytes

/// A token that does not occur in a text behind the tokens before it.
public struct UnmatchedToken: Error, Equatable, CustomStringConvertible {
  /// The token.
  public let token: String
  /// The token's place among the tokens given.
  public let index: Int

  /// Names a token and its place.
  public init(token: String, index: Int) {
    self.token = token
    self.index = index
  }

  /// The facts as one line for a person.
  public var description: String {
    "token \(index), \(printable(token)), does not occur in the text behind the tokens before it"
  }
}

extension WordPieceTokenizer {
  /// Finds for each token of a text the part of the text that it stands for.
  ///
  /// The ranges count scalars (code points) of the text, as Python's indices do. With ``lowercases`` bert4keras counts
  /// in `text.lower()`, which is one scalar longer for every U+0130 before; here the ranges always are those of the text
  /// itself. A range may include control characters, which belong to no token, and syllables of Hangul that are shared
  /// with a neighbour.
  ///
  /// Source: bert4keras 0.11.5, `tokenizers.py`, `Tokenizer.rematch`.
  ///
  /// - Parameter tokens: Tokens of ``tokenize(_:)``, not necessarily all.
  /// - Returns: For each token its range, nil for special tokens.
  /// - Throws: ``UnmatchedToken`` when a token does not occur behind the one before it: the tokens are those of another
  ///   text, or marks from several scalars of the text changed places when it was normalised.
  public func rematch(_ text: String, _ tokens: [String]) throws -> [Range<Int>?] {
    let source = TracedText(text, lowercases: lowercases)
    var position = 0
    return try tokens.enumerated().map { index, token in
      guard !isBracketed(token) else { return nil }
      let pattern = Array(stem(of: token).unicodeScalars)
      guard let start = source.firstPosition(of: pattern, from: position) else {
        throw UnmatchedToken(token: token, index: index)
      }
      position = start + pattern.count
      guard !pattern.isEmpty else { return nil }
      return source.origins[start]..<(source.origins[position - 1] + 1)
    }
  }
}

/// Returns a token without the `##` that marks it as the continuation of a word.
func stem(of token: String) -> String {
  token.utf8.starts(with: "##".utf8) ? String(token.unicodeScalars.dropFirst(2)) : token
}

/// A text normalised scalar by scalar, with the place of origin of each scalar.
private struct TracedText {
  private(set) var scalars: [Unicode.Scalar] = []
  private(set) var origins: [Int] = []

  init(_ text: String, lowercases: Bool) {
    let text = Array(text.unicodeScalars)
    if lowercases {
      var parts: [UInt32] = []
      Lowercasing.forEachLowercase(of: text) { origin, scalar in
        parts.removeAll(keepingCapacity: true)
        CanonicalDecomposition.append(scalar.value, to: &parts)
        for part in parts.map({ Unicode.Scalar($0)! }) where !Lowercasing.isNonspacingMark(part) {
          append(part, from: origin)
        }
      }
    } else {
      for (origin, scalar) in text.enumerated() { append(scalar, from: origin) }
    }
  }

  private mutating func append(_ scalar: Unicode.Scalar, from origin: Int) {
    guard !isDropped(scalar) else { return }
    scalars.append(scalar)
    origins.append(origin)
  }

  /// Tells whether bert4keras drops the scalar here: also `\n`, `\r` and `\t`, which to the tokenizer are spaces.
  private func isDropped(_ scalar: Unicode.Scalar) -> Bool {
    switch ScalarRole(scalar) {
    case .nothing: true
    case .space: scalar.value < 0x20
    case .letter, .word: false
    }
  }

  /// Returns the first position at or behind `start` where `pattern` stands, in linear time (Knuth, Morris and Pratt
  /// 1977).
  func firstPosition(of pattern: [Unicode.Scalar], from start: Int) -> Int? {
    // The length of the longest proper beginning of the pattern that also ends its first n scalars.
    var borders = [0]
    borders.reserveCapacity(pattern.count)
    for scalar in pattern.dropFirst() {
      var length = borders[borders.count - 1]
      while length > 0, pattern[length] != scalar { length = borders[length - 1] }
      borders.append(pattern[length] == scalar ? length + 1 : 0)
    }
    var matched = 0
    var position = start
    while matched < pattern.count {
      guard position < scalars.count else { return nil }
      while matched > 0, pattern[matched] != scalars[position] { matched = borders[matched - 1] }
      if pattern[matched] == scalars[position] { matched += 1 }
      position += 1
    }
    return position - pattern.count
  }
}
