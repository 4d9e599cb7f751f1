/// One piece of a text: what a tokenizer of any kind splits texts into.
public struct Piece: Equatable, Sendable {
  /// The piece as the vocabulary spells it; where the vocabulary lacks it, the part of the text as it was prepared.
  public let text: String
  /// Its id; -1 where the vocabulary lacks both the piece and the one that stands for unknown pieces.
  public let id: Int
  /// The bytes of the text that it stands for; none for what was added to the text.
  public let range: Range<Int>

  /// Joins a piece, its id and its place.
  public init(text: String, id: Int, range: Range<Int>) {
    self.text = text
    self.id = id
    self.range = range
  }
}

/// Splits texts into pieces and joins pieces to texts; special tokens are ``Tokenizer``'s matter.
///
/// WordPiece, SentencePiece and byte-level BPE are such splitters.
public protocol PieceSplitter: Sendable {
  /// The file of the pieces, for messages.
  var file: String { get }

  /// The number of pieces; ids run from 0 to one below it, and some may have no piece.
  var pieceCount: Int { get }

  /// Whether special tokens that stand in a text, such as `[MASK]`, are found there, and not split as text is.
  var findsSpecialTokens: Bool { get }

  /// Returns the pieces of a text, without any before or after them.
  ///
  /// - Parameter text: Any bytes, also such as are not UTF-8: they are treated as the original program treats them.
  func pieces(of text: UnsafeBufferPointer<UInt8>) -> [Piece]

  /// Returns the ids of the pieces of a text, without any before or after them.
  func ids(of text: UnsafeBufferPointer<UInt8>) -> [Int]

  /// Joins the pieces of ids into a text.
  ///
  /// - Throws: `Problem` of kind *mismatched* when an id has no piece.
  func decode(_ ids: [Int]) throws -> String

  /// Returns the id of a piece; nil when there is none.
  func id(of piece: String) -> Int?

  /// Returns the piece of an id; nil when there is none.
  func piece(withID id: Int) -> String?
}

extension PieceSplitter {
  /// Most splitters take what looks like a special token for text.
  public var findsSpecialTokens: Bool { false }

  /// Returns the pieces of a text, without any before or after them.
  public func pieces(of text: String) -> [Piece] {
    var text = text
    return text.withUTF8 { pieces(of: $0) }
  }

  /// Returns the ids of the pieces of a text, without any before or after them.
  public func ids(of text: UnsafeBufferPointer<UInt8>) -> [Int] { pieces(of: text).map(\.id) }

  /// Returns the ids of the pieces of a text, without any before or after them.
  public func ids(of text: String) -> [Int] {
    var text = text
    return text.withUTF8 { ids(of: $0) }
  }
}
