/// What a model's computation needs beside its weights: everything that no shape reveals.
public struct Settings: Equatable, Sendable {
  /// The number of attention heads; it divides the width.
  public var heads: Int
  /// What layer normalisation adds to the variance, inside the root.
  public var epsilon: Double
  /// The activation of the feed-forward layers and of the masked-language-model head.
  public var activation: Activation
  /// Which tokens see which, beyond padding.
  public var mask: AttentionMask
  /// The activation of the pooler.
  public var poolerActivation: Activation

  /// Gathers settings; the defaults are those of BERT (Devlin and others 2018) as bert4keras computes it.
  public init(
    heads: Int, epsilon: Double = 1e-12, activation: Activation = .geluErf, mask: AttentionMask = .none,
    poolerActivation: Activation = .tanh
  ) {
    self.heads = heads
    self.epsilon = epsilon
    self.activation = activation
    self.mask = mask
    self.poolerActivation = poolerActivation
  }
}

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
  /// x / (1 + exp(−x)).
  case swish
  /// The hyperbolic tangent.
  case tanh
}

/// The arithmetic that a forward pass runs in.
public enum Precision: String, CaseIterable, Sendable {
  /// Fast vectorised kernels.
  case float32
  /// Plain kernels whose results serve as the exact ones.
  case float64
  /// The same with every stored value rounded to float32: its distance from float64 is the rounding to be expected.
  case roundedFloat64
}
