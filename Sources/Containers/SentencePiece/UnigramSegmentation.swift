import Bytes

/// Which of two sequences of pieces counts as more probable when their scores differ by rounding alone.
///
/// Sums of scores are kept as floats. Up to version 0.2.1 sentencepiece compared them with sums in double precision, and since then
/// with sums that are floats too: of `。。。。。。。` the two make different pieces.
public enum TieRule: String, CaseIterable, Sendable {
  /// Sums in double precision (sentencepiece up to 0.2.1), with which models up to 2025 were trained and used.
  case upTo021 = "0.2.1"
  /// Sums in single precision (sentencepiece from 0.2.2 on).
  case from022 = "0.2.2"
}

/// Finds the most probable sequence of pieces of a text, in one pass over it (Viterbi 1967).
///
/// At each character all pieces that begin there are tried; each place keeps the best sequence that ends there, and of equally good
/// ones the first that was found. The time is linear in the text. Source: sentencepiece 0.2.1, `unigram_model.cc:889-1020`.
struct UnigramSegmentation {
  private let model: SentencePieceModel
  private let ties: TieRule
  /// The score of a character that no piece covers.
  private let unknownScore: Float
  /// The greatest score of a normal piece; the smallest positive number where all are negative (`FLT_MIN`).
  private let greatestScore: Float

  /// The best sequence of pieces that ends at a place.
  private struct End {
    var score: Float = 0
    /// How long its last piece is, which is never more than the longest piece of the model; 0 where no sequence ends.
    var length: Int32 = 0
    var id: Int32 = -1
  }

  init(_ model: SentencePieceModel, ties: TieRule) {
    self.model = model
    self.ties = ties
    (unknownScore, greatestScore) = (model.leastScore - 10, max(model.greatestScore, .leastNormalMagnitude))
  }

  func segments(of text: UnsafeBufferPointer<UInt8>) -> [Segment] {
    var ends = [End](repeating: End(), count: text.count + 1)
    ends.withUnsafeMutableBufferPointer { ends in
      model.trie.units.withUnsafeBufferPointer { units in
        model.scores.withUnsafeBufferPointer { scores in
          model.kinds.withUnsafeBufferPointer { kinds in
            find(in: text, &ends, units, scores, kinds)
          }
        }
      }
    }
    var segments: [Segment] = []
    var end = text.count
    while end > 0 {
      let start = end - Int(ends[end].length)
      segments.append(Segment(range: start..<end, id: Int(ends[end].id)))
      end = start
    }
    return segments.reversed()
  }

  private func find(
    in text: UnsafeBufferPointer<UInt8>, _ ends: inout UnsafeMutableBufferPointer<End>,
    _ units: UnsafeBufferPointer<ByteTrie.Unit>, _ scores: UnsafeBufferPointer<Float>,
    _ kinds: UnsafeBufferPointer<SentencePieceModel.PieceKind>
  ) {
    let isDouble = ties == .upTo021
    var start = 0
    while start < text.count {
      let before = ends[start].score
      let length = UTF8Character.announcedLength(in: text, at: start)
      var coversCharacter = false
      var node: Int32 = 0
      var end = start
      while end < text.count, let child = units.child(of: node, by: text[end]) {
        end += 1
        node = child
        let id = units[Int(node)].id
        guard id >= 0, kinds[Int(id)] != .unused else { continue }
        if end - start == length { coversCharacter = true }
        // A symbol of the user is cheaper than any piece.
        let score =
          kinds[Int(id)] == .userDefined
          ? Double(Float(end - start) * greatestScore) - 0.1 : Double(scores[Int(id)])
        let sum = isDouble ? score + Double(before) : Double(Float(score) + before)
        if ends[end].length == 0 || sum > Double(ends[end].score) {
          ends[end] = End(score: Float(sum), length: Int32(end - start), id: id)
        }
      }
      if !coversCharacter {
        let sum = unknownScore + before
        let end = start + length
        if ends[end].length == 0 || sum > ends[end].score {
          ends[end] = End(score: sum, length: Int32(length), id: Int32(model.unknownID))
        }
      }
      start += length
    }
  }
}
