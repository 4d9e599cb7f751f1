import Bytes

/// How far similarities follow the scores that people gave.
///
/// Both numbers are computed in float64 from the definitions that `scipy.stats.pearsonr` and `spearmanr` have.
public struct Correlation: Hashable, Sendable {
  /// Pearson's coefficient of the values.
  public let pearson: Double
  /// Spearman's coefficient: Pearson's of the average ranks.
  public let spearman: Double

  /// Compares as many similarities as scores.
  ///
  /// - Parameters:
  ///   - file: The file that the scores are of, which problems name.
  /// - Throws: `Problem` of kind *mismatched* for fewer than two rows, and for scores or similarities that are all the same, of which no
  ///   coefficient exists; *damaged* for one that is no finite number.
  public init(of similarities: [Double], with scores: [Double], file: String) throws {
    precondition(similarities.count == scores.count, "\(similarities.count) similarities of \(scores.count) pairs")
    guard scores.count > 1 else {
      throw Problem(
        .mismatched, file: file, found: scores.count == 1 ? "1 pair" : "no pair",
        expected: "at least 2, since a correlation compares rows with one another")
    }
    try Correlation.check(scores, "the scores", in: file)
    try Correlation.check(similarities, "the similarities", in: file)
    pearson = Correlation.pearson(similarities, scores)
    spearman = Correlation.pearson(AverageRanks.ranks(of: similarities), AverageRanks.ranks(of: scores))
  }

  private static func check(_ column: [Double], _ what: String, in file: String) throws {
    if let row = column.firstIndex(where: { !$0.isFinite }) {
      throw Problem(
        .damaged, file: file, object: what, found: "\(column[row]) for pair \(row + 1)", expected: "finite numbers")
    }
    guard column.contains(where: { $0 != column[0] }) else {
      throw Problem(
        .mismatched, file: file, object: what, found: "\(column[0]) for all of \(column.count) pairs",
        expected: "numbers that differ, since the correlation with a constant is undefined")
    }
  }

  /// Pearson's coefficient by two passes: means first, then products of differences, scaled before they are multiplied.
  private static func pearson(_ x: [Double], _ y: [Double]) -> Double {
    let (x, y) = (centered(x), centered(y))
    let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    return max(-1, min(1, product))
  }

  /// The differences from the mean, divided by the root of the sum of their squares.
  private static func centered(_ values: [Double]) -> [Double] {
    func centered(_ values: [Double]) -> [Double] {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.map { $0 - mean }
    }
    // Once more, since the first mean is rounded.
    let differences = scaled(centered(centered(scaled(values))))
    let length = differences.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return differences.map { $0 / length }
  }

  /// The values divided by a power of two, which rounds nothing, so that the largest is about 1.
  private static func scaled(_ values: [Double]) -> [Double] {
    let exponent = values.reduce(0) { max($0, $1.magnitude) }.exponent
    return values.map { Double(sign: .plus, exponent: -exponent, significand: $0) }
  }
}
