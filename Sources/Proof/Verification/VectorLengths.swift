/// The lengths of two vectors and of their difference, and the angle between them, from parts that come one after another.
struct VectorLengths {
  private var first = 0.0
  private var second = 0.0
  private var product = 0.0
  private var difference = 0.0

  /// Takes in a part of both.
  mutating func add(_ one: UnsafeMutableBufferPointer<Double>, _ other: UnsafeMutableBufferPointer<Double>, count: Int)
  {
    for index in 0..<count {
      let (a, b) = (one[index], other[index])
      first += a * a
      second += b * b
      product += a * b
      difference += (a - b) * (a - b)
    }
  }

  /// a · b / ‖a‖‖b‖; nil where that is no number.
  var cosine: Double? { Self.finite(product / (first.squareRoot() * second.squareRoot())) }

  /// ‖a − b‖ / ‖a‖; nil where that is no number.
  var relativeError: Double? { Self.finite((difference / first).squareRoot()) }

  private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
}
