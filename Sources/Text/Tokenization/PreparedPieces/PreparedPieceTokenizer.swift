import SentencePiece

/// SentencePiece as the programs of ALBERT, XLNet, DeBERTa V3 and T5 call it: the same pieces and ids for every text.
///
/// A text is cut at added tokens, what stands between is prepared, and SentencePiece splits it. Of a text that is not UTF-8 each byte that
/// is none counts as U+FFFD. The time is linear in the text, but for sorting runs of combining marks.
///
/// Source: transformers 4.38.2, `tokenization_utils.py:541-640`, `tokenization_albert.py`, `tokenization_xlnet.py`,
/// `tokenization_deberta_v2.py`, `tokenization_t5.py`.
public struct PreparedPieceTokenizer: Sendable {
  /// Who calls SentencePiece.
  public enum Dialect: String, CaseIterable, Sendable {
    /// The library alone, or bert4keras and Google's programs, to which what looks like a special token is text.
    case sentencePiece = "sentencepiece"
    /// The slow tokenizers of transformers up to 4, which find special and added tokens in texts, and lower each character alone before
    /// they prepare the text.
    case transformers
  }

  /// What splits prepared texts.
  public let pieces: SentencePieceTokenizer
  /// Whose rules count.
  public let dialect: Dialect
  /// What is done to a text first.
  public let preparation: PiecePreparation
  /// The tokens that are found in a text before anything else, in the dialect `transformers`.
  public let addedTokens: [AddedToken]

  private let search: AddedTokenSearch
  private let lowering: TextLowering?
  private let comma: Piece

  /// Joins a SentencePiece model with what is done before it.
  public init(
    _ pieces: SentencePieceTokenizer, dialect: Dialect = .sentencePiece, preparation: PiecePreparation = .init(),
    addedTokens: [AddedToken] = []
  ) {
    self.pieces = pieces
    self.dialect = dialect
    self.preparation = preparation
    self.addedTokens = dialect == .transformers ? addedTokens : []
    search = AddedTokenSearch(self.addedTokens, dialect: .slow)
    let lowers = preparation.lowercases && dialect == .transformers
    lowering = lowers ? TextLowering(sheltering: self.addedTokens) : nil
    comma = Piece(text: ",", id: pieces.model.id(of: ",") ?? pieces.model.unknownID, range: 0..<0)
  }
}

extension PreparedPieceTokenizer: PieceSplitter {
  /// The file of the model, for messages.
  public var file: String { pieces.model.file }

  /// The number of ids: one more than the greatest.
  public var pieceCount: Int { max(pieces.model.count, (addedTokens.map(\.id).max() ?? -1) + 1) }

  /// Whether special tokens in texts are found.
  public var findsSpecialTokens: Bool { dialect == .transformers }

  /// Returns the pieces of a text that need not be UTF-8, without any around them.
  public func pieces(of text: UnsafeBufferPointer<UInt8>) -> [Piece] {
    let wellFormed = WellFormedText(text)
    var pieces: [Piece] = []
    func split(_ text: UnsafeBufferPointer<UInt8>) {
      let lowered = lowering?.lowered(text) ?? PlacedBytes(text, at: 0, isPlaced: true)
      lowered.bytes.withUnsafeBufferPointer { bytes in
        for stretch in search.stretches(of: bytes) {
          guard let token = stretch.token else {
            append(lowered.slice(stretch.range), to: &pieces)
            continue
          }
          let added = addedTokens[token]
          pieces.append(Piece(text: added.content, id: added.id, range: lowered.origin(of: stretch.range)))
        }
      }
    }
    if let repaired = wellFormed.repaired { repaired.withUnsafeBufferPointer(split) } else { split(text) }
    return pieces.map { Piece(text: $0.text, id: $0.id, range: wellFormed.origin(of: $0.range)) }
  }

