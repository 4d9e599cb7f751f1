import Tensors

@testable import Inference

extension PlantedComputationTests {
  /// Terms of distances that the scale does not count.
  private struct Uncounted: PositionScheme {
    let scheme: any PositionScheme

    func terms<K>(
      heads: Int, queries: Range<Int>, keys: Int, _ pass: ForwardPass<K>
    ) -> AttentionTerms<K.Scalar> {
      scheme.terms(heads: heads, queries: queries, keys: keys, pass)
    }
  }

  private static let uncounted: @Sendable (inout Planted) -> Void = { planted in
    planted.blueprint.blockPositions = {
      Uncounted(scheme: try Assembly.disentangledPositions(&$0, attention: $1))
    }
  }

  /// Mistakes in DeBERTa: 3 heads of 4 features, and 64 rows of distances, of which row 32 is that of 0.
  static let deberta: [Mistake] = [
    Mistake("a scale that does not count terms", in: "deberta", at: "block.0.attention.output", plant: uncounted),
    Mistake(
      "content to position and position to content exchanged", in: "deberta", at: "block.1.attention.output",
      plant: exchange("block.1.attention.position.key.weight", "block.1.attention.position.query.weight")),
    Mistake("distances of the wrong sign", in: "deberta", at: "block.0.attention.output") {
      $0.weights["embedding.relative.weight"] = { rows($1) { $0 == 0 ? 0 : 64 - $0 } }
    },
    Mistake("distances off by one", in: "deberta", at: "block.0.attention.output") {
      $0.weights["embedding.relative.weight"] = { rows($1) { min($0 + 1, 63) } }
    },
    Mistake("all queries before all keys before all values", in: "deberta", at: "block.0.attention.output") {
      $0.weights["block.0.attention.projection.weight"] = { rows($1) { $0 / 4 % 3 * 12 + $0 / 12 * 4 + $0 % 4 } }
    },
    Mistake("padding that sees", in: "deberta", at: "block.0.attention.output", batch: 1) {
      $0.blueprint.padding.sight = .others
    },
    Mistake("positions of pretraining alone", in: "deberta-absolute", at: "embedding.norm") {
      $0.configuration.embeddingHasPositions = false
    },
    Mistake(
      "a scale that does not count the term", in: "deberta-absolute", at: "block.0.attention.output", plant: uncounted),
  ]
}
