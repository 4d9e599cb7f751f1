import Bytes

/// Where generated texts begin and when they are at their end, as `AutoRegressiveDecoder` has it (bert4keras 0.11.5,
/// `snippets.py:520-536`).
public struct Stopping: Equatable, Sendable {
  /// The first token of each text (`start_id`), which counts in its length; nil where there is none.
  public let start: Int32?
  /// The token that ends a text (`end_id`), and is its last.
  public let end: Int32
  /// The most tokens that are generated (`maxlen`).
  public let maximumLength: Int
  /// How many tokens a text must have before it can be at its end (`minlen`).
  public let minimumLength: Int
  /// How many ends it must have (`min_ends`).
  public let minimumEnds: Int

  /// Decides where texts end.
  ///
  /// - Throws: `Problem` of kind *mismatched* when a number is less than 1.
  public init(start: Int32? = nil, end: Int32, maximumLength: Int, minimumLength: Int = 1, minimumEnds: Int = 1) throws
  {
    for (name, value) in [
      ("the greatest length", maximumLength), ("the least length", minimumLength), ("the number of ends", minimumEnds),
    ] where value < 1 {
      throw Problem(.mismatched, file: "generation", object: name, found: "\(value)", expected: "at least 1")
    }
    self.start = start
    self.end = end
    self.maximumLength = maximumLength
    self.minimumLength = minimumLength
    self.minimumEnds = minimumEnds
  }

  /// The row with which everything begins.
  var firstRow: [Int32] { start.map { [$0] } ?? [] }

  /// Whether a row is at its end, but for its length.
  func isFinished(_ row: [Int32]) -> Bool {
    row.last == end && row.count { $0 == end } >= minimumEnds
  }

  /// Whether rows of a length can be at their end.
  func allowsEnd(at length: Int) -> Bool { length >= minimumLength }
}
