import SentencePiece

extension SentencePieceTokenizer: PieceSplitter {
  /// The file of the model, for messages.
  public var file: String { model.file }

  /// The number of pieces.
  public var pieceCount: Int { model.count }

  /// Returns the pieces of a text that need not be UTF-8: each byte that is not counts as U+FFFD.
  public func pieces(of text: UnsafeBufferPointer<UInt8>) -> [Tokenization.Piece] {
    split(text).map { Tokenization.Piece(text: $0.text, id: $0.id, range: $0.range) }
  }

  /// Returns the id of a piece; nil when the model lacks it.
  public func id(of piece: String) -> Int? { model.id(of: piece) }

  /// Returns the piece of an id; nil when there is none.
  public func piece(withID id: Int) -> String? { model.piece(withID: id) }
}
