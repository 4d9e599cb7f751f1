/// What the values of a tensor are like, gathered in one pass.
public struct Statistics: Sendable {
  /// The number of values.
  public private(set) var count = 0
  /// How many are not a number.
  public private(set) var notANumber = 0
  /// How many are infinite.
  public private(set) var infinite = 0
  /// How many are zero, of either sign.
  public private(set) var zeros = 0
  /// The smallest finite value; +∞ when there is none.
  public private(set) var minimum = Double.infinity
  /// The largest finite value; −∞ when there is none.
  public private(set) var maximum = -Double.infinity
  private var finite = 0
  private var sum = 0.0
  // Squares are summed about the first finite value, so that a mean far from zero does not cancel the deviation.
  private var origin = 0.0
  private var shiftedSum = 0.0
  private var shiftedSquares = 0.0

  /// The mean of the finite values; NaN when there is none.
  public var mean: Double { sum / Double(finite) }

  /// The standard deviation of the finite values about their mean; NaN when there is none.
  public var deviation: Double {
    let mean = shiftedSum / Double(finite)
    return max(0, shiftedSquares / Double(finite) - mean * mean).squareRoot()
  }

  /// Starts with no values.
  public init() {}

  /// Takes values in.
  public mutating func add(_ values: some Sequence<Double>) {
    for value in values {
      count += 1
      guard value.isFinite else {
        if value.isNaN { notANumber += 1 } else { infinite += 1 }
        continue
      }
      if value == 0 { zeros += 1 }
      if finite == 0 { origin = value }
      finite += 1
      minimum = min(minimum, value)
      maximum = max(maximum, value)
      sum += value
      shiftedSum += value - origin
      shiftedSquares += (value - origin) * (value - origin)
    }
  }
}

/// How often values fall into each of equal intervals.
public struct Histogram: Sendable {
  /// Where the first interval begins.
  public let lowerBound: Double
  /// Where the last interval ends.
  public let upperBound: Double
  /// The number of finite values in each interval; the last one includes its end.
  public private(set) var counts: [Int]

  /// Sets up intervals between two finite bounds.
  public init(from lowerBound: Double, to upperBound: Double, intervals: Int) {
    self.lowerBound = lowerBound
    self.upperBound = upperBound
    counts = Array(repeating: 0, count: intervals)
  }

  /// Counts values; those outside the bounds and those that are no numbers are passed over.
  public mutating func add(_ values: some Sequence<Double>) {
    let width = (upperBound - lowerBound) / Double(counts.count)
    for value in values where value >= lowerBound && value <= upperBound {
      counts[width > 0 ? min(counts.count - 1, Int((value - lowerBound) / width)) : 0] += 1
    }
  }
}
