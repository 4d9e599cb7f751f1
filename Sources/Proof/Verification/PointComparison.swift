import Inference
import Tensors

/// How far apart the recorded and the computed values of one point are.
public struct PointComparison: Sendable {
  /// The batch of the reference.
  public let batch: Int
  /// The point's name.
  public let point: String
  /// The shape of its values.
  public let shape: Shape
  /// The precision in which the reference recorded it: float32 or float64.
  public let precision: ElementType
  /// Which side has values that are NaN or infinite; empty where both have numbers only.
  public let withoutNumbers: Set<Side>
  /// The largest absolute difference between recorded and computed value; infinite where one of them is no finite number.
  public let maximumError: Double
  /// The index of that element; of the first one that is no finite number, where there is such.
  public let place: [Int]
  /// The recorded value there.
  public let recorded: Double
  /// The computed value there, in the precision of the record.
  public let computed: Double
  /// The rounding that is to be expected here, as an absolute error (`Formats/Reference.md`, "How a point is judged").
  public let roundingUnit: Double
  /// The largest distance of a recorded value from the exact one.
  public let recordedFromExact: Double
  /// The largest distance of a value computed in float32 from the exact one.
  public let computedFromExact: Double
  /// Of vectors that do not agree: what else the recorded ones are, as a phrase behind "the recorded vectors are those"; nil where nothing
  /// that is known makes them.
  public var explanation: String?

  /// The two sides of a comparison.
  public enum Side: String, CaseIterable, Sendable {
    /// What the original framework computed.
    case recorded
    /// What Ingot computes.
    case computed
  }

  /// How many rounding units a value may lie from the exact one.
  ///
  /// The unit counts the rounding of stored values only; sums of up to thousands of products, in an order of each
  /// framework's own, add a multiple of it that grows with the root of their number. Models that TensorFlow 1.15 and 2.15
  /// recorded stay below 9 units when they are tiny and below 14 at the size of BERT-base; a wrong weight or
  /// setting exceeds a thousand.
  public static let tolerance = 32.0

  /// The error in rounding units.
  public var unitsOfError: Double { maximumError / roundingUnit }

  /// Whether both sides lie within ``tolerance`` rounding units of the exact result, which they do not where one has no number.
  ///
  /// NaN on both sides proves nothing: the model gave no answer before, and gives none now.
  public var agrees: Bool {
    guard withoutNumbers.isEmpty else { return false }
    let bound = PointComparison.tolerance * roundingUnit
    return recordedFromExact <= bound && (precision == .float64 || computedFromExact <= bound)
  }
}

/// One point as the runtime computes it: in float32, exactly, and exactly but for the rounding of stored values.
struct ComputedPoint {
  var fast: Tensor
  var exact: Tensor
  var rounded: Tensor
}

extension PointComparison {
  /// Compares the recorded values of a point with the computed ones, all of one shape.
  init(batch: Int, point: String, recorded: Tensor, computed: ComputedPoint) throws {
    let record = try recorded.doubles()
    let fast = try computed.fast.doubles()
    let exact = try computed.exact.doubles()
    let rounded = try computed.rounded.doubles()
    let same = recorded.elementType == .float64 ? exact : fast

    let stray = record.indices.first { !record[$0].isFinite || !same[$0].isFinite }
    let (maximumError, index) = stray.map { (.infinity, $0) } ?? PointComparison.largestDistance(record, same)
    // Half a unit in the last place of the largest value: what storing it in float32 costs at least.
    let largest = exact.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    let floor = max(largest, Double(Float.leastNormalMagnitude)) * 0x1p-24
    let float32Unit = max(floor, PointComparison.largestDistance(rounded, exact).distance)

    self.batch = batch
    self.point = point
    withoutNumbers = Set(
      [(Side.recorded, record), (.computed, same), (.computed, exact)].filter { !$0.1.allSatisfy(\.isFinite) }.map(\.0))
    shape = recorded.shape
    precision = recorded.elementType
    self.maximumError = maximumError
    place = recorded.shape.index(of: index)
    self.recorded = record.isEmpty ? 0 : record[index]
    self.computed = same.isEmpty ? 0 : same[index]
    // float64 has 29 more bits of mantissa than float32 and rounds the same intermediate results.
    roundingUnit = recorded.elementType == .float64 ? float32Unit * 0x1p-29 : float32Unit
    recordedFromExact = PointComparison.largestDistance(record, exact).distance
    computedFromExact = PointComparison.largestDistance(fast, exact).distance
  }

  /// The largest distance between values at the same index; infinite where one of them is no finite number.
  private static func largestDistance(_ left: [Double], _ right: [Double]) -> (distance: Double, index: Int) {
    var largest = 0.0
    var place = 0
    for index in left.indices {
      let distance = abs(left[index] - right[index])
      if distance.isNaN || distance > largest {
        largest = distance.isNaN ? .infinity : distance
        place = index
      }
    }
    return (largest, place)
  }
}
