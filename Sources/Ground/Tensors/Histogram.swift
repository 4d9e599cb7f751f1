/// How often values fall into each of equal intervals.
public struct Histogram: Hashable, Sendable {
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

  /// Adds the counts of other values, taken between the same bounds.
  public static func += (total: inout Histogram, part: Histogram) {
    for index in total.counts.indices { total.counts[index] += part.counts[index] }
  }

  /// Counts numbers; those outside the bounds and those that are no numbers are passed over.
  @inline(__always)
  mutating func add<Number: BinaryFloatingPoint & SIMDScalar>(_ values: UnsafeBufferPointer<Number>) {
    // A range beyond that of binary64 is measured in halves.
    let scale = (upperBound - lowerBound).isFinite ? 1.0 : 0.5
    let start = lowerBound * scale
    let range = upperBound * scale - start
    let intervals = Double(counts.count)
    let last = counts.count - 1
    // Neighbouring values go to different counters, so that none waits for the one before it.
    withUnsafeTemporaryAllocation(of: Int.self, capacity: counts.count * 4) { counters in
      counters.initialize(repeating: 0)
      func count(_ position: Double, _ lane: Int) {
        // Not true of NaN either.
        guard position >= 0 && position <= intervals else { return }
        counters[min(last, Int(position)) &* 4 &+ lane] &+= 1
      }
      guard range > 0 else {
        for value in values where Double(value) == lowerBound { counters[0] += 1 }
        return gather(counters)
      }
      let whole = values.count & ~7
      for index in stride(from: 0, to: whole, by: 8) {
        let positions = (SIMD8<Double>(values.lanes(at: index)) * scale - start) / range * intervals
        for lane in 0..<8 { count(positions[lane], lane & 3) }
      }
      for value in values[whole...] { count((Double(value) * scale - start) / range * intervals, 0) }
      gather(counters)
    }
  }

  private mutating func gather(_ counters: UnsafeMutableBufferPointer<Int>) {
    for index in counts.indices { counts[index] += counters[(index * 4)..<(index * 4 + 4)].reduce(0, +) }
  }
}
