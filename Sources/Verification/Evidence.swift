/// What an architecture's computation has been compared with, at every point of recorded models.
///
/// A test holds the statements against the references of `Tests/Fixtures`: nothing stands here that no record shows, and every
/// record is stated.
public struct Evidence: Equatable, Sendable {
  /// The architecture, as its table names it.
  public let architecture: String
  /// The framework that recorded, with the versions that count.
  public let framework: String
  /// The precisions in which it did.
  public let precisions: [String]

  /// All that is known, in the order of the names.
  public static let all: [Evidence] = [
    Evidence("albert", bert4keras), Evidence("albert", transformers),
    Evidence("bert", bert4keras), Evidence("bert", bert4kerasOfTensorFlow1), Evidence("bert", transformers),
    Evidence("bert", kerasBERT),
    Evidence("deberta", transformers, ["float32"]), Evidence("deberta", transformers5, ["float32"]),
    Evidence("deberta-v2", transformers), Evidence("deberta-v2", transformers5),
    Evidence("electra", bert4keras), Evidence("electra", transformers),
    Evidence("gau", bert4keras),
    Evidence("gpt", bert4keras), Evidence("gpt", transformers),
    Evidence("gpt2", bert4keras), Evidence("gpt2", transformers), Evidence("gpt2", "openai/gpt-2, TensorFlow 1.15.5"),
    Evidence("gpt2-ml", bert4keras),
    Evidence("nezha", bert4keras), Evidence("nezha", transformers, ["float32"]),
    Evidence("roformer", bert4keras), Evidence("roformer", transformers, ["float32"]),
    Evidence("roformer-v2", bert4keras),
    Evidence("t5", bert4keras), Evidence("t5", transformers, ["float32"]),
    Evidence("t5-gated", bert4keras), Evidence("t5-gated", transformers, ["float32"]),
    Evidence("xlnet", transformers, ["float32"]),
  ]

  private static let bert4keras = "bert4keras 0.11.5, TensorFlow 2.15.1"
  private static let bert4kerasOfTensorFlow1 = "bert4keras 0.11.5, TensorFlow 1.15.5"
  private static let kerasBERT = "keras-bert 0.89.0, TensorFlow 2.15.1"
  private static let transformers = "transformers 4.38.2"
  private static let transformers5 = "transformers 5.23.0"

  private init(_ architecture: String, _ framework: String, _ precisions: [String] = ["float32", "float64"]) {
    self.architecture = architecture
    self.framework = framework
    self.precisions = precisions
  }
}
