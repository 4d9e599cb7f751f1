/// A named place in the forward pass whose values can be observed.
public struct Point: Hashable, Sendable, CustomStringConvertible {
  /// The name, as references spell it: `block.3.attention.norm`.
  public let name: String

  /// Makes a point of its name; whether a model has it is for ``Model/points`` to say.
  public init(_ name: String) {
    self.name = name
  }

  /// The name.
  public var description: String { name }

  /// The embeddings of tokens, where nothing is added to them, [B, T, E].
  public static let embeddingToken = Point("embedding.token")
  /// The sum of the embeddings, where nothing normalises it, [B, T, E].
  public static let embeddingSum = Point("embedding.sum")
  /// The normalised sum of the embeddings, [B, T, E].
  public static let embeddingNorm = Point("embedding.norm")
  /// The embeddings brought to the width of the blocks, [B, T, H].
  public static let embeddingProjection = Point("embedding.projection")
  /// What attention adds, before the residual, [B, T, H].
  public static func attentionOutput(block: Int) -> Point { Point("block.\(block).attention.output") }
  /// The normalised sum of a block's input and its attention, [B, T, H].
  public static func attentionNorm(block: Int) -> Point { Point("block.\(block).attention.norm") }
  /// What the feed-forward layers add, before the residual, [B, T, H].
  public static func feedForwardOutput(block: Int) -> Point { Point("block.\(block).feedforward.output") }
  /// The output of a block, [B, T, H].
  public static func feedForwardNorm(block: Int) -> Point { Point("block.\(block).feedforward.norm") }
  /// The activated dense layer on the first token, [B, H].
  public static let pooler = Point("pooler")
  /// The probabilities that the second segment does and does not follow the first, [B, 2].
  public static let nextSentenceProbabilities = Point("nsp.probabilities")
  /// The transformed tokens that are compared with the vocabulary, [B, T, E].
  public static let maskedTokenNorm = Point("mlm.norm")
  /// The score of every token of the vocabulary, [B, T, V].
  public static let maskedTokenLogits = Point("mlm.logits")
  /// The probability of every token of the vocabulary, [B, T, V].
  public static let maskedTokenProbabilities = Point("mlm.probabilities")
  /// What the first layer of a head of pairs makes of each token, [B, T, …].
  public static let headProjection = Point("head.projection")
  /// The scores of a head: [B, labels], [B, T, labels], or of pairs [B, labels, T, T].
  public static let headLogits = Point("head.logits")
  /// The probabilities that a head gives, in the shape of its scores.
  public static let headProbabilities = Point("head.probabilities")
}
