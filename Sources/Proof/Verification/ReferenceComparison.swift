import Bytes
import Inference
import Tensors

/// Every point of a reference compared with what a model computes.
public struct ReferenceComparison: Sendable {
  /// The reference's file.
  public let file: String
  /// One comparison for each batch and point, in the order of computation.
  public let points: [PointComparison]

  /// The first point in the order of computation that does not agree; later ones inherit its error.
  ///
  /// Batches are independent, so the earliest point over all of them is the one nearest the cause.
  public var firstDivergence: PointComparison? {
    var order: [String: Int] = [:]
    for comparison in points where order[comparison.point] == nil { order[comparison.point] = order.count }
    return points.filter { !$0.agrees }.min { (order[$0.point]!, $0.batch) < (order[$1.point]!, $1.batch) }
  }

  /// Whether every point agrees.
  public var agrees: Bool { points.allSatisfy(\.agrees) }

  /// Runs a model on every batch of a reference, three times each: in float32, in float64, and in float64 with stored
  /// values rounded to float32.
  ///
  /// - Parameters:
  ///   - vectors: How the model file makes vectors of texts; needed where the reference holds some.
  ///   - threads: How many threads share the work; by default, as many as there are processors.
  ///   - progress: Called with each finished batch's number.
  /// - Throws: `Problem` of kind *mismatched* when the reference names a point that the model does not have, or records
  ///   it in another shape, or holds ids that the model does not know.
  public init(
    of model: Model, with reference: Reference, vectors: VectorProcedure? = nil, threads: Int? = nil,
    progress: (Int) -> Void = { _ in }
  ) throws {
    file = reference.file
    var points: [PointComparison] = []
    for (number, batch) in reference.batches.enumerated() {
      let recordedVectors = VectorPoint.all.filter { batch.points[$0.name] != nil && (vectors != nil || $0 != .whole) }
      let wanted = Set(batch.points.keys.map { Point($0) }).subtracting(recordedVectors.map { Point($0.name) })
        .subtracting([Point(Reference.Batch.answersName)])
      if let unknown = wanted.subtracting(model.points).map(\.name).min() {
        throw Problem(
          .mismatched, file: reference.file, object: "\(number)/point/\(unknown)",
          found: "a point that this model does not have",
          expected: "some of \(model.points.map(\.name).joined(separator: ", "))")
      }
      let input = try Input(batch)
      let fast = try model.run(input, computing: wanted, precision: .float32, threads: threads)
      let exact = try model.run(input, computing: wanted, precision: .float64, threads: threads)
      let rounded = try model.run(input, computing: wanted, precision: .roundedFloat64, threads: threads)
      for point in model.points {
        guard let recorded = batch.points[point.name] else { continue }
        let computed = ComputedPoint(fast: fast[point]!, exact: exact[point]!, rounded: rounded[point]!)
        guard recorded.shape == computed.exact.shape else {
          throw Problem(
            .mismatched, file: reference.file, object: "\(number)/point/\(point)",
            found: "the shape \(recorded.shape)", expected: "\(computed.exact.shape)")
        }
        points.append(try PointComparison(batch: number, point: point.name, recorded: recorded, computed: computed))
      }
      for point in recordedVectors {
        let comparison = VectorComparison(
          model: model, procedure: vectors, batch: batch, number: number, file: reference.file, threads: threads)
        points.append(try comparison.compare(point, recorded: batch.points[point.name]!))
      }
      progress(number)
    }
    self.points = points
  }
}

extension Input {
  /// Takes the inputs of a reference's batch.
  ///
  /// - Throws: `Problem` of kind *mismatched* when they have no tokens, or rows of different number.
  public init(_ batch: Reference.Batch) throws {
    try self.init(
      tokenIDs: batch.tokenIDs.rows(), segmentIDs: batch.segmentIDs?.rows(), positionIDs: batch.positionIDs?.rows(),
      decoderTokenIDs: batch.decoderTokenIDs?.rows(),
      condition: batch.condition.map { condition in
        let extents = condition.shape.dimensions
        return try Features(batch: extents[0], length: 1, width: extents[1], values: condition.floats())
      },
      context: batch.context.map { context in
        let extents = context.shape.dimensions
        return try Features(batch: extents[0], length: extents[1], width: extents[2], values: context.floats())
      })
  }
}

extension Tensor {
  /// The rows of an integer matrix; ids beyond 32 bits, which no vocabulary has, become −1.
  fileprivate func rows() -> [[Int32]] {
    let width = shape.dimensions[1]
    let values: [Int32] =
      elementType == .int32
      ? withElements { Array($0) }
      : withElements(of: Int64.self) { $0.map { Int32(exactly: $0) ?? -1 } }
    return (0..<shape.dimensions[0]).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
  }
}
