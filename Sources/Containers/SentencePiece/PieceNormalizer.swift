import Bytes

/// How a SentencePiece model rewrites a text before it is split (`normalizer_spec`).
///
/// Source: sentencepiece 0.2.1, `normalizer.cc:71-253`.
struct PieceNormalizer: Sendable {
  /// The rules for characters; nil where none are rewritten.
  var charsmap: Charsmap?
  /// Whether a space is put before the text, or behind it (`add_dummy_prefix`).
  var addsSpace = true
  /// Whether of several spaces one is left, and none at either end (`remove_extra_whitespaces`).
  var removesExtraSpaces = true
  /// Whether spaces become `▁` (`escape_whitespaces`).
  var escapesSpaces = true
  /// Whether the space that is added stands behind the text (`treat_whitespace_as_suffix`).
  var isSuffix = false

  /// A rewritten text, and where each byte of it comes from.
  struct Normalized {
    /// The text in UTF-8.
    var bytes: [UInt8] = []
    /// For each byte, and for the end, the place in the text before.
    var origins: [Int] = []
  }

  /// What takes the place of the beginning of a text.
  private struct Replacement {
    let bytes: UnsafeBufferPointer<UInt8>
    /// How many bytes of the text it stands for.
    let length: Int
  }

  /// Rewrites a text, which need not be UTF-8: each byte that is not becomes U+FFFD.
  ///
  /// - Parameter symbols: Strings that pass unchanged.
  func normalize(_ text: UnsafeBufferPointer<UInt8>, keeping symbols: ByteTrie?) -> Normalized {
    (charsmap?.replacements ?? []).withUnsafeBufferPointer { replacements in
      normalize(text, keeping: symbols, replacements: replacements)
    }
  }

  private func normalize(
    _ text: UnsafeBufferPointer<UInt8>, keeping symbols: ByteTrie?, replacements: UnsafeBufferPointer<UInt8>
  ) -> Normalized {
    var result = Normalized()
    var position = 0
    if removesExtraSpaces {
      while position < text.count {
        let next = replacement(in: text, at: position, keeping: symbols, replacements)
        guard next.bytes.count == 1, next.bytes[0] == PieceNormalizer.space else { break }
        position += next.length
      }
    }
    guard position < text.count else { return result }
    result.bytes.reserveCapacity(text.count + text.count / 2 + 3)
    result.origins.reserveCapacity(text.count + text.count / 2 + 4)
    if addsSpace, !isSuffix { appendSpace(to: &result, from: position) }
    var followsSpace = removesExtraSpaces
    while position < text.count {
      let next = replacement(in: text, at: position, keeping: symbols, replacements)
      var rest = next.bytes[...]
      if followsSpace { rest = rest.drop { $0 == PieceNormalizer.space } }
      for byte in rest {
        if byte == PieceNormalizer.space {
          appendSpace(to: &result, from: position)
        } else {
          result.bytes.append(byte)
          result.origins.append(position)
        }
      }
      if let last = rest.last { followsSpace = removesExtraSpaces && last == PieceNormalizer.space }
      position += next.length
    }
    if removesExtraSpaces {
      let space = escapesSpaces ? PieceNormalizer.escapedSpace : [PieceNormalizer.space]
      while result.bytes.count >= space.count, result.bytes.suffix(space.count).elementsEqual(space) {
        result.bytes.removeLast(space.count)
        position = result.origins[result.bytes.count]
        result.origins.removeLast(space.count)
      }
    }
    if addsSpace, isSuffix { appendSpace(to: &result, from: position) }
    result.origins.append(position)
    return result
  }

  private func appendSpace(to result: inout Normalized, from position: Int) {
    let space = escapesSpaces ? PieceNormalizer.escapedSpace : [PieceNormalizer.space]
    result.bytes += space
    for _ in space { result.origins.append(position) }
  }

  /// What takes the place of the text from a place on: a symbol that is kept, by the longest rule, or one character.
  @inline(__always)
  private func replacement(
    in text: UnsafeBufferPointer<UInt8>, at position: Int, keeping symbols: ByteTrie?,
    _ replacements: UnsafeBufferPointer<UInt8>
  ) -> Replacement {
    if let symbols, let length = symbols.longestMatch(in: text, at: position) {
      return Replacement(bytes: UnsafeBufferPointer(rebasing: text[position..<position + length]), length: length)
    }
    if let charsmap, let match = charsmap.longestMatch(in: text, at: position) {
      var end = match.replacement
      while replacements[end] != 0 { end += 1 }
      return Replacement(
        bytes: UnsafeBufferPointer(rebasing: replacements[match.replacement..<end]), length: match.length)
    }
    guard let length = UTF8Character.length(in: text, at: position) else {
      return PieceNormalizer.substitute.withUTF8Buffer { Replacement(bytes: $0, length: 1) }
    }
    return Replacement(bytes: UnsafeBufferPointer(rebasing: text[position..<position + length]), length: length)
  }

  private static let space = UInt8(ascii: " ")
  /// `▁`, U+2581.
  static let escapedSpace: [UInt8] = [0xE2, 0x96, 0x81]
  /// U+FFFD in UTF-8, in memory that stays.
  private static let substitute: StaticString = "\u{FFFD}"
}

/// Characters in UTF-8, as sentencepiece tells them apart.
enum UTF8Character {
  /// The length of the character at a place; nil where the bytes are not UTF-8.
  ///
  /// Source: sentencepiece 0.2.1, `util.cc`, `DecodeUTF8`: no overlong form, no surrogate, nothing above U+10FFFF.
  @inline(__always)
  static func length(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Int? {
    let first = text[position]
    if first < 0x80 { return 1 }
    func isTrail(_ offset: Int, from least: UInt8 = 0x80, to greatest: UInt8 = 0xBF) -> Bool {
      position + offset < text.count && text[position + offset] >= least && text[position + offset] <= greatest
    }
    switch first {
    case 0xC2...0xDF: return isTrail(1) ? 2 : nil
    case 0xE0: return isTrail(1, from: 0xA0) && isTrail(2) ? 3 : nil
    case 0xED: return isTrail(1, to: 0x9F) && isTrail(2) ? 3 : nil
    case 0xE1...0xEF: return isTrail(1) && isTrail(2) ? 3 : nil
    case 0xF0: return isTrail(1, from: 0x90) && isTrail(2) && isTrail(3) ? 4 : nil
    case 0xF1...0xF3: return isTrail(1) && isTrail(2) && isTrail(3) ? 4 : nil
    case 0xF4: return isTrail(1, to: 0x8F) && isTrail(2) && isTrail(3) ? 4 : nil
    default: return nil
    }
  }

  /// The length that the first byte of a character announces, at most what is left of the text (`OneCharLen`).
  @inline(__always)
  static func announcedLength(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Int {
    let length =
      switch text[position] >> 4 {
      case 0xC, 0xD: 2
      case 0xE: 3
      case 0xF: 4
      default: 1
      }
    return min(length, text.count - position)
  }
}
