import Bytes

/// WordPiece as tokenizers has it: the longest pieces from left to right, those that continue a word with a prefix.
///
/// Source: tokenizers 0.23.3, `models/wordpiece/mod.rs:228-290`.
struct WordPieceModel: Sendable {
  let pieces: PieceList
  /// The place of the piece for words that do not come apart; nil where the vocabulary lacks it.
  let unknown: Int?
  let unknownText: String
  /// The greatest number of scalars of a word that is split.
  let maximumWordLength: Int
  private let beginnings: ByteTrie
  private let continuations: ByteTrie

  init(pieces: PieceList, unknown: String, prefix: String, maximumWordLength: Int) {
    self.pieces = pieces
    unknownText = unknown
    self.unknown = pieces.place(of: unknown)
    self.maximumWordLength = maximumWordLength
    let spelled = (0..<pieces.count).map { place in (bytes: pieces.withBytes(at: place) { Array($0) }, id: place) }
    let prefix = Array(prefix.utf8)
    beginnings = ByteTrie(spelled)
    continuations = ByteTrie(
      spelled.filter { $0.bytes.starts(with: prefix) }.map { (Array($0.bytes.dropFirst(prefix.count)), $0.id) })
  }

  /// Hands over each piece of a word: its place, nil for an unknown word, and its bytes.
  @inline(__always)
  func forEachPiece(of word: UnsafeBufferPointer<UInt8>, _ body: (Int32?, Range<Int>) -> Void) {
    if word.count <= maximumWordLength || word.count(where: { $0 & 0xC0 != 0x80 }) <= maximumWordLength {
      if let place = wholePiece(word) { return body(Int32(place), 0..<word.count) }
      var found: [(place: Int32, end: Int)] = []
      var position = 0
      while position < word.count {
        var longest: (place: Int, end: Int)?
        (position == 0 ? beginnings : continuations).forEachMatch(in: word, at: position) { longest = ($0, $1) }
        guard let longest else { break }
        found.append((Int32(longest.place), longest.end))
        position = longest.end
      }
      if position == word.count {
        var start = 0
        for piece in found {
          body(piece.place, start..<piece.end)
          start = piece.end
        }
        return
      }
    }
    body(unknown.map { Int32($0) }, 0..<word.count)
  }

  private func wholePiece(_ word: UnsafeBufferPointer<UInt8>) -> Int? { beginnings.id(of: word) }
}
