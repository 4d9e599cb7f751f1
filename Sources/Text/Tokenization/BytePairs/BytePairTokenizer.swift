import Bytes

/// The byte-level tokenizer of GPT-2 and RoBERTa, by `vocab.json` and `merges.txt`: the same pieces and ids for every text.
///
/// A text is cut at added tokens, then by GPT-2's pattern, and the bytes of each part are merged. The slow tokenizers of transformers (and
/// OpenAI's own code) and the fast ones differ in places, which ``Dialect`` lists. The time is that of sorting the pairs of the longest
/// part. Of a text that is not UTF-8 each byte that is none counts as U+FFFD.
///
/// Sources: transformers 4.38.2, `tokenization_gpt2.py`, `tokenization_roberta.py`, `tokenization_utils.py:541-619`; tokenizers 0.23.3.
public struct BytePairTokenizer: Sendable {
  /// Whose tokenizer it is, where two programs of one name differ.
  public enum Dialect: String, CaseIterable, Sendable {
    /// `GPT2Tokenizer` and `RobertaTokenizer` of transformers up to 4: letters and numbers are those of the package `regex` (Unicode
    /// 18.0), a space is put before the whole text, white space around tokens is Python's, all pairs of one rank are merged before
    /// others, and the first line of `merges.txt` counts for nothing.
    case slow
    /// `GPT2TokenizerFast` and `RobertaTokenizerFast`, the only ones of transformers 5: letters and numbers are those of Oniguruma
    /// (Unicode 16.0 in tokenizers 0.23.3), a space is put before each stretch between added tokens, and pairs are merged one by one.
    case fast
  }

  /// For which models a tokenizer is, which decides its special tokens.
  public enum Family: String, CaseIterable, Sendable {
    /// GPT-2: `<|endoftext|>` and nothing around a text.
    case gpt2
    /// RoBERTa: `<s>`, `</s>`, `<unk>`, `<pad>` and `<mask>`, of which the last takes white space before it.
    case roberta
  }

  /// Whose rules count.
  public let dialect: Dialect
  /// For which models it is.
  public let family: Family
  /// Whether a space is put before a text (`add_prefix_space`).
  public let addsPrefixSpace: Bool
  /// The tokens that are found in a text before anything else.
  public let addedTokens: [AddedToken]

  let model: BytePairModel
  private let search: AddedTokenSearch
  private let pattern: BytePairPattern
  private let unknownID: Int?

  /// Reads `vocab.json` and `merges.txt`.
  ///
  /// - Parameters:
  ///   - addedTokens: What `tokenizer_config.json` or `added_tokens.json` tell; nil for the family's own, of which those that the file
  ///     lacks follow behind its greatest id.
  /// - Throws: `Problem` of kind *damaged* when the one file is no object of ids, or the other no list of pairs of its pieces.
  public init(
    vocabulary: ByteView, merges: ByteView, family: Family, dialect: Dialect = .fast, addsPrefixSpace: Bool = false,
    addedTokens: [AddedToken]? = nil
  ) throws {
    let unknown = BytePairModel.Unknown(fate: dialect == .slow ? .stays : .vanishes)
    let model = try BytePairModel(
      vocabulary: vocabulary, merges: merges, format: dialect == .slow ? .slow : .fast, unknown: unknown)
    self.model = model
    self.family = family
    self.dialect = dialect
    self.addsPrefixSpace = addsPrefixSpace
    self.addedTokens = addedTokens ?? family.specialTokens(in: model.pieces)
    search = AddedTokenSearch(self.addedTokens, dialect: dialect == .slow ? .slow : .fast)
    pattern = BytePairPattern(edition: dialect == .slow ? .regex : .tokenizers)
    unknownID = self.addedTokens.first { $0.content == family.unknown }?.id
  }

  /// Returns the ids of the pieces of a text that need not be UTF-8, without any around them.
  public func ids(of text: UnsafeBufferPointer<UInt8>) -> [Int] {
    var ids: [Int] = []
    ids.reserveCapacity(text.count / 3)
    let lookup = lookup
    forEachToken(of: text) { token, _, _ in ids.append(lookup.id(of: token, unknown: unknownID ?? -1)) }
    return ids
  }

  private func forEachToken(
    of text: UnsafeBufferPointer<UInt8>, _ body: (TokenLookup.Token, Range<Int>, WellFormedText) -> Void
  ) {
    let wellFormed = WellFormedText(text)
    var merging = BytePairMerging(model.table, order: dialect == .slow ? .sweeping : .single)
    if let repaired = wellFormed.repaired {
      repaired.withUnsafeBufferPointer { forEachToken(ofWellFormed: $0, &merging) { body($0, $1, wellFormed) } }
    } else {
      forEachToken(ofWellFormed: text, &merging) { body($0, $1, wellFormed) }
    }
  }

