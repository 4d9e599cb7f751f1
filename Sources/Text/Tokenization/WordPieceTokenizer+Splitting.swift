extension WordPieceTokenizer {
  /// Returns the pieces of a text without any before or after them; bytes that are no UTF-8 vanish.
  public func pieces(of text: UnsafeBufferPointer<UInt8>) -> [Piece] {
    WordPieceScan.with(text, by: self) { scan in
      split(text, by: &scan)
      return scan.parts.map { part in
        if part.isFound {
          let token = foundTokens[Int(part.rank)]
          return Piece(text: token.content, id: token.id, range: part.source)
        }
        if part.rank >= 0 {
          let token = vocabulary.bytes(ofTokenAt: Int(part.rank))
          return Piece(
            text: String(decoding: token, as: UTF8.self), id: vocabulary.id(ofTokenAt: Int(part.rank)),
            range: part.source)
        }
        let isWord = dialect == .bert4keras
        let word = isWord ? String(decoding: scan.unknownWords[part.word], as: UTF8.self) : unknown
        return Piece(text: word, id: id(ofUnknown: part, in: scan), range: part.source)
      }
    }
  }

  /// Returns the ids of a text's pieces, without any before or after them.
  public func ids(of text: UnsafeBufferPointer<UInt8>) -> [Int] {
    WordPieceScan.with(text, by: self) { scan in
      split(text, by: &scan)
      return scan.parts.map { part in
        if part.isFound { return foundTokens[Int(part.rank)].id }
        return part.rank >= 0 ? vocabulary.id(ofTokenAt: Int(part.rank)) : id(ofUnknown: part, in: scan)
      }
    }
  }

  /// The id of a word that does not come apart: to bert4keras it may be a token all the same, when it is a long one.
  private func id(ofUnknown part: WordPieceScan.Part, in scan: WordPieceScan) -> Int {
    guard dialect == .bert4keras else { return unknownID }
    return scan.unknownWords[part.word].withUnsafeBufferPointer { vocabulary.id(ofBytes: $0) } ?? unknownID
  }

  private func split(_ text: UnsafeBufferPointer<UInt8>, by scan: inout WordPieceScan) {
    for stretch in specialTokens.stretches(of: text) {
      if let token = stretch.token {
        scan.append(WordPieceScan.Part(rank: Int32(token), isFound: true, source: stretch.range))
      } else if !splitsWords {
        scan.splitAtSpaces(stretch.range)
      } else if let cutter {
        split(text, stretch.range, by: cutter, &scan)
      } else {
        scan.split(stretch.range)
      }
    }
  }

  /// Cuts the normalized text into words first: one that is a token is one piece, any other is split as ever.
  ///
  /// Source: bert4keras 0.11.5, `tokenizers.py`, `Tokenizer._tokenize` with `pre_tokenize`. There the words are normalized a second time,
  /// which changes nothing.
  private func split(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, by cutter: WordCutter, _ scan: inout WordPieceScan
  ) {
    let scalars = normalizer.normalize(PlacedText(text, in: range))
    var bytes: [UInt8] = []
    /// For each byte the place of its scalar.
    var places: [Int] = []
    bytes.reserveCapacity(range.count)
    places.reserveCapacity(range.count)
    for (place, placed) in scalars.enumerated() {
      for byte in UTF8.encode(placed.scalar)! {
        bytes.append(byte)
        places.append(place)
      }
    }
    bytes.withUnsafeBufferPointer { bytes in
      for word in cutter.ranges(of: bytes) {
        let within = scalars[places[word.lowerBound]...places[word.upperBound - 1]]
        guard let rank = vocabulary.rank(ofBytes: UnsafeBufferPointer(rebasing: bytes[word])) else {
          scan.take(within)
          continue
        }
        let origins = within.map(\.origin)
        let last = origins.max()!
        scan.append(
          WordPieceScan.Part(
            rank: Int32(rank), source: origins.min()!..<(last + PlacedText.scalar(of: text, at: last).length)))
      }
    }
  }
}
