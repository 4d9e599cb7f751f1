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

  /// Changes the scheme of every block.
  private static func scheme(
    _ change: @escaping @Sendable (inout DisentangledPositions) -> Void
  ) -> @Sendable (inout Planted) -> Void {
    { planted in
      planted.blueprint.blockPositions = {
        var scheme = try Assembly.disentangledPositions(&$0, attention: $1) as! DisentangledPositions
        change(&scheme)
        return scheme
      }
    }
  }

  /// Mistakes in V2 and V3: 4 heads of 3 features, and 8 or 12 rows of buckets; batch 2 has 72 tokens.
  static let debertaV2: [Mistake] = [
    Mistake("a scale that does not count terms", in: "deberta-v3", at: "block.0.attention.output", plant: uncounted),
    Mistake("buckets off by one", in: "deberta-v3", at: "block.0.attention.output") {
      $0.weights["embedding.relative.weight"] = { rows($1) { min($0 + 1, 11) } }
    },
    Mistake("buckets up to the longest text", in: "deberta-v3", at: "block.0.attention.output", batch: 1) {
      $0.configuration.relativeDistance = nil
    },
    Mistake(
      "no buckets", in: "deberta-v2", at: "block.0.attention.output", plant: scheme { $0.buckets = nil }),
    Mistake(
      "vectors of distances that are not normalised", in: "deberta-v2", at: "block.0.attention.output",
      plant: scheme { $0.norm = nil }),
    Mistake(
      "queries of distances made by the matrix of keys", in: "deberta-v2", at: "block.0.attention.output",
      plant: scheme { $0.query = $0.key }),
    Mistake("a convolution that runs backwards", in: "deberta-v2", at: "convolution.norm") {
      $0.weights["convolution.weight"] = { _, weight in
        let values: [Float] = weight.withElements { Array($0) }
        return Tensor(values.indices.map { values[$0 / 3 * 3 + 2 - $0 % 3] }, shape: weight.shape)!
      }
    },
    Mistake("the other activation of the convolution", in: "deberta-v2-unshared", at: "convolution.norm") {
      $0.configuration.convolutionActivation = .geluErf
    },
    Mistake("padding that sees", in: "deberta-v3", at: "block.0.attention.output", batch: 1) {
      $0.blueprint.padding.sight = .others
    },
  ]

  /// Mistakes in the first version: 3 heads of 4 features, and 64 rows of distances, of which row 32 is that of 0.
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
