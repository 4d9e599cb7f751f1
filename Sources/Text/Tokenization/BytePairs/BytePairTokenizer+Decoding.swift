import Bytes

extension BytePairTokenizer {
  /// Joins the pieces of ids into a text, added tokens as they are written.
  ///
  /// The bytes of neighbouring pieces are put together, and what is then no UTF-8 becomes U+FFFD, one for each longest beginning of a
  /// scalar (`errors="replace"`). This is `decode` of transformers with `clean_up_tokenization_spaces=False` and
  /// `spaces_between_special_tokens=False`.
  ///
  /// - Throws: `Problem` of kind *mismatched* for an id that no piece has.
  public func decode(_ ids: [Int]) throws -> String {
    var text = ""
    var bytes: [UInt8] = []
    let added = Dictionary(addedTokens.map { ($0.id, $0.content) }) { first, _ in first }
    func flush() {
      text += String(decoding: bytes, as: UTF8.self)
      bytes.removeAll(keepingCapacity: true)
    }
    for id in ids {
      if let content = added[id] {
        if dialect == .slow { flush() }
        bytes += Self.bytes(ofToken: content, dialect)
        if dialect == .slow { flush() }
      } else {
        guard let place = model.pieces.place(ofID: id) else { throw Problem.noToken(id, in: file) }
        bytes += model.pieces.withBytes(at: place) { ByteAlphabet.bytes(ofPiece: $0) ?? Array($0) }
      }
    }
    flush()
    return text
  }

  /// The bytes of an added token: itself, though to tokenizers also what its scalars stand for as a piece.
  private static func bytes(ofToken content: String, _ dialect: Dialect) -> [UInt8] {
    let spelling = Array(content.utf8)
    if dialect == .slow { return spelling }
    return spelling.withUnsafeBufferPointer { ByteAlphabet.bytes(ofPiece: $0) } ?? spelling
  }
}
