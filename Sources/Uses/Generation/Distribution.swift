import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The probabilities of all tokens in one place, in the float32 arithmetic of NumPy.
struct Distribution {
  /// The probability of each token, by its id.
  private(set) var probabilities: [Float]

  /// Takes what a model makes of a row, after its temperature: p to the power of 1/T, made to sum to 1 (bert4keras 0.11.5,
  /// `snippets.py:567-569`).
  ///
  /// - Throws: `Problem` of kind *damaged* when a probability is no number.
  init(_ probabilities: ArraySlice<Float>, temperature: Double) throws {
    guard let token = probabilities.firstIndex(where: { !$0.isFinite }) else {
      self.probabilities = Array(probabilities)
      if temperature != 1 {
        let power = 1 / temperature
        self.probabilities = self.probabilities.map { Float(pow(Double($0), power)) }
        normalize()
      }
      return
    }
    throw Problem(
      .damaged, file: "generation", object: "token \(token - probabilities.startIndex)",
      found: "the probability \(probabilities[token])", expected: "a number",
      advice: "Verify the model: a weight may be no number")
  }

  /// log(p + 10⁻¹²) of each token (`snippets.py:574`).
  var logarithms: [Float] { probabilities.map { Float(log(Double($0 + 1e-12))) } }

  /// Divides all by their sum.
  mutating func normalize() {
    let sum = Distribution.sum(probabilities[...])
    for index in probabilities.indices { probabilities[index] /= sum }
  }

  /// The sum in the order in which NumPy adds what lies side by side (1.26.4, `loops_utils.h.src`: `pairwise_sum`).
  static func sum(_ values: ArraySlice<Float>) -> Float {
    if values.count < 8 { return values.reduce(0, +) }
    if values.count > 128 {
      var half = values.count / 2
      half -= half % 8
      return sum(values.prefix(half)) + sum(values.dropFirst(half))
    }
    var sums = Array(values.prefix(8))
    let whole = values.count - values.count % 8
    for index in 8..<max(8, whole) { sums[index % 8] += values[values.startIndex + index] }
    let total = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
    return values.dropFirst(whole).reduce(total, +)
  }

  /// Checks what a user says of a temperature.
  ///
  /// - Throws: `Problem` of kind *mismatched* when it is not a positive number.
  static func checked(temperature: Double) throws -> Double {
    guard temperature > 0, temperature.isFinite else {
      throw Problem(
        .mismatched, file: "generation", object: "the temperature", found: "\(temperature)",
        expected: "a number above 0")
    }
    return temperature
  }
}
