/// The tokens of a model and their ids.
///
/// Tokens are told apart by their bytes: `é` of one scalar and `é` of two are different tokens, which Swift's `String`
/// would take for equal. They are kept sorted, so that looking up needs no hashing and a longest match narrows one range.
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
  /// The tokens that begin with `##`.
  private let continuations: Range<Int>

  /// Gathers tokens that are sorted by their bytes and distinct.
  ///
  /// - Parameter ranks: For each id the place of its token in that order, or -1.
  init(file: String, bytes: [UInt8], starts: [Int], ids: [Int], ranks: [Int]) {
    self.file = file
    self.bytes = bytes
    self.starts = starts
    self.ids = ids
    self.ranks = ranks
    var range = 0..<(starts.count - 1)
    for depth in 0..<2 {
      range = Vocabulary.narrow(range, to: UInt8(ascii: "#"), at: depth, bytes: bytes, starts: starts)
    }
    continuations = range
  }

  /// Returns the id of a token, or nil when the vocabulary lacks it.
  public func id(of token: String) -> Int? {
    var token = token
    return token.withUTF8 { id(ofBytes: $0) }
  }

  /// Returns the id of the token of these bytes, or nil when the vocabulary lacks it.
  func id(ofBytes text: some RandomAccessCollection<UInt8>) -> Int? {
    var range = 0..<count
    for (depth, byte) in text.enumerated() {
      range = narrow(range, to: byte, at: depth)
      guard !range.isEmpty else { return nil }
    }
    guard !range.isEmpty, length(ofTokenAt: range.lowerBound) == text.count else { return nil }
    return ids[range.lowerBound]
  }

  /// Returns the token of an id, or nil when there is none; of several tokens with one id, the last in the file.
  public func token(withID id: Int) -> String? {
    guard ranks.indices.contains(id), ranks[id] >= 0 else { return nil }
    let rank = ranks[id]
    return String(decoding: bytes[starts[rank]..<starts[rank + 1]], as: UTF8.self)
  }

  /// Returns the length in bytes and the id of the longest token with which `text` begins, or nil when there is none.
  ///
  /// - Parameter continuing: Whether the token must be one that continues a word, `##` in front; the two bytes do not
  ///   count.
  func longestMatch(in text: ArraySlice<UInt8>, continuing: Bool) -> (length: Int, id: Int)? {
    let prefix = continuing ? 2 : 0
    var range = continuing ? continuations : 0..<count
    var longest: (length: Int, id: Int)?
    for (depth, byte) in text.enumerated() {
      range = narrow(range, to: byte, at: prefix + depth)
      guard !range.isEmpty else { break }
      // A token that ends here is the first of all that begin with it.
      if length(ofTokenAt: range.lowerBound) == prefix + depth + 1 {
        longest = (depth + 1, ids[range.lowerBound])
      }
    }
    return longest
  }

  /// The bytes of a token, by its place in the order.
  func bytes(ofTokenAt rank: Int) -> ArraySlice<UInt8> { bytes[starts[rank]..<starts[rank + 1]] }

  private func length(ofTokenAt rank: Int) -> Int { starts[rank + 1] - starts[rank] }

  /// Returns the part of a range of tokens with one beginning of `depth` bytes whose next byte is `byte`.
  private func narrow(_ range: Range<Int>, to byte: UInt8, at depth: Int) -> Range<Int> {
    Vocabulary.narrow(range, to: byte, at: depth, bytes: bytes, starts: starts)
  }

  private static func narrow(
    _ range: Range<Int>, to byte: UInt8, at depth: Int, bytes: [UInt8], starts: [Int]
  ) -> Range<Int> {
    func firstRank(whoseByteReaches bound: Int) -> Int {
      var low = range.lowerBound
      var high = range.upperBound
      while low < high {
        let middle = (low + high) / 2
        let position = starts[middle] + depth
        // A token that ends before this byte comes before all that go on.
        let value = position < starts[middle + 1] ? Int(bytes[position]) : -1
        if value < bound { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let low = firstRank(whoseByteReaches: Int(byte))
    return low..<max(low, firstRank(whoseByteReaches: Int(byte) + 1))
  }
}
