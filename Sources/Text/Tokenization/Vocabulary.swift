import Bytes

/// The tokens of a model and their ids.
///
/// Tokens are told apart by their bytes: `é` of one scalar and `é` of two are different tokens, which Swift's `String`
/// would take for equal. They are kept sorted and in a trie, so that looking up needs no hashing and a longest match takes a step a byte.
public struct Vocabulary: Sendable {
  /// The name that problems show for the file.
  public let file: String
  /// The number of distinct tokens; ids run from 0 to at most this number.
  public var count: Int { starts.count - 1 }

  /// The tokens in UTF-8, in order, without anything between them.
  private let bytes: [UInt8]
  /// Where each token begins in `bytes`, and the end of the last.
  private let starts: [Int]
  /// The id of each token.
  private let ids: [Int]
  /// For each id the place of its token in the order; -1 where an id has none.
  private let ranks: [Int]
  /// The places of the tokens in that order, the empty token aside.
  let trie: ByteTrie
  /// The node of the trie behind `##`; -1 when no token begins so.
  let continuation: Int32
  /// Whether the empty token is one.
  private let hasEmptyToken: Bool

  /// Gathers tokens that are sorted by their bytes and distinct.
  ///
  /// - Parameter ranks: For each id the place of its token in that order, or -1.
  init(file: String, bytes: [UInt8], starts: [Int], ids: [Int], ranks: [Int]) {
    self.file = file
    self.bytes = bytes
    self.starts = starts
    self.ids = ids
    self.ranks = ranks
    hasEmptyToken = starts.count > 1 && starts[1] == 0
    trie = ByteTrie(
      sorted: ((hasEmptyToken ? 1 : 0)..<(starts.count - 1)).map { (bytes[starts[$0]..<starts[$0 + 1]], $0) })
    continuation = trie.units.withUnsafeBufferPointer { units in
      let sign = UInt8(ascii: "#")
      return units.child(of: 0, by: sign).flatMap { units.child(of: $0, by: sign) } ?? -1
    }
  }

  /// Returns the id of a token, or nil when the vocabulary lacks it.
  public func id(of token: String) -> Int? {
    var token = token
    return token.withUTF8 { id(ofBytes: $0) }
  }

  /// Returns the id of the token of these bytes, or nil when the vocabulary lacks it.
  func id(ofBytes text: UnsafeBufferPointer<UInt8>) -> Int? { rank(ofBytes: text).map { ids[$0] } }

  /// Returns the place of the token of these bytes in the order, or nil when the vocabulary lacks it.
  func rank(ofBytes text: UnsafeBufferPointer<UInt8>) -> Int? {
    text.isEmpty ? (hasEmptyToken ? 0 : nil) : trie.id(of: text)
  }

  /// The id of a token, by its place in the order.
  func id(ofTokenAt rank: Int) -> Int { ids[rank] }

  /// Returns the token of an id, or nil when there is none; of several tokens with one id, the last in the file.
  public func token(withID id: Int) -> String? {
    guard ranks.indices.contains(id), ranks[id] >= 0 else { return nil }
    let rank = ranks[id]
    return String(decoding: bytes[starts[rank]..<starts[rank + 1]], as: UTF8.self)
  }

  /// The bytes of a token, by its place in the order.
  func bytes(ofTokenAt rank: Int) -> ArraySlice<UInt8> { bytes[starts[rank]..<starts[rank + 1]] }
}
