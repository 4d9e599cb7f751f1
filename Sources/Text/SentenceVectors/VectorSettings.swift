/// How the vectors of a text's tokens become the vector of the text.
///
/// The order is fixed: ``pooling``, the dense ``layers``, the ``whitening``, the first ``components``, and last the division by the
/// length, so that a normalised vector has length 1 whatever came before.
public struct VectorSettings: Equatable, Sendable {
  /// Whether texts are lowered, as Python's `lower()` does it, before the tokenizer sees them, which may keep their case.
  public var lowersTexts: Bool
  /// How one vector is made of many.
  public var pooling: Pooling
  /// The layers that the pooled vector passes, the first one first.
  public var layers: [VectorLayer]
  /// The whitening; nil for none.
  public var whitening: Whitening?
  /// How many components are kept, the first ones; nil for all.
  public var components: Int?
  /// Whether the vector is divided by its length.
  public var normalizes: Bool
  /// The greatest number of tokens of a text, special ones among them; nil where only the model's positions limit it.
  public var maximumLength: Int?

  /// Gathers settings.
  public init(
    lowersTexts: Bool = false, pooling: Pooling, layers: [VectorLayer] = [], whitening: Whitening? = nil,
    components: Int? = nil, normalizes: Bool = false, maximumLength: Int? = nil
  ) {
    self.lowersTexts = lowersTexts
    self.pooling = pooling
    self.layers = layers
    self.whitening = whitening
    self.components = components
    self.normalizes = normalizes
    self.maximumLength = maximumLength
  }
}
