import Foundation

/// A stretch of numbers on paper, and the round numbers that are marked on it.
struct Axis: Sendable {
  let range: ClosedRange<Double>
  /// The paper's pixels at both ends of the range.
  let pixels: (first: Double, last: Double)

  /// A range that is not empty, also where all values are the same.
  init(_ range: ClosedRange<Double>, from first: Double, to last: Double) {
    let isFlat = range.upperBound - range.lowerBound <= abs(range.upperBound) * 1e-12
    self.range = isFlat ? range.lowerBound - 0.5...range.upperBound + 0.5 : range
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
      return (value, String(format: "%.\(min(decimals, 12))f", value))
    }
  }
}
