/// Which tokens are removed from a text that is too long.
public enum Truncation: Equatable, Sendable {
  /// The last tokens before `[SEP]` go.
  case right
  /// The first tokens after `[CLS]` go.
  case left
  /// The token at an index goes, again and again; a negative index counts from the end, -1 being the last token.
  case index(Int)

  /// Removes tokens from the longest text, the first of several, until all together number `maximum`.
  ///
  /// Source: bert4keras 0.11.5, `snippets.py`, `truncate_sequences`, called by `TokenizerBase.encode`.
  ///
  /// - Throws: ``ImpossibleTruncation`` when no token is left at the index.
  func shorten(_ first: inout [String], _ second: inout [String], to maximum: Int) throws {
    var counts = (first.count, second.count)
    while counts.0 + counts.1 > max(0, maximum) {
      if counts.0 >= counts.1 { counts.0 -= 1 } else { counts.1 -= 1 }
    }
    guard remove(first.count - counts.0, from: &first), remove(second.count - counts.1, from: &second) else {
      throw ImpossibleTruncation()
    }
  }

  private func remove(_ count: Int, from tokens: inout [String]) -> Bool {
    guard count > 0 else { return true }
    let index =
      switch self {
      case .right: -2
      case .left: 1
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
/// bert4keras fails here with an `IndexError`. With ``Truncation/right`` and ``Truncation/left`` only a maximum below 1
/// does so.
public struct ImpossibleTruncation: Error, Equatable, CustomStringConvertible {
  /// The facts as one line for a person.
  public var description: String {
    "the text cannot be shortened so far: no token is left where tokens are to be removed"
  }
}
