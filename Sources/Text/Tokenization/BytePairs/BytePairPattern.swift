/// The pattern by which GPT-2 cuts a text into parts, within which alone pieces are made:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
///
/// It is written out here, in one pass over the text. Source: GPT-2's `encoder.py:53`.
struct BytePairPattern: Sendable {
  /// Whose classes of characters count.
  enum Edition: UInt16, Sendable {
    /// Those of tokenizers 0.23.3 (Unicode 16.0); the value is where its class stands in ``ScalarTraits``.
    case tokenizers = 0
    /// Those of the package `regex` 2026.11.19 (Unicode 18.0), by which the slow tokenizers of transformers cut.
    case regex = 2
  }

  let edition: Edition

  /// Calls `body` with each part of a well-formed text, in order; together they are the text.
  @inline(__always)
  func forEachPart(of text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
    let table = ScalarTable.traits
    var position = 0
    while position < text.count {
      let end = endOfPart(of: text, from: position, table)
      body(position..<end)
      position = end
    }
  }

  @inline(__always)
  private func endOfPart(of text: UnsafeBufferPointer<UInt8>, from start: Int, _ table: ScalarTable) -> Int {
    if text[start] == UInt8(ascii: "'"), let length = contraction(in: text, at: start) { return start + length }
    var (kind, end) = character(in: text, at: start, table)
    if text[start] == UInt8(ascii: " "), end < text.count {
      let (next, nextEnd) = character(in: text, at: end, table)
      if next != .space { (kind, end) = (next, nextEnd) }
    }
    var last = start
    while end < text.count {
      let (next, nextEnd) = character(in: text, at: end, table)
      guard next == kind else {
        // A space before something else belongs to it, or stands alone.
        return kind == .space && last > start ? last : end
      }
      last = end
      end = nextEnd
    }
    return end
  }

  /// The class of the character at a place, and where it ends.
  @inline(__always)
  private func character(
    in text: UnsafeBufferPointer<UInt8>, at position: Int, _ table: ScalarTable
  ) -> (PatternClass, Int) {
    let (scalar, length) = UTF8Scan.scalar(in: text, at: position)
    return (table.patternClass(of: scalar, in: edition), position + length)
  }

  /// The length of an English contraction that begins with the apostrophe at a place; nil for none.
  private func contraction(in text: UnsafeBufferPointer<UInt8>, at start: Int) -> Int? {
    guard start + 1 < text.count else { return nil }
    switch text[start + 1] {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return start + 2 < text.count && text[start + 2] == UInt8(ascii: "e") ? 3 : nil
    case UInt8(ascii: "l"):
      return start + 2 < text.count && text[start + 2] == UInt8(ascii: "l") ? 3 : nil
    default: return nil
    }
  }
}
