import Bytes

/// The most probable sequence of pieces, as tokenizers finds it: scores are added in double precision, and of equal sums the first counts.
///
/// SentencePiece itself adds in single precision, so the two may differ where sums are nearly equal (``TieRule``). The time is linear in
/// the text. Source: tokenizers 0.23.3, `models/unigram/model.rs:250-345` and `430-470`.
struct UnigramModel: Sendable {
  /// The pieces; their places are their ids.
  let pieces: PieceList
  let scores: [Double]
  /// The piece for characters that none covers; nil where there is none.
  let unknown: Int?
  /// The places of `<0x00>` to `<0xFF>`, -1 for one that is missing; nil where bytes do not stand in (`byte_fallback`).
  let bytes: [Int32]?
  private let trie: ByteTrie
  private let unknownScore: Double

  init(pieces: PieceList, scores: [Double], unknown: Int?, bytes: [Int32]?) {
    (self.pieces, self.scores, self.unknown, self.bytes) = (pieces, scores, unknown, bytes)
    trie = ByteTrie((0..<pieces.count).map { place in (pieces.withBytes(at: place) { Array($0) }, place) })
    unknownScore = (scores.min() ?? 0) - 10
  }

  /// What is needed for a text, kept from text to text.
  struct Scratch {
    fileprivate struct End {
      var score = 0.0
      /// Where the last piece starts; -1 where no sequence ends.
      var start = -1
      /// -1 for an unknown character without a piece for it.
      var place: Int32 = -1
    }

    fileprivate var ends: [End] = []
    fileprivate var path: [(place: Int32, range: Range<Int>)] = []
  }

  /// Hands over each piece of a text: its place, nil for what has none, and its bytes.
  func forEachPiece(
    of text: UnsafeBufferPointer<UInt8>, _ scratch: inout Scratch, _ body: (Int32?, Range<Int>) -> Void
  ) {
    find(in: text, &scratch)
    for (place, range) in scratch.path.reversed() {
      // Unknown characters that are joined may be a piece after all, which was the less probable way.
      guard Int(place) == unknown ?? -1 else {
        body(place, range)
        continue
      }
      let part = UnsafeBufferPointer(rebasing: text[range])
      if let known = pieces.place(of: part) {
        body(Int32(known), range)
      } else if let bytes, part.allSatisfy({ bytes[Int($0)] >= 0 }) {
        for (offset, byte) in part.enumerated() {
          // As with SentencePiece, the last byte stands for the whole.
          body(bytes[Int(byte)], offset == part.count - 1 ? range : range.lowerBound..<range.lowerBound)
        }
      } else {
        body(unknown.map { Int32($0) }, range)
      }
    }
  }

  /// Fills the path from the end of the text to its beginning, neighbouring unknown characters joined.
  private func find(in text: UnsafeBufferPointer<UInt8>, _ scratch: inout Scratch) {
    scratch.ends.removeAll(keepingCapacity: true)
    scratch.ends.append(contentsOf: repeatElement(Scratch.End(), count: text.count + 1))
    scratch.ends.withUnsafeMutableBufferPointer { ends in
      scores.withUnsafeBufferPointer { scores in
        var start = 0
        while start < text.count {
          let before = ends[start].score
          let length = UTF8Scan.scalar(in: text, at: start).length
          var coversCharacter = false
          trie.forEachMatch(in: text, at: start) { place, end in
            if end - start == length { coversCharacter = true }
            let sum = scores[place] + before
            if ends[end].start < 0 || sum > ends[end].score {
              ends[end] = Scratch.End(score: sum, start: start, place: Int32(place))
            }
          }
          let end = start + length
          if !coversCharacter, ends[end].start < 0 || unknownScore + before > ends[end].score {
            ends[end] = Scratch.End(score: unknownScore + before, start: start, place: Int32(unknown ?? -1))
          }
          start = end
        }
      }
    }
    scratch.path.removeAll(keepingCapacity: true)
    var end = text.count
    while end > 0 {
      let (start, place) = (scratch.ends[end].start, scratch.ends[end].place)
      if Int(place) == unknown ?? -1, let last = scratch.path.last, last.place == place {
        scratch.path[scratch.path.count - 1].range = start..<last.range.upperBound
      } else {
        scratch.path.append((place, start..<end))
      }
      end = start
    }
  }
}
