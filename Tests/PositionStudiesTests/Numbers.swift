import Tensors

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
