/// A model that goes on: after each row of tokens, the probability of every token.
public protocol NextTokenPredictor {
  /// The number of tokens that there are, V.
  var vocabularySize: Int { get }

  /// Returns the probabilities of the next token after each row, [rows, V], row by row.
  ///
  /// - Parameters:
  ///   - rows: The tokens of each row so far. All are as long; each is one longer than in the call before.
  ///   - origins: For each row the row of the call before that it continues, so that what was kept of it can be used; in the first
  ///     call there is one row, and no origin.
  mutating func probabilities(after rows: [[Int32]], continuing origins: [Int]) throws -> [Float]
}
