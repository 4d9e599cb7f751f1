import Bytes

/// A tokenizer of the library `tokenizers`, as its `tokenizer.json` describes it: the same pieces and ids for every text.
///
/// A text is cut at added tokens, normalized, cut into parts, and each part is split into pieces; each step is a part of the file. The fast
/// tokenizers of transformers are such pipelines. Of a text that is not UTF-8 each byte that is none counts as U+FFFD.
///
/// Source: tokenizers 0.23.3, `tokenizer/mod.rs:730-800`, `tokenizer/added_vocabulary.rs:515-560`.
public struct TokenizerPipeline: Sendable {
  /// What splits the parts of a text into pieces.
  enum Model: Sendable {
    case wordPiece(WordPieceModel)
    case bytePairs(BytePairModel, takesBytes: Bool)
    case unigram(UnigramModel)
  }

  /// The file, for messages.
  public let file: String
  /// The tokens that are found in a text before anything else.
  public let addedTokens: [AddedToken]
  /// The special tokens around one text and around two.
  public let postProcessing: PostProcessing
  /// The greatest number of tokens, to which the file asks to cut texts and nothing is cut here; nil for any number.
  public let maximumLength: Int?
  let model: Model
  let decoder: TokenDecoder?
  private let normalizer: TextNormalizer?
  private let preTokenizer: PreTokenizer?
  /// Finds the tokens that are sought in the text as it is.
  private let rawSearch: AddedTokenSearch
  /// Finds those that are sought in the normalized text.
  private let normalizedSearch: AddedTokenSearch
  private let places: (raw: [Int], normalized: [Int])
  /// What a normalized token is decoded as, by its id (`normalized_cache`).
  let spellings: [Int: [UInt8]]

  init(
    file: String, addedTokens: [AddedToken], normalizer: TextNormalizer?, preTokenizer: PreTokenizer?, model: Model,
    postProcessing: PostProcessing, decoder: TokenDecoder?, maximumLength: Int?
  ) {
    self.file = file
    self.addedTokens = addedTokens
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.model = model
    self.postProcessing = postProcessing
    self.decoder = decoder
    self.maximumLength = maximumLength
    func spelled(_ token: AddedToken) -> [UInt8] {
      let bytes = Array(token.content.utf8)
      guard token.isNormalized, let normalizer else { return bytes }
      let text = bytes.withUnsafeBufferPointer { NormalizedText($0, at: 0, isPlaced: false) }
      return PlacedBytes(normalizer.normalize(text)).bytes
    }
    places = (
      addedTokens.indices.filter { !addedTokens[$0].isNormalized },
      addedTokens.indices.filter { addedTokens[$0].isNormalized }
    )
    rawSearch = AddedTokenSearch(places.raw.map { addedTokens[$0] }, dialect: .fast)
    normalizedSearch = AddedTokenSearch(places.normalized.map { addedTokens[$0] }, dialect: .fast, spelled: spelled)
    spellings = Dictionary(places.normalized.map { (addedTokens[$0].id, spelled(addedTokens[$0])) }) { $1 }
  }

  /// Returns the ids of the pieces of a text that need not be UTF-8, without any around them.
  public func ids(of text: UnsafeBufferPointer<UInt8>) -> [Int] {
    var ids: [Int] = []
    ids.reserveCapacity(text.count / 3)
    let lookup = lookup
    forEachToken(of: text, isPlaced: false) { token, _, _ in ids.append(lookup.id(of: token, unknown: -1)) }
    return ids
  }

  /// Returns the pieces of a text that need not be UTF-8, without any around them.
  public func pieces(of text: UnsafeBufferPointer<UInt8>) -> [Piece] {
    var pieces: [Piece] = []
    let list = pieceList
    let wellFormed = WellFormedText(text)
    forEachToken(of: text, isPlaced: true) { token, surface, range in
      let range = wellFormed.origin(of: range)
      switch token {
      case .piece(let place):
        let text = isUnknown(place) ? String(decoding: surface, as: UTF8.self) : list.text(at: Int(place))
        pieces.append(Piece(text: text, id: list.ids[Int(place)], range: range))
      case .added(let place):
        pieces.append(Piece(text: addedTokens[place].content, id: addedTokens[place].id, range: range))
      case .unknown: pieces.append(Piece(text: String(decoding: surface, as: UTF8.self), id: -1, range: range))
      }
    }
    return pieces
  }

  /// The pieces of the model.
  var pieceList: PieceList {
    switch model {
    case .wordPiece(let model): model.pieces
    case .bytePairs(let model, _): model.pieces
    case .unigram(let model): model.pieces
    }
  }

  /// Whether a piece stands for what no other covers, and is shown as that (`Unigram` alone does so).
  private func isUnknown(_ place: Int32) -> Bool {
    if case .unigram(let model) = model { model.unknown == Int(place) } else { false }
  }

