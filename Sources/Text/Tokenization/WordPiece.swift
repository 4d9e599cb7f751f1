extension Tokenizer {
  /// Returns the tokens of a text without any before or after it.
  func pieces(of text: String) -> [String] {
    var tokens: [String] = []
    var word = Word()
    func finishWord() {
      guard word.length > 0 else { return }
      append(word, to: &tokens)
      word.removeAll()
    }
    func take(_ scalar: Unicode.Scalar) {
      switch ScalarRole(scalar) {
      case .letter:
        word.append(scalar)
      case .word:
        finishWord()
        word.append(scalar)
        finishWord()
      case .space:
        finishWord()
      case .nothing:
        break
      }
    }
    if lowercases {
      Lowercasing.normalize(text.unicodeScalars).forEach(take)
    } else {
      text.unicodeScalars.forEach(take)
    }
    finishWord()
    return tokens
  }

  /// Splits a word into the longest tokens from left to right, `##` in front of all but the first.
  ///
  /// Source: bert4keras 0.11.5, `tokenizers.py`, `Tokenizer._word_piece_tokenize`.
  private func append(_ word: Word, to tokens: inout [String]) {
    let first = tokens.count
    var rest = word.utf8[...]
    while word.length <= maximumWordLength, !rest.isEmpty {
      let continuing = rest.startIndex > 0
      guard let length = vocabulary.longestMatch(in: rest, continuing: continuing) else { break }
      tokens.append((continuing ? "##" : "") + String(decoding: rest.prefix(length), as: UTF8.self))
      rest = rest.dropFirst(length)
    }
    guard !rest.isEmpty else { return }
    tokens.removeSubrange(first...)
    tokens.append(String(decoding: word.utf8, as: UTF8.self))
  }
}

/// A word of a text: its bytes, and its length in scalars.
private struct Word {
  private(set) var utf8: [UInt8] = []
  private(set) var length = 0

  mutating func append(_ scalar: Unicode.Scalar) {
    utf8.append(contentsOf: UTF8.encode(scalar)!)
    length += 1
  }

  mutating func removeAll() {
    utf8.removeAll(keepingCapacity: true)
    length = 0
  }
}
