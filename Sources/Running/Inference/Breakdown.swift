import Bytes
import Tensors

/// The place where a forward pass stops giving numbers, and what may be the reason.
public struct Breakdown: Sendable {
  /// The first point, in the order of computation, of which a value is NaN or infinite.
  public let point: Point
  /// The index of the first such value at that point.
  public let place: [Int]
  /// That value.
  public let value: Double
  /// The weights that hold NaN or infinities, in the order of the file; none where numbers grow too large on the way.
  public let weights: [(name: String, count: NonFiniteCount)]
}

extension Model {
  /// Runs a batch up to the first point with a value that is NaN or infinite, and reads all weights if there is one.
  ///
  /// The parameters are those of ``run(_:computing:at:precision:threads:continuing:observing:)``.
  ///
  /// - Returns: Nil when every value at every point is a finite number.
  /// - Throws: `Problem` as running does.
  public func breakdown(
    of input: Input, at positions: [TokenPosition]? = nil, precision: Precision = .float32, threads: Int? = nil
  ) throws -> Breakdown? {
    do {
      try run(input, computing: Set(points), at: positions, precision: precision, threads: threads) { point, values in
        if let index = try values.doubles().firstIndex(where: { !$0.isFinite }) {
          throw Stop(point: point, place: values.shape.index(of: index), value: try values.doubles()[index])
        }
      }
      return nil
    } catch let stop as Stop {
      return Breakdown(
        point: stop.point, place: stop.place, value: stop.value, weights: try weightsOfNoNumbers())
    }
  }

  /// Reads all weights and returns those that hold NaN or infinities, in the order of the file.
  package func weightsOfNoNumbers() throws -> [(name: String, count: NonFiniteCount)] {
    try store.names.compactMap { name in
      try store.weight(name).map { (name: name, count: try NonFiniteCount(in: $0)) }
    }.filter { !$0.count.isZero }
  }

  /// Checks that what a run gave are numbers, before anybody takes them for an answer.
  ///
  /// - Parameters:
  ///   - values: The values at some point.
  ///   - input: The batch that was run.
  ///   - positions: The tokens at which the masked language model was computed, as the run was told.
  /// - Throws: `Problem` of kind *damaged* that names the first point of the pass that has NaN or an infinity, and the weights that
  ///   hold some; of kind *unsupported* when all weights are numbers.
  public func checkNumbers(
    _ values: Tensor, of input: Input, at positions: [TokenPosition]? = nil, threads: Int? = nil
  ) throws {
    guard try !NonFiniteCount(in: values).isZero else { return }
    guard let breakdown = try breakdown(of: input, at: positions, threads: threads) else {
      throw Problem(.unsupported, file: store.file, found: "values that are no numbers", expected: "numbers")
    }
    throw breakdown.problem(of: store.file)
  }

  /// Ends a run.
  private struct Stop: Error {
    let point: Point
    let place: [Int]
    let value: Double
  }
}

extension Breakdown {
  /// Why there is no answer.
  ///
  /// - Parameter file: The model's file.
  public func problem(of file: String) -> Problem {
    let named = weights.prefix(3).map { "\($0.name) (\($0.count))" }
    let others = weights.count - named.count
    return Problem(
      weights.isEmpty ? .unsupported : .damaged, file: file, object: point.name,
      found: "\(value.isNaN ? "NaN" : "an infinite value") at [\(place.map(String.init).joined(separator: ","))]",
      expected: "numbers, at every point of the forward pass",
      advice: weights.isEmpty
        ? "All weights are numbers: a setting may be wrong, or the values grow beyond float32"
        : "These weights are no numbers: \(named.joined(separator: ", "))\(others > 0 ? " and \(others) more" : ""). "
          + "Take a checkpoint that was saved before its training broke down")
  }
}
