import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A stretch of numbers on paper, and the round numbers that are marked on it.
struct Axis: Sendable {
  let range: ClosedRange<Double>
  /// The paper's pixels at both ends of the range.
  let pixels: (first: Double, last: Double)

  /// A range of some extent: one that has none, or more than numbers can tell, is replaced by one that has.
  init(_ range: ClosedRange<Double>, from first: Double, to last: Double) {
    let largest = max(abs(range.lowerBound), abs(range.upperBound))
    if range.upperBound - range.lowerBound > largest * 1e-9, largest < 1e300 {
      self.range = range
    } else if largest < 1e300 {
      let reach = max(0.5, largest * 0.01)
      self.range = range.lowerBound - reach...range.lowerBound + reach
    } else {
      self.range = -1...1
    }
    pixels = (first, last)
  }

  /// Where a number stands.
  func place(of value: Double) -> Double {
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return pixels.first + share * (pixels.last - pixels.first)
  }

  /// The multiples of 1, 2 or 5 times a power of ten in the range: about so many.
  func ticks(about count: Int) -> [(value: Double, label: String)] {
    let rough = (range.upperBound - range.lowerBound) / Double(count)
    let power = pow(10, floor(log10(rough)))
    let step = power * ([1, 2, 5].first { rough <= $0 * power * 1.000001 } ?? 10)
    let decimals = max(0, Int(-floor(log10(step) + 1e-9)))
    let slack = step * 1e-9
    let (first, last) = (ceil((range.lowerBound - slack) / step), floor((range.upperBound + slack) / step))
    return stride(from: first, through: last, by: 1).map { index in
      // Zero has no sign.
      let value = index == 0 ? 0 : index * step
      return (value, String(value, format: "%.\(min(decimals, 12))f"))
    }
  }
}
