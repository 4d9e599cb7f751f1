/// What a set of numbers is like, gathered in one pass.
///
/// Counts and extremes are exact. Mean and deviation are computed in binary64 about a value of the set, and the parts of a set
/// are joined by the formulas of Chan, Golub and LeVeque (*Updating formulae and a pairwise algorithm for computing sample
/// variances*, 1979), so that a mean far from zero does not cancel the deviation.
public struct Statistics: Hashable, Sendable {
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
  /// The mean of the finite values; NaN when there is none.
  public private(set) var mean = Double.nan
  // The sum of the squared differences from the mean.
  private var squares = 0.0

  private var finite: Int { count - notANumber - infinite }

  /// The standard deviation of the finite values about their mean; NaN when there is none.
  public var deviation: Double { (squares / Double(finite)).squareRoot() }

  /// Starts with no values.
  public init() {}

  /// Adds the statistics of other values.
  public static func += (total: inout Statistics, part: Statistics) {
    total.join(mean: part.mean, squares: part.squares, finite: part.finite)
    total.count += part.count
    total.notANumber += part.notANumber
    total.infinite += part.infinite
    total.zeros += part.zeros
    total.minimum = min(total.minimum, part.minimum)
    total.maximum = max(total.maximum, part.maximum)
  }

  private mutating func join(mean other: Double, squares otherSquares: Double, finite otherFinite: Int) {
    guard otherFinite > 0 else { return }
    guard finite > 0 else {
      (mean, squares) = (other, otherSquares)
      return
    }
    let share = Double(otherFinite) / Double(finite + otherFinite)
    let difference = other - mean
    mean += difference * share
    squares += otherSquares + difference * difference * share * Double(finite)
  }
}

extension Statistics {
  /// Measures numbers that lie in the first-level cache, since they are passed over several times.
  init<Number: PatternOrdered & SIMDScalar>(of values: UnsafeBufferPointer<Number>) {
    if values.areFinite {
      self.init(ofFinite: values)
    } else {
      self.init()
      for value in values {
        if value.isFinite {
          withUnsafePointer(to: value) { self += Statistics(ofFinite: UnsafeBufferPointer(start: $0, count: 1)) }
        } else {
          count += 1
          if value.isNaN { notANumber += 1 } else { infinite += 1 }
        }
      }
    }
  }

  private init<Number: PatternOrdered & SIMDScalar>(ofFinite values: UnsafeBufferPointer<Number>) {
    guard let origin = values.first else { return }
    count = values.count
    zeros = values.zeroCount
    let extremes = values.extremes
    // Adding zero makes +0 of −0.
    (minimum, maximum) = (Double(extremes.lowest) + 0, Double(extremes.highest) + 0)
    let (sum, squares) = values.moments(about: Double(origin))
    let difference = sum / Double(count)
    mean = Double(origin) + difference
    self.squares = max(0, squares - sum * difference)
  }
}

/// Each of these is a loop that vectorises; joined in one, they would need more registers than the processor has.
extension UnsafeBufferPointer where Element: PatternOrdered & SIMDScalar {
  /// Whether there is no infinity and no NaN.
  @inline(never)
  fileprivate var areFinite: Bool {
    var largest: Element.Pattern = 0
    for value in self { largest = Swift.max(largest, value.magnitudePattern) }
    return largest < Element.infinity.magnitudePattern
  }

  @inline(never)
  fileprivate var zeroCount: Int {
    var zeros: Element.Pattern = 0
    for value in self { zeros &+= value.magnitudePattern == 0 ? 1 : 0 }
    return Int(zeros)
  }

  @inline(never)
  fileprivate var extremes: (lowest: Element, highest: Element) {
    var lowest = Element.Pattern.max
    var highest = Element.Pattern.min
    for value in self {
      lowest = Swift.min(lowest, value.orderedPattern)
      highest = Swift.max(highest, value.orderedPattern)
    }
    return (Element(orderedPattern: lowest), Element(orderedPattern: highest))
  }

  /// The sums of the differences from a number and of their squares, in eight lanes, which no compiler makes of a sum in order.
  @inline(never)
  fileprivate func moments(about origin: Double) -> (sum: Double, squares: Double) {
    var sums = SIMD8<Double>.zero
    var squares = SIMD8<Double>.zero
    let whole = count & ~7
    for index in stride(from: 0, to: whole, by: 8) {
      let differences = SIMD8<Double>(lanes(at: index)) - origin
      sums += differences
      squares += differences * differences
    }
    return self[whole...].reduce((sums.sum(), squares.sum())) { moments, value in
      let difference = Double(value) - origin
      return (moments.0 + difference, moments.1 + difference * difference)
    }
  }
}

extension UnsafeBufferPointer where Element: SIMDScalar {
  /// Eight elements that follow each other; the caller answers for the bounds.
  @inline(__always)
  func lanes(at index: Int) -> SIMD8<Element> {
    UnsafeRawPointer(baseAddress! + index).loadUnaligned(as: SIMD8<Element>.self)
  }
}