  @inline(__always)
  private func forEachToken(
    ofWellFormed text: UnsafeBufferPointer<UInt8>, _ merging: inout BytePairMerging,
    _ body: (TokenLookup.Token, Range<Int>) -> Void
  ) {
    if dialect == .slow, wantsSpace(before: text) {
      // The space is put before the tokens are sought, one of which may take it.
      return Self.withSpace(before: text) { spaced in
        forEachToken(in: search.stretches(of: spaced), of: spaced, &merging) { token, range in
          body(token, max(0, range.lowerBound - 1)..<max(0, range.upperBound - 1))
        }
      }
    }
    forEachToken(in: search.stretches(of: text), of: text, &merging, body)
  }

  @inline(__always)
  private func forEachToken(
    in stretches: [AddedTokenSearch.Stretch], of text: UnsafeBufferPointer<UInt8>, _ merging: inout BytePairMerging,
    _ body: (TokenLookup.Token, Range<Int>) -> Void
  ) {
    for stretch in stretches {
      if let token = stretch.token {
        body(.added(token), stretch.range)
        continue
      }
      let part = UnsafeBufferPointer(rebasing: text[stretch.range])
      if dialect == .fast, addsPrefixSpace, part.first != UInt8(ascii: " ") {
        Self.withSpace(before: part) { spaced in
          forEachPiece(of: spaced, &merging) { token, range in
            let start = stretch.range.lowerBound
            body(token, start + max(0, range.lowerBound - 1)..<start + max(0, range.upperBound - 1))
          }
        }
      } else {
        forEachPiece(of: part, &merging) { token, range in
          body(token, stretch.range.lowerBound + range.lowerBound..<stretch.range.lowerBound + range.upperBound)
        }
      }
    }
  }

  @inline(__always)
  private func forEachPiece(
    of text: UnsafeBufferPointer<UInt8>, _ merging: inout BytePairMerging,
    _ body: (TokenLookup.Token, Range<Int>) -> Void
  ) {
    pattern.forEachPart(of: text) { part in
      model.forEachPiece(ofBytes: UnsafeBufferPointer(rebasing: text[part]), &merging) { place, range in
        body(
          place.map(TokenLookup.Token.piece) ?? .unknown,
          part.lowerBound + range.lowerBound..<part.lowerBound + range.upperBound)
      }
    }
  }

  /// Whether the slow tokenizer puts a space before a text: RoBERTa's not where white space stands there, nor before nothing.
  private func wantsSpace(before text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard addsPrefixSpace else { return false }
    guard family == .roberta else { return true }
    return !text.isEmpty && !isPythonWhitespace(Unicode.Scalar(UTF8Scan.scalar(in: text, at: 0).value)!)
  }

  private static func withSpace(
    before text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    ([UInt8(ascii: " ")] + text).withUnsafeBufferPointer(body)
  }
}

extension BytePairTokenizer: PieceSplitter {
  /// The vocabulary's file, for messages.
  public var file: String { model.pieces.file }

  /// Returns the pieces of a text that need not be UTF-8, without any around them.
  public func pieces(of text: UnsafeBufferPointer<UInt8>) -> [Piece] {
    var pieces: [Piece] = []
    forEachToken(of: text) { token, range, wellFormed in
      let range = wellFormed.origin(of: range)
      switch token {
      case .piece(let place):
        pieces.append(
          Piece(text: model.pieces.text(at: Int(place)), id: model.pieces.ids[Int(place)], range: range))
      case .added(let place):
        pieces.append(Piece(text: addedTokens[place].content, id: addedTokens[place].id, range: range))
      case .unknown: pieces.append(Piece(text: family.unknown, id: unknownID ?? -1, range: range))
      }
    }
    return pieces
  }

  /// The number of ids: one more than the greatest.
  public var pieceCount: Int { lookup.count }

  /// The id of a piece or an added token; nil when there is none.
  public func id(of piece: String) -> Int? { lookup.id(of: piece) }

  /// The text of a piece or an added token; nil for an id that none has.
  public func piece(withID id: Int) -> String? { lookup.piece(withID: id) }

  private var lookup: TokenLookup { TokenLookup(pieces: model.pieces, addedTokens: addedTokens) }
}

extension BytePairTokenizer.Family {
  /// The token for what no piece covers.
  var unknown: String { self == .gpt2 ? "<|endoftext|>" : "<unk>" }

  /// The special tokens; those that a vocabulary lacks follow behind its greatest id.
  ///
  /// Sources: transformers 4.38.2, `tokenization_gpt2.py:163-166`, `tokenization_roberta.py:214-228`.
  func specialTokens(in pieces: PieceList) -> [AddedToken] {
    let contents = self == .gpt2 ? ["<|endoftext|>"] : ["<s>", "</s>", "<unk>", "<pad>", "<mask>"]
    var next = (pieces.ids.last ?? -1) + 1
    return contents.map { content in
      let known = pieces.place(of: content).map { pieces.ids[$0] }
      defer { if known == nil { next += 1 } }
      return AddedToken(content, id: known ?? next, stripsLeft: content == "<mask>")
    }
  }
}
