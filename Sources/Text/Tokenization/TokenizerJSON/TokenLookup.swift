/// Pieces and the tokens that were added to them, found by their texts and by their ids; of an added token and a piece the token counts.
struct TokenLookup: Sendable {
  let pieces: PieceList
  let addedTokens: [AddedToken]

  /// The number of ids: one more than the greatest.
  var count: Int { max(pieces.ids.last ?? -1, addedTokens.map(\.id).max() ?? -1) + 1 }

  /// The id of a text; nil when there is none.
  func id(of piece: String) -> Int? {
    addedTokens.first { $0.content.utf8.elementsEqual(piece.utf8) }?.id
      ?? pieces.place(of: piece).map { pieces.ids[$0] }
  }

  /// The text of an id; nil for one that none has.
  func piece(withID id: Int) -> String? {
    addedTokens.first { $0.id == id }?.content ?? pieces.place(ofID: id).map { pieces.text(at: $0) }
  }

  /// One token of a text.
  enum Token {
    /// The piece at a place.
    case piece(Int32)
    /// The added token at a place.
    case added(Int)
    /// What no piece stands for.
    case unknown
  }

  /// The id of a token, `unknown` for what no piece stands for.
  @inline(__always)
  func id(of token: Token, unknown: Int) -> Int {
    switch token {
    case .piece(let place): pieces.ids[Int(place)]
    case .added(let place): addedTokens[place].id
    case .unknown: unknown
    }
  }
}
