import Bytes

/// The tokenizer of GPT, whose pieces end with `</w>` where words end: the same pieces and ids for every text.
///
/// A text is cut at added tokens, lowered and split into words as BERT's are, and the characters of each word are merged, the last of them
/// with `</w>` behind it. So does `OpenAIGPTTokenizer` where neither ftfy nor spaCy is installed; with them it repairs the text and finds
/// other words. Of a text that is not UTF-8 each byte that is none counts as U+FFFD. The time is that of sorting the pairs of the longest word.
///
/// Source: transformers 4.38.2, `tokenization_openai.py:246-400`.
public struct WordPairTokenizer: Sendable {
  /// What stands behind the last character of a word.
  static let ending = "</w>"

  /// The tokens that are found in a text before anything else.
  public let addedTokens: [AddedToken]

  let model: BytePairModel
  private let unknownID: Int?
  private let lowering: TextLowering
  private let search: AddedTokenSearch
  private let normalizer = WordNormalizer(
    dialect: .transformers, lowercases: true, stripsAccents: true, separatesIdeographs: true)

  /// Reads `vocab.json` and `merges.txt`.
  ///
  /// - Parameter unknown: The token for what no piece covers.
  /// - Throws: `Problem` of kind *damaged* when the one file is no object of ids, or the other no list of pairs of its pieces.
  public init(
    vocabulary: ByteView, merges: ByteView, unknown: String = "<unk>", addedTokens: [AddedToken] = []
  ) throws {
    model = try BytePairModel(
      vocabulary: vocabulary, merges: merges, format: .slow, unknown: BytePairModel.Unknown(fate: .stays))
    self.addedTokens = addedTokens
    lowering = TextLowering(sheltering: addedTokens)
    search = AddedTokenSearch(addedTokens, dialect: .slow)
    unknownID =
      addedTokens.first { $0.content == unknown }?.id
      ?? model.pieces.place(of: unknown).map { [pieces = model.pieces] in pieces.ids[$0] }
  }
}

extension WordPairTokenizer: PieceSplitter {
  /// The vocabulary's file, for messages.
  public var file: String { model.pieces.file }

  /// The special tokens are added tokens, which are found before anything else.
  public var findsSpecialTokens: Bool { true }

  /// The number of ids: one more than the greatest.
  public var pieceCount: Int { lookup.count }

  /// Returns the pieces of a text that need not be UTF-8, without any around them.
  public func pieces(of text: UnsafeBufferPointer<UInt8>) -> [Piece] {
    let wellFormed = WellFormedText(text)
    var pieces: [Piece] = []
    var merging = BytePairMerging(model.table, order: .sweeping)
    func split(_ text: UnsafeBufferPointer<UInt8>) {
      let lowered = lowering.lowered(text)
      lowered.bytes.withUnsafeBufferPointer { bytes in
        for stretch in search.stretches(of: bytes) {
          if let token = stretch.token {
            let added = addedTokens[token]
            pieces.append(Piece(text: added.content, id: added.id, range: lowered.origin(of: stretch.range)))
          } else {
            forEachPiece(of: bytes, in: stretch.range, &merging) { text, id, range in
              pieces.append(Piece(text: text, id: id, range: lowered.origin(of: range)))
            }
          }
        }
      }
    }
    if let repaired = wellFormed.repaired { repaired.withUnsafeBufferPointer(split) } else { split(text) }
    return pieces.map { Piece(text: $0.text, id: $0.id, range: wellFormed.origin(of: $0.range)) }
  }

  /// Joins the pieces of ids into a text, a space behind each word (`clean_up_tokenization_spaces=False`).
  ///
  /// - Throws: `Problem` of kind *mismatched* for an id that no piece has.
  public func decode(_ ids: [Int]) throws -> String {
    let added = Dictionary(addedTokens.map { ($0.id, Array($0.content.utf8)) }) { first, _ in first }
    var text: [UInt8] = []
    for id in ids {
      if let token = added[id] {
        text += token
        continue
      }
      guard let place = model.pieces.place(ofID: id) else { throw Problem.noToken(id, in: file) }
      let piece = model.pieces.withBytes(at: place) { Array($0) }
      let endsWord = piece.count >= 4 && piece.suffix(4).elementsEqual(WordPairTokenizer.ending.utf8)
      text += endsWord ? piece.dropLast(4) + [UInt8(ascii: " ")] : piece[...]
    }
    if text.last == UInt8(ascii: " ") { text.removeLast() }
    return String(decoding: text, as: UTF8.self)
  }

  /// The id of a piece or an added token; nil when there is none.
  public func id(of piece: String) -> Int? { lookup.id(of: piece) }

  /// The text of a piece or an added token; nil for an id that none has.
  public func piece(withID id: Int) -> String? { lookup.piece(withID: id) }

  private var lookup: TokenLookup { TokenLookup(pieces: model.pieces, addedTokens: addedTokens) }

  /// Splits a stretch into words, and those into pieces.
  private func forEachPiece(
    of text: UnsafeBufferPointer<UInt8>, in range: Range<Int>, _ merging: inout BytePairMerging,
    _ body: (String, Int, Range<Int>) -> Void
  ) {
    var word: [WordNormalizer.Placed] = []
    func finish() {
      if !word.isEmpty { merge(word, of: text, &merging, body) }
      word.removeAll(keepingCapacity: true)
    }
    for placed in normalizer.normalize(PlacedText(text, in: range)) {
      switch placed.role {
      case .letter: word.append(placed)
      case .word:
        finish()
        word.append(placed)
        finish()
      case .space: finish()
      case .nothing: break
      }
    }
    finish()
  }

  /// Merges the characters of a word.
  private func merge(
    _ word: [WordNormalizer.Placed], of text: UnsafeBufferPointer<UInt8>, _ merging: inout BytePairMerging,
    _ body: (String, Int, Range<Int>) -> Void
  ) {
    merging.removeAll()
    for (index, placed) in word.enumerated() {
      let character = String(placed.scalar) + (index == word.count - 1 ? WordPairTokenizer.ending : "")
      merging.append(model.pieces.place(of: character).map(Int32.init) ?? -1, endingAt: index + 1)
    }
    merging.merge()
    var start = 0
    for (symbol, end) in zip(merging.symbols, merging.ends) {
      let within = word[start..<end]
      let last = within.map(\.origin).max()!
      let range = within.map(\.origin).min()!..<(last + PlacedText.scalar(of: text, at: last).length)
      if symbol >= 0 {
        body(model.pieces.text(at: Int(symbol)), model.pieces.ids[Int(symbol)], range)
      } else {
        let spelling = String(String.UnicodeScalarView(within.map(\.scalar)))
        body(spelling + (end == word.count ? WordPairTokenizer.ending : ""), unknownID ?? -1, range)
      }
      start = end
    }
  }
}
