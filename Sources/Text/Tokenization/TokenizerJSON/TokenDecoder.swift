/// How a `tokenizer.json` joins tokens to a text.
///
/// Source: tokenizers 0.23.3, `decoders/`, `pre_tokenizers/byte_level.rs:150-175`, `pre_tokenizers/metaspace.rs:150-175`.
indirect enum TokenDecoder: Sendable {
  case sequence([TokenDecoder])
  case byteLevel
  case wordPiece(prefix: [UInt8], tidies: Bool)
  case metaspace(replacement: [UInt8], dropsFirst: Bool)
  case fuse
  case strip(content: [UInt8], start: Int, stop: Int)
  case replace(TextReplacement)
  case byteFallback

  /// Rewrites tokens, each in UTF-8.
  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    switch self {
    case .sequence(let decoders): return decoders.reduce(tokens) { $1.decode($0) }
    case .fuse: return [Array(tokens.joined())]
    case .byteLevel:
      let bytes = tokens.flatMap { token in token.withUnsafeBufferPointer { ByteAlphabet.bytes(ofPiece: $0) } ?? token }
      return [Array(String(decoding: bytes, as: UTF8.self).utf8)]
    case .wordPiece(let prefix, let tidies):
      return tokens.enumerated().map { index, token in
        var token = token
        if index > 0 {
          token = token.starts(with: prefix) ? Array(token.dropFirst(prefix.count)) : [UInt8(ascii: " ")] + token
        }
        return tidies ? Self.tidied(token) : token
      }
    case .metaspace(let replacement, let dropsFirst):
      return tokens.enumerated().map { index, token in
        Self.replaced(token, replacement, by: index == 0 && dropsFirst ? [] : [UInt8(ascii: " ")])
      }
    case .strip(let content, let start, let stop):
      return tokens.map { Self.stripped($0, content, start, stop) }
    case .replace(let replacement):
      return tokens.map { token in
        let text = token.withUnsafeBufferPointer { NormalizedText($0, at: 0, isPlaced: false) }
        return PlacedBytes(replacement.applied(to: text)).bytes
      }
    case .byteFallback: return Self.joinedBytes(tokens)
    }
  }

  /// The spaces that `WordPiece` takes away before punctuation and within English contractions (`decoders/wordpiece.rs:34-47`).
  private static func tidied(_ token: [UInt8]) -> [UInt8] {
    var token = token
    for (old, new) in [
      (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
      (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ] {
      token = replaced(token, Array(old.utf8), by: Array(new.utf8))
    }
    return token
  }

  private static func replaced(_ token: [UInt8], _ old: [UInt8], by new: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var position = 0
    while position < token.count {
      if token[position...].starts(with: old) {
        result += new
        position += old.count
      } else {
        result.append(token[position])
        position += 1
      }
    }
    return result
  }

  private static func stripped(_ token: [UInt8], _ content: [UInt8], _ start: Int, _ stop: Int) -> [UInt8] {
    var rest = token[...]
    var count = 0
    while count < start, rest.starts(with: content) {
      rest = rest.dropFirst(content.count)
      count += 1
    }
    count = 0
    while count < stop, rest.count >= content.count, rest.suffix(content.count).elementsEqual(content) {
      rest = rest.dropLast(content.count)
      count += 1
    }
    return Array(rest)
  }

  /// Puts the bytes of neighbouring pieces `<0x41>` together; where they are no UTF-8, each is U+FFFD.
  private static func joinedBytes(_ tokens: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var pending: [UInt8] = []
    func flush() {
      guard !pending.isEmpty else { return }
      if String(validating: pending, as: UTF8.self) != nil {
        result.append(pending)
      } else {
        result += repeatElement([0xEF, 0xBF, 0xBD], count: pending.count)
      }
      pending = []
    }
    for token in tokens {
      if token.count == 6, token.starts(with: "<0x".utf8), token.last == UInt8(ascii: ">"),
        token[3] != UInt8(ascii: "-"), let byte = UInt8(String(decoding: token[3..<5], as: UTF8.self), radix: 16)
      {
        pending.append(byte)
      } else {
        flush()
        result.append(token)
      }
    }
    flush()
    return result
  }
}
