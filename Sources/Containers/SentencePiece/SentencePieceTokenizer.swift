import Bytes

/// A tokenizer that splits texts as sentencepiece does: the same pieces, ids and places for every text.
///
/// Source: sentencepiece 0.2.1, `sentencepiece_processor.cc:547-636` and `766-910`.
public struct SentencePieceTokenizer: Sendable {
  /// The pieces and how texts are prepared.
  public let model: SentencePieceModel
  /// Which of two equally good sequences is taken.
  public let ties: TieRule

  /// One piece of a text.
  public struct Piece: Equatable, Sendable {
    /// The piece; where no piece covers a part of the text, that part as it was prepared.
    public let text: String
    /// Its id.
    public let id: Int
    /// The bytes of the text that it stands for; none for what was added, and for all but the last byte of a character.
    public let range: Range<Int>
  }

  /// Makes a tokenizer of a model.
  public init(_ model: SentencePieceModel, ties: TieRule = .upTo021) {
    self.model = model
    self.ties = ties
  }

  /// Returns the ids of a text's pieces, without any before or after them.
  public func ids(of text: String) -> [Int] {
    var text = text
    return text.withUTF8 { ids(of: $0) }
  }

  /// Returns the ids of the pieces of a text that need not be UTF-8: each byte that is not counts as U+FFFD.
  public func ids(of text: UnsafeBufferPointer<UInt8>) -> [Int] {
    var ids: [Int] = []
    forEachPart(of: text) { part in
      switch part {
      case .piece(let segment, _): ids.append(segment.id)
      case .continued: break
      case .byte(let byte, _, _): ids.append(model.byteIDs[Int(byte)])
      }
    }
    return ids
  }

  /// Returns the pieces of a text, without any before or after them.
  public func split(_ text: String) -> [Piece] {
    var text = text
    return text.withUTF8 { split($0) }
  }

  /// Returns the pieces of a text that need not be UTF-8: each byte that is not counts as U+FFFD.
  public func split(_ text: UnsafeBufferPointer<UInt8>) -> [Piece] {
    var pieces: [Piece] = []
    forEachPart(of: text) { part, normalized in
      func source(_ range: Range<Int>) -> Range<Int> {
        normalized.origins[range.lowerBound]..<normalized.origins[range.upperBound]
      }
      switch part {
      case .piece(let segment, let range):
        pieces.append(
          Piece(text: String(decoding: normalized.bytes[range], as: UTF8.self), id: segment.id, range: source(range)))
      case .continued(let range):
        let last = pieces.removeLast()
        pieces.append(
          Piece(
            text: last.text + String(decoding: normalized.bytes[range], as: UTF8.self), id: last.id,
            range: last.range.lowerBound..<source(range).upperBound))
      case .byte(let byte, let range, let isLast):
        let whole = source(range)
        pieces.append(
          Piece(
            text: SentencePieceModel.piece(ofByte: byte), id: model.byteIDs[Int(byte)],
            range: isLast ? whole : whole.lowerBound..<whole.lowerBound))
      }
    }
    return pieces
  }

  /// What becomes of a segment.
  private enum Part {
    /// A piece, and the bytes of the prepared text.
    case piece(Segment, Range<Int>)
    /// More of the unknown piece before.
    case continued(Range<Int>)
    /// One byte of an unknown piece, whose bytes these are.
    case byte(UInt8, Range<Int>, isLast: Bool)
  }

  private func forEachPart(of text: UnsafeBufferPointer<UInt8>, _ body: (Part) -> Void) {
    forEachPart(of: text) { part, _ in body(part) }
  }

  private func forEachPart(
    of text: UnsafeBufferPointer<UInt8>, _ body: (Part, PieceNormalizer.Normalized) -> Void
  ) {
    let normalized = model.normalizer.normalize(text, keeping: model.symbols)
    let segments = normalized.bytes.withUnsafeBufferPointer { model.segments(of: $0, ties: ties) }
    var followsUnknown = false
    for segment in segments {
      let isUnknown = segment.id == model.unknownID
      if isUnknown, model.hasByteFallback {
        for position in segment.range {
          body(
            .byte(
              normalized.bytes[position], segment.range, isLast: position == segment.range.upperBound - 1), normalized)
        }
      } else if isUnknown, followsUnknown {
        body(.continued(segment.range), normalized)
      } else {
        body(.piece(segment, segment.range), normalized)
      }
      followsUnknown = isUnknown
    }
  }
}
