/// Which tokens are removed from a text that is too long.
public enum Truncation: Equatable, Sendable {
  /// The last tokens of a text go, those before `[SEP]`.
  case right
  /// The first tokens of a text go, those after `[CLS]`.
  case left
  /// The token at an index goes, again and again; a negative index counts from the end, -1 being the last token.
  case index(Int)

  /// Removes tokens from the longest text, the first of several, until all together number `maximum`.
  ///
  /// Each text comes with the special tokens around it. Source: bert4keras 0.11.5, `snippets.py`, `truncate_sequences`, called by
  /// `TokenizerBase.encode`.
  ///
  /// - Parameters:
  ///   - before: How many special tokens stand before each text.
  ///   - behind: How many stand behind each.
  /// - Throws: ``ImpossibleTruncation`` when no token is left at the index.
  func shorten<Token>(
    _ first: inout [Token], _ second: inout [Token], to maximum: Int, before: Int, behind: (Int, Int)
  ) throws {
    var counts = (first.count, second.count)
    while counts.0 + counts.1 > max(0, maximum) {
      // What stands behind the texts does not make the one longer than the other.
      if counts.0 - behind.0 >= counts.1 - behind.1 { counts.0 -= 1 } else { counts.1 -= 1 }
    }
    guard remove(first.count - counts.0, from: &first, before, behind.0),
      remove(second.count - counts.1, from: &second, before, behind.1)
    else { throw ImpossibleTruncation() }
  }

  private func remove<Token>(_ count: Int, from tokens: inout [Token], _ before: Int, _ behind: Int) -> Bool {
    guard count > 0 else { return true }
    let index =
      switch self {
      case .right: -behind - 1
      case .left: before
      case .index(let index): index
      }
    // Tokens at one index are neighbours: those behind it move up, or those before it move down.
    let start = index < 0 ? tokens.count + index + 1 - count : index
    guard start >= 0, start <= tokens.count - count else { return false }
    tokens.removeSubrange(start..<(start + count))
    return true
  }
}

/// A maximum length to which texts cannot be shortened at the given index.
///
/// bert4keras fails here with an `IndexError`.
public struct ImpossibleTruncation: Error, Equatable, CustomStringConvertible {
  /// The facts as one line for a person.
  public var description: String {
    "the text cannot be shortened so far: no token is left where tokens are to be removed"
  }
}