  /// Calls `body` with each token, the bytes of the prepared text and their place in the text.
  private func forEachToken(
    of text: UnsafeBufferPointer<UInt8>, isPlaced: Bool,
    _ body: (TokenLookup.Token, ArraySlice<UInt8>, Range<Int>) -> Void
  ) {
    let wellFormed = WellFormedText(text)
    var splitting = Splitting(model)
    if let repaired = wellFormed.repaired {
      repaired.withUnsafeBufferPointer { forEachToken(ofWellFormed: $0, isPlaced, &splitting, body) }
    } else {
      forEachToken(ofWellFormed: text, isPlaced, &splitting, body)
    }
  }

  private func forEachToken(
    ofWellFormed text: UnsafeBufferPointer<UInt8>, _ isPlaced: Bool, _ splitting: inout Splitting,
    _ body: (TokenLookup.Token, ArraySlice<UInt8>, Range<Int>) -> Void
  ) {
    let keepsPlaces = isPlaced || preTokenizer?.needsPlaces == true
    for stretch in rawSearch.stretches(of: text) {
      if let token = stretch.token {
        body(.added(places.raw[token]), [], stretch.range)
        continue
      }
      let prepared = normalized(
        UnsafeBufferPointer(rebasing: text[stretch.range]), at: stretch.range.lowerBound, keepsPlaces)
      let inner = prepared.bytes.withUnsafeBufferPointer { normalizedSearch.stretches(of: $0) }
      for stretch in inner {
        if let token = stretch.token {
          body(.added(places.normalized[token]), [], prepared.origin(of: stretch.range))
          continue
        }
        var cut = CutText(prepared.slice(stretch.range), isPlaced: keepsPlaces)
        preTokenizer?.cut(&cut)
        split(cut, &splitting, body)
      }
    }
  }

  private func normalized(_ text: UnsafeBufferPointer<UInt8>, at start: Int, _ isPlaced: Bool) -> PlacedBytes {
    guard let normalizer else { return PlacedBytes(text, at: start, isPlaced: isPlaced) }
    return PlacedBytes(normalizer.normalize(NormalizedText(text, at: start, isPlaced: isPlaced)))
  }

  /// What the models need for a text.
  private struct Splitting {
    var merging: BytePairMerging
    var scratch = UnigramModel.Scratch()

    init(_ model: Model) {
      if case .bytePairs(let model, _) = model {
        merging = BytePairMerging(model.table, order: .single)
      } else {
        merging = BytePairMerging(PairTable(capacity: 0), order: .single)
      }
    }
  }

  private func split(
    _ cut: CutText, _ splitting: inout Splitting, _ body: (TokenLookup.Token, ArraySlice<UInt8>, Range<Int>) -> Void
  ) {
    let text = cut.text
    text.bytes.withUnsafeBufferPointer { bytes in
      for part in cut.parts {
        let word = UnsafeBufferPointer(rebasing: bytes[part])
        func take(_ place: Int32?, _ range: Range<Int>) {
          let range = part.lowerBound + range.lowerBound..<part.lowerBound + range.upperBound
          body(place.map(TokenLookup.Token.piece) ?? .unknown, text.bytes[range], text.origin(of: range))
        }
        switch model {
        case .wordPiece(let model): model.forEachPiece(of: word, take)
        case .bytePairs(let model, true): model.forEachPiece(ofBytes: word, &splitting.merging, take)
        case .bytePairs(let model, false): model.forEachPiece(ofText: word, &splitting.merging, take)
        case .unigram(let model): model.forEachPiece(of: word, &splitting.scratch, take)
        }
      }
    }
  }
}

extension TokenizerPipeline: PieceSplitter {
  /// The number of ids: one more than the greatest.
  public var pieceCount: Int { lookup.count }

  /// The id of a piece or an added token; nil when there is none.
  public func id(of piece: String) -> Int? { lookup.id(of: piece) }

  /// The text of a piece or an added token; nil for an id that none has.
  public func piece(withID id: Int) -> String? { lookup.piece(withID: id) }

  private var lookup: TokenLookup { TokenLookup(pieces: pieceList, addedTokens: addedTokens) }

  /// Joins the pieces of ids into a text, special tokens as they are written (`skip_special_tokens=False`).
  ///
  /// - Throws: `Problem` of kind *mismatched* for an id that no piece has.
  public func decode(_ ids: [Int]) throws -> String {
    let pieces = pieceList
    let added = Dictionary(addedTokens.map { ($0.id, Array($0.content.utf8)) }) { $1 }
    let tokens = try ids.map { id in
      if let token = spellings[id] ?? added[id] { return token }
      guard let place = pieces.place(ofID: id) else { throw Problem.noToken(id, in: file) }
      return pieces.withBytes(at: place) { Array($0) }
    }
    let parts = decoder?.decode(tokens) ?? [Array(tokens.joined(separator: [UInt8(ascii: " ")]))]
    return String(decoding: parts.joined(), as: UTF8.self)
  }
}
