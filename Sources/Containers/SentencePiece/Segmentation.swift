/// A part of a prepared text and the id of its piece.
struct Segment {
  /// The bytes of the text.
  let range: Range<Int>
  /// The id of the piece, that of the unknown piece where no other covers the part.
  let id: Int
}

extension SentencePieceModel {
  /// Splits a prepared text into pieces.
  func segments(of text: UnsafeBufferPointer<UInt8>, ties: TieRule) -> [Segment] {
    guard !text.isEmpty else { return [] }
    return switch algorithm {
    case .unigram: UnigramSegmentation(self, ties: ties).segments(of: text)
    case .bytePairs: PairMerging(self).segments(of: text)
    case .words: words(of: text)
    case .characters: characters(of: text)
    }
  }

  /// A piece for each character or symbol (sentencepiece 0.2.1, `char_model.cc:24-40`).
  private func characters(of text: UnsafeBufferPointer<UInt8>) -> [Segment] {
    var segments: [Segment] = []
    var position = 0
    while position < text.count {
      let end =
        position
        + (symbols?.longestMatch(in: text, at: position)
          ?? UTF8Character.announcedLength(in: text, at: position))
      segments.append(segment(position..<end, of: text))
      position = end
    }
    return segments
  }

  /// A piece for each word, with its space (sentencepiece 0.2.1, `word_model.cc`, `model_interface.cc:148-201`).
  private func words(of text: UnsafeBufferPointer<UInt8>) -> [Segment] {
    let space = PieceNormalizer.escapedSpace
    var bounds = [0]
    var isInSpaces = false
    var position = 0
    while position < text.count {
      let next = position + UTF8Character.announcedLength(in: text, at: position)
      let isSpace = text[position..<next].elementsEqual(space)
      if normalizer.isSuffix {
        if isSpace {
          if !allowsPiecesOfSpaces, next < text.count { bounds.append(next) }
        } else if isInSpaces, allowsPiecesOfSpaces {
          bounds.append(position)
        }
        isInSpaces = isSpace
      } else {
        if position > 0, isSpace, !isInSpaces || !allowsPiecesOfSpaces { bounds.append(position) }
        isInSpaces = isSpace
      }
      position = next
    }
    bounds.append(text.count)
    return zip(bounds, bounds.dropFirst()).map { segment($0..<$1, of: text) }
  }

  private func segment(_ range: Range<Int>, of text: UnsafeBufferPointer<UInt8>) -> Segment {
    Segment(range: range, id: id(of: UnsafeBufferPointer(rebasing: text[range])))
  }
}
