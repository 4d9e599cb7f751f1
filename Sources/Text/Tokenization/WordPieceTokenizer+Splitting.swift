extension WordPieceTokenizer {
  /// Returns the pieces of a text without any before or after them; bytes that are no UTF-8 vanish.
  public func pieces(of text: UnsafeBufferPointer<UInt8>) -> [Piece] {
    var pieces: [Piece] = []
    var word = Word()
    func finishWord() {
      guard word.length > 0 else { return }
      append(word, of: text, to: &pieces)
      word.removeAll()
    }
    func take(_ scalar: Unicode.Scalar, from origin: Int) {
      switch ScalarRole(scalar) {
      case .letter:
        word.append(scalar, from: origin)
      case .word:
        finishWord()
        word.append(scalar, from: origin)
        finishWord()
      case .space:
        finishWord()
      case .nothing:
        break
      }
    }
    if lowercases {
      let lowered = PlacedText(text).lowered()
      for (scalar, origin) in zip(lowered.scalars, lowered.origins) { take(scalar, from: origin) }
    } else {
      var position = 0
      while position < text.count {
        let (scalar, length) = PlacedText.scalar(of: text, at: position)
        take(scalar, from: position)
        position += length
      }
    }
    finishWord()
    return pieces
  }

  /// Splits a word into the longest tokens from left to right, `##` in front of all but the first.
  ///
  /// Source: bert4keras 0.11.5, `tokenizers.py`, `Tokenizer._word_piece_tokenize`.
  private func append(_ word: Word, of text: UnsafeBufferPointer<UInt8>, to pieces: inout [Piece]) {
    let first = pieces.count
    var rest = word.utf8[...]
    while word.length <= maximumWordLength, !rest.isEmpty {
      let continuing = rest.startIndex > 0
      guard let match = vocabulary.longestMatch(in: rest, continuing: continuing) else { break }
      let range = rest.startIndex..<(rest.startIndex + match.length)
      let token = (continuing ? "##" : "") + String(decoding: word.utf8[range], as: UTF8.self)
      pieces.append(Piece(text: token, id: match.id, range: word.source(of: range, in: text)))
      rest = rest[range.upperBound...]
    }
    guard !rest.isEmpty else { return }
    pieces.removeSubrange(first...)
    pieces.append(
      Piece(
        text: String(decoding: word.utf8, as: UTF8.self), id: vocabulary.id(ofBytes: word.utf8) ?? unknownID,
        range: word.source(of: word.utf8.indices, in: text)))
  }
}

/// A word of a text: its bytes, each with the byte of the text where its scalar comes from, and its length in scalars.
private struct Word {
  private(set) var utf8: [UInt8] = []
  private(set) var origins: [Int] = []
  private(set) var length = 0

  mutating func append(_ scalar: Unicode.Scalar, from origin: Int) {
    for byte in UTF8.encode(scalar)! {
      utf8.append(byte)
      origins.append(origin)
    }
    length += 1
  }

  mutating func removeAll() {
    utf8.removeAll(keepingCapacity: true)
    origins.removeAll(keepingCapacity: true)
    length = 0
  }

  /// The bytes of the text that some bytes of the word come from; marks may have changed places.
  func source(of range: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
    var (first, last) = (origins[range.lowerBound], origins[range.lowerBound])
    for index in range {
      first = min(first, origins[index])
      last = max(last, origins[index])
    }
    return first..<(last + PlacedText.scalar(of: text, at: last).length)
  }
}
