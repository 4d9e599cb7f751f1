import Bytes

/// The most probable text that a search along a few beams finds, as `AutoRegressiveDecoder.beam_search` does (bert4keras 0.11.5,
/// `snippets.py:587-631`).
///
/// The score of a text is the sum of log(p + 10⁻¹²) over its tokens; its length does not count. In each step the best continuations of all
/// beams are kept, as many as there are beams. The search ends when the best of them is at its end; others that are at their end are
/// dropped, and their beams with them.
///
/// Among equal scores the earlier beam comes first, then the smaller id: NumPy leaves this order open.
public struct BeamSearch: Equatable, Sendable {
  /// How many beams there are (`topk`).
  public let beams: Int
  /// What probabilities are flattened by, above 1, or sharpened by, below 1 (`temperature`).
  public let temperature: Double

  /// Decides how a search goes.
  ///
  /// - Throws: `Problem` of kind *mismatched* when there is no beam, or the temperature is not a positive number.
  public init(beams: Int, temperature: Double = 1) throws {
    guard beams > 0 else {
      throw Problem(.mismatched, file: "generation", object: "beams", found: "\(beams)", expected: "at least 1")
    }
    self.beams = beams
    self.temperature = try Distribution.checked(temperature: temperature)
  }

  /// A text and its score.
  public struct Result: Equatable, Sendable {
    /// The tokens, with the first token and the end where there are such.
    public let ids: [Int32]
    /// The sum of the logarithms of their probabilities.
    public let score: Double
  }

  /// Searches.
  ///
  /// - Parameters:
  ///   - model: What tells probabilities.
  ///   - stopping: When a text is at its end.
  ///   - observe: Takes the text as it grows, where there is one beam.
  /// - Throws: `Problem` of kind *mismatched* when there are more beams than tokens, *damaged* when probabilities are no numbers, and
  ///   whatever the model throws.
  public func run(
    _ model: inout some NextTokenPredictor, until stopping: Stopping, observing observe: ([Int32]) -> Void = { _ in }
  ) throws -> Result {
    guard beams <= model.vocabularySize else {
      throw Problem(
        .mismatched, file: "generation", object: "beams", found: "\(beams)",
        expected: "at most \(model.vocabularySize), the tokens of the model")
    }
    var rows = [Result(ids: stopping.firstRow, score: 0)]
    var origins: [Int] = []
    var width = beams
    for _ in 0..<stopping.maximumLength {
      let best = try continuations(of: rows, from: origins, by: &model, count: width)
      rows = best.map { Result(ids: rows[$0.row].ids + [$0.token], score: $0.score) }
      origins = best.map(\.row)
      if beams == 1 { observe(rows[0].ids) }
      guard stopping.allowsEnd(at: rows[0].ids.count) else { continue }
      if stopping.isFinished(rows[0].ids) { return rows[0] }
      let open = rows.indices.filter { !stopping.isFinished(rows[$0].ids) }
      (rows, origins, width) = (open.map { rows[$0] }, open.map { origins[$0] }, open.count)
    }
    return rows[0]
  }

  /// One more token behind one of the rows.
  private struct Continuation {
    let row: Int
    let token: Int32
    let score: Double

    func precedes(_ other: Continuation) -> Bool {
      (other.score, row, token) < (score, other.row, other.token)
    }
  }

  /// The best continuations of all rows, the best one first.
  private func continuations(
    of rows: [Result], from origins: [Int], by model: inout some NextTokenPredictor, count: Int
  ) throws -> [Continuation] {
    let values = try model.probabilities(after: rows.map(\.ids), continuing: origins)
    let size = model.vocabularySize
    var best: [Continuation] = []
    for row in rows.indices {
      let distribution = try Distribution(values[row * size..<(row + 1) * size], temperature: temperature)
      for (token, score) in distribution.logarithms.enumerated() {
        let continuation = Continuation(row: row, token: Int32(token), score: rows[row].score + Double(score))
        if best.count == count {
          guard continuation.precedes(best[count - 1]) else { continue }
          best.removeLast()
        }
        let place = best.firstIndex { continuation.precedes($0) } ?? best.count
        best.insert(continuation, at: place)
      }
    }
    return best
  }
}
