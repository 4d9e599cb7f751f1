import Heads

/// What a head says of one input.
public struct LabelAnswer: Equatable, Sendable {
  /// A part of the text under a label.
  public struct Span: Equatable, Sendable {
    /// Which of two texts: 0 or 1.
    public let text: Int
    /// Where its first token begins and its last one ends in the text, counted in Unicode scalars as Python counts; a pair of tokens
    /// need not go forwards.
    public let start, end: Int
    /// The part itself; of a pair that goes backwards, both tokens.
    public let words: String
    /// The label's name; nil where there is one kind alone.
    public let label: String?
    /// A probability, or a pointer's score; nil where there is none.
    public let score: Double?
    /// How many tokens it has; of a pair, how far the last is behind the first, and one more.
    public let tokenCount: Int
    /// Whether the score lies within rounding of the threshold that decides.
    public var isNear = false
  }

  /// The index of the best label, or of the text that is right; nil for spans.
  public internal(set) var index: Int?
  /// Its name.
  public internal(set) var label: String?
  /// The labels above one half, where labels do not exclude each other; nil where they do.
  public internal(set) var labels: [String]?
  /// The probability of each label or text, or the scores of a head without probabilities.
  public internal(set) var probabilities: [Double] = []
  /// The spans; nil where the answer is a label.
  public internal(set) var spans: [Span]?
  /// The name of the label of each token, special ones among them; nil where tokens have none.
  public internal(set) var tokenLabels: [String]?
  /// Whether another answer is as good within rounding.
  public internal(set) var isTie = false
  /// How many tokens were cut.
  public internal(set) var removedCount = 0
}

extension LabelAnswer {
  /// Leaves out spans: to find out what somebody else took.
  package mutating func keepSpans(where isKept: (Span) -> Bool) { spans = spans?.filter(isKept) }
}
