import Bytes

/// A SentencePiece model as its file describes it: pieces with their ids, scores and kinds, and how texts are prepared.
///
/// Source: sentencepiece 0.2.1, `sentencepiece_model.proto`.
public struct SentencePieceModel: Sendable {
  /// How a text is split into pieces.
  public enum Algorithm: UInt64, Sendable {
    /// The most probable sequence of pieces (Kudo 2018).
    case unigram = 1
    /// Pairs of pieces are merged, the best first (Sennrich and others 2016).
    case bytePairs
    /// A piece is a word.
    case words
    /// A piece is a character.
    case characters
  }

  /// What a piece is for.
  public enum PieceKind: UInt8, Sendable {
    /// A part of texts.
    case normal = 1
    /// Stands for all that no piece covers.
    case unknown
    /// Stands for no text: the end of a text, padding.
    case control
    /// A part of texts that is never split.
    case userDefined
    /// A piece that texts are not split into.
    case unused
    /// Stands for one byte of a character that no piece covers.
    case byte
  }

  /// The file, for messages.
  public let file: String
  /// How a text is split into pieces.
  public let algorithm: Algorithm
  /// The id of the piece that stands for what no other covers.
  public let unknownID: Int
  /// What the unknown piece is decoded to (`unk_surface`).
  public let unknownSurface: String
  /// Whether characters that no piece covers are split into bytes.
  public let hasByteFallback: Bool
  /// Whether pieces may consist of spaces alone (`allow_whitespace_only_pieces`).
  let allowsPiecesOfSpaces: Bool
  /// How texts are prepared.
  let normalizer: PieceNormalizer
  /// How decoded texts are rewritten; nil where they are not.
  let denormalizer: PieceNormalizer?

  /// The pieces in UTF-8 in the order of their ids, without anything between them.
  let bytes: [UInt8]
  /// Where each piece begins in `bytes`, and the end of the last.
  let starts: [Int]
  /// The score of each piece.
  let scores: [Float]
  /// The least and the greatest score of a normal piece.
  let leastScore, greatestScore: Float
  /// The kind of each piece.
  let kinds: [PieceKind]
  /// The ids of pieces that texts are not split into, by their bytes.
  let reserved: [[UInt8]: Int]
  /// For each byte whether such a piece begins with it.
  let reservedBeginnings: [Bool]
  /// The pieces that texts are split into, unused ones among them.
  let trie: ByteTrie
  /// The pieces that are never split; nil for none.
  let symbols: ByteTrie?
  /// The id of each byte's piece; empty without byte fallback.
  let byteIDs: [Int]

  /// The number of pieces; ids run from 0 to one below it.
  public var count: Int { scores.count }

  /// The text of a piece; nil for an id that no piece has.
  public func piece(withID id: Int) -> String? {
    kinds.indices.contains(id) ? String(decoding: bytes[starts[id]..<starts[id + 1]], as: UTF8.self) : nil
  }

  /// The kind of a piece; nil for an id that no piece has.
  public func kind(ofID id: Int) -> PieceKind? { kinds.indices.contains(id) ? kinds[id] : nil }

  /// The score of a piece; nil for an id that no piece has.
  public func score(ofID id: Int) -> Float? { scores.indices.contains(id) ? scores[id] : nil }

  /// The id of a piece; nil when the model lacks it.
  public func id(of piece: String) -> Int? {
    Array(piece.utf8).withUnsafeBufferPointer { knownID(of: $0) }
  }

  /// The id of a piece, that of the unknown piece when the model lacks it (`PieceToId`).
  func id(of piece: UnsafeBufferPointer<UInt8>) -> Int { knownID(of: piece) ?? unknownID }

  private func knownID(of piece: UnsafeBufferPointer<UInt8>) -> Int? {
    if let first = piece.first, reservedBeginnings[Int(first)], let id = reserved[Array(piece)] { return id }
    return trie.id(of: piece)
  }

  /// The greatest number of bytes of a piece; trainers make pieces of at most 16 characters unless told otherwise.
  static let longestPiece = 4_096
}
