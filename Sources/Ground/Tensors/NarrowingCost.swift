/// What was lost when numbers were rounded to a narrower type.
public struct NarrowingCost: Hashable, Sendable {
  /// How many elements were converted.
  public var elements = 0
  /// How many finite numbers became infinite.
  public var overflowed = 0
  /// How many numbers other than zero became zero.
  public var underflowed = 0
  /// The largest absolute difference between a finite number and what it became, when that is finite too.
  public var maximumError = 0.0

  /// Begins with nothing converted and nothing lost.
  public init() {}

  /// Whether every number kept its value.
  public var isNothing: Bool { overflowed == 0 && underflowed == 0 && maximumError == 0 }

  /// Adds the cost of another part of the same contents.
  public static func += (total: inout NarrowingCost, part: NarrowingCost) {
    total.elements += part.elements
    total.overflowed += part.overflowed
    total.underflowed += part.underflowed
    total.maximumError = max(total.maximumError, part.maximumError)
  }
}

extension NarrowingCost {
  /// Compares `count` numbers with what they became; both functions give exact values.
  @inline(__always)
  init<Number: PatternOrdered>(count: Int, before: (Int) -> Number, after: (Int) -> Number) {
    let infinity = Number.infinity.magnitudePattern
    var overflowed: Number.Pattern = 0
    var underflowed: Number.Pattern = 0
    var largest: Number.Pattern = 0
    for index in 0..<count {
      let (old, new) = (before(index), after(index))
      let (oldMagnitude, newMagnitude) = (old.magnitudePattern, new.magnitudePattern)
      let isFinite = oldMagnitude < infinity
      overflowed &+= isFinite && newMagnitude == infinity ? 1 : 0
      underflowed &+= oldMagnitude != 0 && newMagnitude == 0 ? 1 : 0
      // The difference of a number and its rounding is a number of the wider format.
      let error = isFinite && newMagnitude < infinity ? (old - new).magnitudePattern : 0
      largest = error > largest ? error : largest
    }
    self.init()
    elements = count
    self.overflowed = Int(overflowed)
    self.underflowed = Int(underflowed)
    maximumError = Double(Number(magnitudePattern: largest))
  }
}
