import Bytes

/// Texts drawn at random, as `AutoRegressiveDecoder.random_sample` draws them (bert4keras 0.11.5, `snippets.py:635-704`).
///
/// In each step every unfinished row draws one token, row by row. Finished rows leave, so that texts stand in the order in which they were
/// finished; those of the greatest length stand last.
///
/// The candidates of a draw stand by falling probability, equal ones by their ids, where a restriction sorts them; else by their ids. NumPy
/// leaves the order of candidates open where only ``topK`` restricts them, and that of equal probabilities; everywhere else the same seed
/// draws the same tokens.
public struct Sampling: Equatable, Sendable {
  /// How many texts are drawn (`n`).
  public let count: Int
  /// The most candidates of a draw (`topk`); nil for all tokens.
  public let topK: Int?
  /// The probability that the most probable candidates must have together, with the one that reaches it (`topp`); nil for all.
  public let topP: Double?
  /// What probabilities are flattened by, above 1, or sharpened by, below 1 (`temperature`).
  public let temperature: Double

  /// Decides how texts are drawn.
  ///
  /// - Throws: `Problem` of kind *mismatched* for a number that makes no sense.
  public init(count: Int, topK: Int? = nil, topP: Double? = nil, temperature: Double = 1) throws {
    func check(_ holds: Bool, _ name: String, _ value: Any, _ expected: String) throws {
      if !holds {
        throw Problem(.mismatched, file: "generation", object: name, found: "\(value)", expected: expected)
      }
    }
    try check(count > 0, "the number of texts", count, "at least 1")
    if let topK { try check(topK > 0, "top-k", topK, "at least 1") }
    if let topP { try check(topP > 0 && topP <= 1, "top-p", topP, "above 0 and at most 1") }
    self.count = count
    self.topK = topK
    self.topP = topP
    self.temperature = try Distribution.checked(temperature: temperature)
  }

  /// Draws texts.
  ///
  /// - Parameters:
  ///   - model: What tells probabilities.
  ///   - stopping: When a text is at its end.
  ///   - uniform: Random numbers of at least 0 and below 1, one for each draw.
  ///   - observe: Takes the unfinished rows after each step.
  /// - Returns: The texts, with the first token and the end where there are such.
  /// - Throws: `Problem` of kind *damaged* when probabilities are no numbers, and whatever the model throws.
  public func run(
    _ model: inout some NextTokenPredictor, until stopping: Stopping, drawing uniform: () -> Double,
    observing observe: ([[Int32]]) -> Void = { _ in }
  ) throws -> [[Int32]] {
    var texts: [[Int32]] = []
    var rows = [stopping.firstRow]
    var origins: [Int] = []
    let size = model.vocabularySize
    for step in 0..<stopping.maximumLength {
      let values = try model.probabilities(after: rows, continuing: origins)
      if step == 0 {
        rows = Array(repeating: rows[0], count: count)
        origins = Array(repeating: 0, count: count)
      } else {
        origins = Array(rows.indices)
      }
      for row in rows.indices {
        let first = (step == 0 ? 0 : row) * size
        let candidates = try candidates(of: values[first..<first + size])
        rows[row].append(candidates.draw(uniform()))
      }
      observe(rows)
      guard stopping.allowsEnd(at: rows[0].count) else { continue }
      texts += rows.filter(stopping.isFinished)
      let open = rows.indices.filter { !stopping.isFinished(rows[$0]) }
      (rows, origins) = (open.map { rows[$0] }, open.map { origins[$0] })
      if rows.isEmpty { break }
    }
    return texts + rows
  }

  /// The tokens among which one is drawn.
  ///
  /// - Throws: `Problem` of kind *damaged* when a probability is no number.
  func candidates(of probabilities: ArraySlice<Float>) throws -> Candidates {
    var distribution = try Distribution(probabilities, temperature: temperature)
    distribution.normalize()
    var candidates = Candidates(distribution)
    if let topK { candidates.keep(mostProbable: topK) }
    if let topP { candidates.keep(reaching: Float(topP)) }
    return candidates
  }
}
