import Bytes
import SentencePiece

/// The list of a tokenizer's tokens, some of which are chosen.
package struct PieceSelection {
  /// How many tokens there are.
  package let count: Int
  private let view: ByteView
  private let token: (Int) -> String?
  private let needed: [(token: String, id: Int)]
  private let write: ([Int]) throws -> ByteView

  /// Reads a list of tokens, a line for each; `[PAD]`, `[UNK]`, `[CLS]` and `[SEP]` are needed where it has them.
  ///
  /// - Throws: What reading it throws.
  package init(tokens view: ByteView) throws {
    let vocabulary = try Vocabulary(reading: view)
    self.view = view
    count = vocabulary.count
    token = { vocabulary.token(withID: $0) }
    needed = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].compactMap { token in vocabulary.id(of: token).map { (token, $0) } }
    write = { ids in
      ByteView(Array(ids.map { vocabulary.token(withID: $0)! + "\n" }.joined().utf8), file: view.file)
    }
  }

  /// Reads a SentencePiece model; its unknown piece and its control pieces are needed.
  ///
  /// - Throws: What reading it throws.
  package init(pieces view: ByteView) throws {
    let model = try SentencePieceModel(reading: view)
    self.view = view
    count = model.count
    token = { model.piece(withID: $0) }
    needed = (0..<model.count).compactMap { id in
      guard let kind = model.kind(ofID: id), [.unknown, .control].contains(kind) else { return nil }
      return model.piece(withID: id).map { ($0, id) }
    }
    write = { try SentencePieceModel.file(view, keeping: $0) }
  }

  /// Writes the list with these tokens alone, in this order; ids of rows behind the last token stand for no token.
  ///
  /// - Parameters:
  ///   - ids: The ids.
  ///   - file: What says them, for messages.
  /// - Throws: `Problem` of kind *mismatched* for a special token that is not kept, and for an id without a token before one that has one.
  package func keeping(_ ids: [Int], by file: String) throws -> ByteView {
    let known = Set(ids)
    if let missing = needed.first(where: { !known.contains($0.id) }) {
      throw Problem(
        .mismatched, file: file, found: "no \(missing.id), the id of \(missing.token) in \(view.file)",
        expected: "every special token among those that are kept")
    }
    let named = ids.prefix { token($0) != nil }
    if let number = ids.indices.dropFirst(named.count).first(where: { token(ids[$0]) != nil }) {
      throw Problem(
        .mismatched, file: file, object: "number \(named.count)",
        found: "the id \(ids[named.count]), of which \(view.file) has no token",
        expected: "such ids behind all others, of which number \(number) is one")
    }
    return try write(Array(named))
  }
}
