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
    forEachPart(of: prepared(text)) { part in
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
    /// The piece that may go on, in the prepared text: unknown neighbours are joined at once, for one by one they would take quadratic time.
    var open: (id: Int, range: Range<Int>)?
    let prepared = prepared(text)
    func source(_ range: Range<Int>) -> Range<Int> {
      prepared.origins[range.lowerBound]..<prepared.origins[range.upperBound]
    }
    func finish() {
      guard let (id, range) = open else { return }
      let text = String(decoding: prepared.bytes[range], as: UTF8.self)
      pieces.append(Piece(text: text, id: id, range: source(range)))
      open = nil
    }
    forEachPart(of: prepared) { part in
      switch part {
      case .piece(let segment, let range):
        finish()
        open = (segment.id, range)
      case .continued(let range): open = open.map { ($0.id, $0.range.lowerBound..<range.upperBound) }
      case .byte(let byte, let range, let isLast):
        finish()
        let whole = source(range)
        pieces.append(
          Piece(
            text: SentencePieceModel.piece(ofByte: byte), id: model.byteIDs[Int(byte)],
            range: isLast ? whole : whole.lowerBound..<whole.lowerBound))
      }
    }
    finish()
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

  private func prepared(_ text: UnsafeBufferPointer<UInt8>) -> PieceNormalizer.Normalized {
    model.normalizer.normalize(text, keeping: model.symbols)
  }

  private func forEachPart(of normalized: PieceNormalizer.Normalized, _ body: (Part) -> Void) {
    let segments = normalized.bytes.withUnsafeBufferPointer { model.segments(of: $0, ties: ties) }
    var followsUnknown = false
    for segment in segments {
      let isUnknown = segment.id == model.unknownID
      if isUnknown, model.hasByteFallback {
        for position in segment.range {
          body(
            .byte(normalized.bytes[position], segment.range, isLast: position == segment.range.upperBound - 1))
        }
      } else if isUnknown, followsUnknown {
        body(.continued(segment.range))
      } else {
        body(.piece(segment, segment.range))
      }
      followsUnknown = isUnknown
    }
  }
}
