import CKernels
import Foundation
import Testing

@Suite("Elementary functions against those of the C library in double precision")
struct ElementaryFunctionTests {
  /// The largest value of `error(x, value)` over a dense sweep, and where it is.
  func sweep(
    _ level: UInt32, _ function: CKFunction, from low: Float, through high: Float,
    error: (Double, Double) -> Double
  ) -> (error: Double, place: Float) {
    let count = 200_001  // odd: the last vector is not full
    let xs = (0..<count).map { low + (high - low) * Float($0) / Float(count - 1) }
    var values = xs
    kernels(level).apply(function, &values, count)
    var worst = (error: 0.0, place: low)
    for (x, value) in zip(xs, values) {
      let e = error(Double(x), Double(value))
      if !(e <= worst.error) { worst = (e, x) }
    }
    return worst
  }

  // Measured: 8.4e-8, and 6.8e-8 with fused operations. Float32 itself is 6e-8 coarse just below 1.
  @Test(arguments: levels) func erfIsWithin1e7(level: UInt32) {
    let worst = sweep(level, CKFunctionErf, from: -6, through: 6) { abs($1 - erf($0)) }
    #expect(worst.error <= 1e-7, "at \(worst.place)")
  }

  // Two units in the last place: one for the polynomial and its rounding, one for the reduced argument.
  @Test(arguments: levels) func expIsWithinTwoUnits(level: UInt32) {
    let worst = sweep(level, CKFunctionExp, from: -87, through: 88) { abs($1 / exp($0) - 1) }
    #expect(worst.error <= 4 * rounding, "at \(worst.place)")
  }

  @Test(arguments: levels) func tanhIsWithin1e7(level: UInt32) {
    let worst = sweep(level, CKFunctionTanh, from: -12, through: 12) { abs($1 - tanh($0)) }
    #expect(worst.error <= 1e-7, "at \(worst.place)")
  }

  // x / 2 times the error of erf, and three roundings of a result no larger than |x|.
  @Test(arguments: levels) func geluIsAsExactAsErf(level: UInt32) {
    let worst = sweep(level, CKFunctionGELU, from: -12, through: 12) { x, value in
      abs(value - 0.5 * x * (1 + erf(x / 2.0.squareRoot()))) / max(abs(x), 1)
    }
    #expect(worst.error <= 0.5e-7 + 3 * rounding, "at \(worst.place)")
  }

  // As above; the argument of tanh, up to 100 here where tanh is flat, adds two roundings where it is steep.
  @Test(arguments: levels) func geluTanhIsAsExactAsTanh(level: UInt32) {
    let worst = sweep(level, CKFunctionGELUTanh, from: -12, through: 12) { x, value in
      abs(value - 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))) / max(abs(x), 1)
    }
    #expect(worst.error <= 0.5e-7 + 5 * rounding, "at \(worst.place)")
  }

  // The two units of exp, a sum and a quotient.
  @Test(arguments: levels) func swishIsWithinFourUnits(level: UInt32) {
    let worst = sweep(level, CKFunctionSwish, from: -80, through: 80) { x, value in
      x == 0 ? abs(value) : abs(value / (x / (1 + exp(-x))) - 1)
    }
    #expect(worst.error <= 8 * rounding, "at \(worst.place)")
  }

  // The two units of exp, a sum and a quotient.
  @Test(arguments: levels) func sigmoidIsWithinFourUnits(level: UInt32) {
    let worst = sweep(level, CKFunctionSigmoid, from: -80, through: 80) { x, value in
      abs(value / (1 / (1 + exp(-x))) - 1)
    }
    #expect(worst.error <= 8 * rounding, "at \(worst.place)")
  }

  @Test(arguments: levels) func reluIsExact(level: UInt32) {
    let worst = sweep(level, CKFunctionReLU, from: -3, through: 3) { abs($1 - max($0, 0)) }
    #expect(worst.error == 0)
  }

  @Test(arguments: levels) func theEndsOfTheRangeAreRight(level: UInt32) {
    func values(_ function: CKFunction, of xs: [Float]) -> [Float] {
      var values = xs
      kernels(level).apply(function, &values, xs.count)
      return values
    }
    #expect(values(CKFunctionExp, of: [0, -200, 200, -.infinity, .infinity]) == [1, 0, .infinity, 0, .infinity])
    // The smallest numbers are subnormal; rounding to one of them costs up to half of its spacing, 2⁻¹⁵⁰.
    let small = values(CKFunctionExp, of: [-100])[0]
    #expect(abs(Double(small) - exp(-100)) <= 0x1p-149)
    #expect(values(CKFunctionErf, of: [-.infinity, -9, 0, 9, .infinity]) == [-1, -1, 0, 1, 1])
    #expect(values(CKFunctionTanh, of: [-.infinity, -50, 0, 50, .infinity]) == [-1, -1, 0, 1, 1])
    #expect(values(CKFunctionErf, of: [-0.0])[0].sign == .minus)
    for function in [
      CKFunctionExp, CKFunctionErf, CKFunctionTanh, CKFunctionGELU, CKFunctionGELUTanh, CKFunctionSwish, CKFunctionReLU,
      CKFunctionSigmoid,
    ] {
      #expect(values(function, of: [.nan])[0].isNaN, "function \(function.rawValue)")
    }
  }
}
