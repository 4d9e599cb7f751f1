/// A function applied to every element on its own.
public enum Activation: String, CaseIterable, Sendable {
  /// x Φ(x) with the exact error function (Hendrycks and Gimpel 2016); what bert4keras calls `gelu`.
  case geluErf = "gelu-erf"
  /// The approximation x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2 from the same paper.
  case geluTanh = "gelu-tanh"
  /// x itself.
  case linear
  /// The larger of x and 0.
  case relu
  /// 1 / (1 + exp(−x)).
  case sigmoid
  /// x / (1 + exp(−x)).
  case swish
  /// The hyperbolic tangent.
  case tanh
}

extension Activation {
  /// What it makes of a number.
  package func meaning(of x: Double) -> Double {
    switch self {
    case .geluErf: 0.5 * x * (1 + Mathematics.erf(x / 2.0.squareRoot()))
    case .geluTanh: 0.5 * x * (1 + Mathematics.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .linear: x
    case .relu: max(x, 0)
    case .sigmoid: 1 / (1 + Mathematics.exp(-x))
    case .swish: x / (1 + Mathematics.exp(-x))
    case .tanh: Mathematics.tanh(x)
    }
  }
}
