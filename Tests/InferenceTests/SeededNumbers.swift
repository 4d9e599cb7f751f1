import Tensors

/// Numbers that look random and are the same in every run: SplitMix64 (Steele, Lea and Flood 2014).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// Numbers between −scale and scale.
  mutating func floats(_ count: Int, scale: Float = 1) -> [Float] {
    (0..<count).map { _ in Float.random(in: -scale...scale, using: &self) }
  }
}

/// Half the distance between 1 and the next float32: the largest relative error of one rounding.
let rounding = 0x1p-24

extension Tensor {
  /// The values of a float32 or float64 tensor.
  var doubles: [Double] {
    elementType == .float32
      ? withElements(of: Float.self) { $0.map(Double.init) } : withElements(of: Double.self) { Array($0) }
  }
}

/// The largest distance between two lists of numbers of the same length; infinite when one is not a number.
func largestDistance(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count)
  return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1).isNaN ? .infinity : abs($1.0 - $1.1)) }
}
