/// A text, or a pair of texts, as a model reads it.
public struct Encoding: Equatable, Sendable {
  /// The tokens, `[CLS]` and `[SEP]` among them; a word that the vocabulary lacks stands here as it is.
  public var tokens: [String]
  /// The ids of the tokens.
  public var ids: [Int]
  /// For each token 0 in the first text and 1 in the second.
  public var segments: [Int]
}
<<<<<<< HEAD

/// From which end of a text tokens are removed when it is too long.
public enum Truncation: Sendable {
  /// The last tokens before `[SEP]` go.
  case right
  /// The first tokens after `[CLS]` go.
  case left

  /// Removes tokens from the longest text, the first of several, until all together number `maximum`.
  ///
  /// Source: bert4keras 0.11.5, `snippets.py`, `truncate_sequences`, which removes at index -2 or 1.
  func shorten(_ first: inout [String], _ second: inout [String], to maximum: Int) {
    var counts = (first.count, second.count)
    while counts.0 + counts.1 > max(0, maximum) {
      if counts.0 >= counts.1 { counts.0 -= 1 } else { counts.1 -= 1 }
    }
    remove(first.count - counts.0, from: &first)
    remove(second.count - counts.1, from: &second)
  }

  private func remove(_ count: Int, from tokens: inout [String]) {
    // The token at the other end, [SEP] or [CLS], stays as long as there are any.
    guard count > 0 else { return }
    guard count < tokens.count else { return tokens.removeAll() }
    switch self {
    case .right: tokens.removeSubrange((tokens.count - 1 - count)..<(tokens.count - 1))
    case .left: tokens.removeSubrange(1..<(1 + count))
    }
  }
}
=======
>>>>>>> tokenizer
