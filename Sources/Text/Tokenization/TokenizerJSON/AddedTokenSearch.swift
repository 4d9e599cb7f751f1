import Bytes

/// Finds added tokens in a text: of those that begin first the longest, from left to right.
///
/// Sources: tokenizers 0.23.3, `tokenizer/added_vocabulary.rs:395-480`; transformers 4.38.2, `tokenization_utils.py:52-230` and `541-619`.
struct AddedTokenSearch: Sendable {
  /// Whose rules about white space and words around a token count.
  enum Dialect: Sendable {
    /// Those of the slow tokenizers of transformers 4.38.2.
    case slow
    /// Those of tokenizers 0.23.3.
    case fast
  }

  /// A stretch of a text: a token by its place among those that are sought, or what stands between tokens.
  struct Stretch: Equatable {
    var range: Range<Int>
    var token: Int?
  }

  private let tokens: [AddedToken]
  private let trie: ByteTrie?
  private let beginnings: [Bool]
  private let dialect: Dialect

  /// The greatest number of bytes of an added token.
  static let longestToken = 1_024

  /// Prepares the search for tokens; `spelled` gives what a token is sought as, where that is not its content.
  init(_ tokens: [AddedToken], dialect: Dialect, spelled: (AddedToken) -> [UInt8] = { Array($0.content.utf8) }) {
    self.tokens = tokens
    self.dialect = dialect
    let keys = tokens.enumerated().map { (bytes: spelled($1), id: $0) }.filter { $0.bytes.count <= Self.longestToken }
    var beginnings = [Bool](repeating: false, count: 256)
    for key in keys { if let first = key.bytes.first { beginnings[Int(first)] = true } }
    self.beginnings = beginnings
    trie = beginnings.contains(true) ? ByteTrie(keys) : nil
  }

  /// The stretches of a well-formed text, in order; those between tokens are not empty, and white space that a token takes belongs to it.
  func stretches(of text: UnsafeBufferPointer<UInt8>) -> [Stretch] {
    guard let trie else { return text.isEmpty ? [] : [Stretch(range: text.indices, token: nil)] }
    var stretches: [Stretch] = []
    var covered = 0
    var position = 0
    while position < text.count {
      guard beginnings[Int(text[position])], let match = longestMatch(in: text, at: position, trie) else {
        position += 1
        continue
      }
      let range = position..<position + match.length
      position = range.upperBound
      let token = tokens[match.token]
      if token.isSingleWord, !standsAlone(range, in: text, after: covered) { continue }
      var (start, end) = (range.lowerBound, range.upperBound)
      if token.stripsLeft {
        while start > covered, let length = space(in: text, endingAt: start) { start -= length }
        start = max(start, covered)
      }
      if token.stripsRight { while end < text.count, let length = space(in: text, at: end) { end += length } }
      if start > covered { stretches.append(Stretch(range: covered..<start, token: nil)) }
      stretches.append(Stretch(range: start..<end, token: match.token))
      covered = end
      // tokenizers goes on behind the token itself, and may find one within the white space that it took.
      if dialect == .slow { position = max(position, end) }
    }
    if covered < text.count { stretches.append(Stretch(range: covered..<text.count, token: nil)) }
    return stretches
  }

  private func longestMatch(
    in text: UnsafeBufferPointer<UInt8>, at start: Int, _ trie: ByteTrie
  ) -> (token: Int, length: Int)? {
    var longest: (token: Int, length: Int)?
    trie.forEachMatch(in: text, at: start) { longest = ($0, $1 - start) }
    return longest
  }

  /// Whether no word touches a token.
  private func standsAlone(_ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>, after covered: Int) -> Bool {
    switch dialect {
    case .fast:
      func isWord(_ scalar: UInt32) -> Bool { ScalarTable.traits.traits(of: scalar).contains(.word) }
      return (range.lowerBound == 0 || !isWord(UTF8Scan.scalar(in: text, endingAt: range.lowerBound).value))
        && (range.upperBound == text.count || !isWord(UTF8Scan.scalar(in: text, at: range.upperBound).value))
    case .slow:
      return (range.lowerBound == 0 || text[range.lowerBound - 1] == UInt8(ascii: " "))
        && (range.upperBound == text.count || text[range.upperBound] == UInt8(ascii: " "))
    }
  }

  private func space(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Int? {
    let (scalar, length) = UTF8Scan.scalar(in: text, at: position)
    return isSpace(scalar) ? length : nil
  }

  private func space(in text: UnsafeBufferPointer<UInt8>, endingAt end: Int) -> Int? {
    let (scalar, length) = UTF8Scan.scalar(in: text, endingAt: end)
    return isSpace(scalar) ? length : nil
  }

  private func isSpace(_ scalar: UInt32) -> Bool {
    switch dialect {
    case .slow: isPythonWhitespace(Unicode.Scalar(scalar)!)
    case .fast: isWhiteSpace(scalar)
    }
  }
}

/// Whether a scalar has the property White_Space, to Rust and to Oniguruma (25 scalars).
@inline(__always)
func isWhiteSpace(_ scalar: UInt32) -> Bool {
  switch scalar {
  case 0x20, 0x09...0x0D: true
  case 0..<0x80: false
  case 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
  default: false
  }
}
