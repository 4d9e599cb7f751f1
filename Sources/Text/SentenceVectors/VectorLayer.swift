/// A dense layer behind the pooling: activation(weight · x + bias).
///
/// Source: sentence-transformers 5.1, `models/Dense.py`.
public struct VectorLayer: Equatable, Sendable {
  /// What is done to each component of the product.
  public enum Activation: String, CaseIterable, Sendable {
    /// Nothing.
    case linear
    /// The hyperbolic tangent.
    case tanh
  }

  /// The weights, [out, in], row by row.
  public let weight: [Float]
  /// The bias, [out]; zeros where the layer has none.
  public let bias: [Float]
  /// The activation.
  public let activation: Activation

  /// Joins weights, bias and activation.
  ///
  /// - Parameter weight: A multiple of as many numbers as the bias has, at least once; anything else is a programmer's error.
  public init(weight: [Float], bias: [Float], activation: Activation) {
    precondition(
      !bias.isEmpty && !weight.isEmpty && weight.count.isMultiple(of: bias.count),
      "\(weight.count) numbers for \(bias.count) rows")
    self.weight = weight
    self.bias = bias
    self.activation = activation
  }

  /// The number of components that vectors have before.
  public var inputWidth: Int { weight.count / bias.count }
  /// The number of components that they have afterwards.
  public var width: Int { bias.count }
}