  /// Joins the pieces of ids into a text, added tokens as they are written.
  ///
  /// - Throws: `Problem` of kind *mismatched* for an id that no piece has.
  public func decode(_ ids: [Int]) throws -> String {
    let added = Dictionary(addedTokens.map { ($0.id, $0.content) }) { first, _ in first }
    let stretches = ids.split(omittingEmptySubsequences: false) { added[$0] != nil }
    var text = ""
    var position = 0
    for stretch in stretches {
      text += try pieces.decode(Array(stretch))
      position += stretch.count
      if position < ids.count { text += added[ids[position]] ?? "" }
      position += 1
    }
    return text
  }

  /// The id of a piece or an added token; nil when there is none.
  public func id(of piece: String) -> Int? {
    addedTokens.first { $0.content.utf8.elementsEqual(piece.utf8) }?.id ?? pieces.model.id(of: piece)
  }

  /// The text of a piece or an added token; nil for an id that none has.
  public func piece(withID id: Int) -> String? {
    addedTokens.first { $0.id == id }?.content ?? pieces.model.piece(withID: id)
  }

  /// Appends the pieces of what stands between added tokens.
  private func append(_ text: PlacedBytes, to result: inout [Piece]) {
    let prepared = preparation.changesText ? PlacedBytes(preparation.prepared(NormalizedText(text))) : text
    prepared.bytes.withUnsafeBufferPointer { bytes in
      for part in preparation.parts(of: bytes) {
        for piece in pieces.split(UnsafeBufferPointer(rebasing: bytes[part])) {
          let range = part.lowerBound + piece.range.lowerBound..<part.lowerBound + piece.range.upperBound
          append(piece, at: range, of: prepared, to: &result)
        }
      }
    }
  }

  /// Appends a piece, a comma behind a digit by itself.
  private func append(
    _ piece: SentencePieceTokenizer.Piece, at range: Range<Int>, of text: PlacedBytes, to result: inout [Piece]
  ) {
    let origin = text.origin(around: range)
    let scalars = Array(piece.text.unicodeScalars)
    guard preparation.separatesCommas, scalars.count > 1, scalars.last == ",", isDigit(scalars[scalars.count - 2])
    else {
      return result.append(named(piece.text, piece.id, origin))
    }
    let space = PreparedPieceTokenizer.space
    var rest = String.UnicodeScalarView()
    rest.append(contentsOf: scalars.dropLast().filter { $0 != space })
    var last = max(range.lowerBound, range.upperBound - 1)
    while last > range.lowerBound, text.bytes[last] & 0xC0 == 0x80 { last -= 1 }
    let border = text.origin(around: last..<range.upperBound).lowerBound
    var parts = pieces.split(String(rest)).map { ($0.text, $0.id) }
    if let first = parts.first?.0, scalars[0] != space, first.unicodeScalars.first == space {
      let bare = String(first.unicodeScalars.dropFirst())
      parts[0] = (bare, pieces.model.id(of: bare) ?? pieces.model.unknownID)
      if bare.isEmpty { parts.removeFirst() }
    }
    result += parts.map { named($0.0, $0.1, origin.lowerBound..<border) }
    result.append(Piece(text: comma.text, id: comma.id, range: border..<origin.upperBound))
  }

  /// A piece by its text, which may be that of a piece that no text becomes, such as a control piece (`piece_to_id`).
  private func named(_ text: String, _ id: Int, _ range: Range<Int>) -> Piece {
    Piece(text: text, id: id == pieces.model.unknownID ? pieces.model.id(of: text) ?? id : id, range: range)
  }

  /// Python's `isdigit()`.
  private func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x80 else { return (0x30...0x39).contains(scalar.value) }
    guard let age = scalar.properties.age, age.major <= 14 else { return false }
    return scalar.properties.numericType == .decimal || scalar.properties.numericType == .digit
  }

  /// What stands for a space in pieces.
  private static let space: Unicode.Scalar = "\u{2581}"
}
