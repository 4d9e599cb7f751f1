import Foundation
import Testing

@testable import Inference

@Suite("The softmax over a vocabulary") struct VocabularySoftmaxTests {
  /// Probabilities that are nearly the same round off alike: of 32,128 tokens, as T5 has them, a sum one after the other errs by a
  /// thousand half units, which a float64 reference of TensorFlow shows.
  ///
  /// Here 502 stretches of 64 are added. The power and the quotient err by a unit each; the sums are allowed sixty more.
  @Test func isAsExactAsProductsInFloat64() {
    let count = 32_128
    let powers = [1] + [Double](repeating: exp(-0.3), count: count - 1)
    let (exact, plain) = (1 + Double(count - 1) * powers[1], powers.reduce(0, +))
    #expect(abs(plain / exact - 1) > 1_000 * 0x1p-53)
    let x = Matrix<Double>(features: count, columns: 1)
    for row in 0..<count { x.view.row(row)[0] = row == 0 ? 0 : -0.3 }
    Float64Kernels().softmax(x.view)
    let errors = powers.enumerated().map { abs(x.view.row($0)[0] / ($1 / exact) - 1) }
    #expect(errors.max()! < 64 * 0x1p-53)
  }
}
