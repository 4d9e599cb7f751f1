/// Two texts, and how similar people find them.
public struct SentencePair: Hashable, Sendable {
  /// The first text.
  public let first: String
  /// The second text.
  public let second: String
  /// The score or label, a finite number; more means more similar.
  public let score: Double
  /// The line of the file on which the pair begins, from 1 on.
  public let line: Int
}
