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
