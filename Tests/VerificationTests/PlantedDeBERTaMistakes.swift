import Tensors

@testable import Inference

extension PlantedComputationTests {
  /// A scale that does not count terms of distances.
  private static let uncounted = attentions { $0.divisor = $1 }

  /// Mistakes in V2 and V3: 4 heads of 3 features, and 8 or 12 rows of buckets; batch 2 has 72 tokens.
  static let debertaV2: [Mistake] = [
    Mistake("a scale that does not count terms", in: "deberta-v3", at: "block.0.attention.output", plant: uncounted),
    Mistake("buckets off by one", in: "deberta-v3", at: "block.0.attention.output") {
      $0.weights["embedding.relative.weight"] = { rows($1) { min($0 + 1, 11) } }
    },
    Mistake("buckets up to the longest text", in: "deberta-v3", at: "block.0.attention.output", batch: 1) {
      $0.settings["relative.distance"] = nil
    },
    Mistake(
      "no buckets", in: "deberta-v2", at: "block.0.attention.output",
      plant: attentions { attend, _ in
        guard case .disentangled(var terms) = attend.terms else { return }
        terms.buckets = nil
        attend.terms = .disentangled(terms)
      }),
    Mistake("vectors of distances that are not normalised", in: "deberta-v2", at: "block.0.attention.output") {
      $0.rewriting = { graph in
        graph.bypass { node in
          guard case .normalize = node.operation, case .rows = node.inputs[0].axis else { return false }
          return true
        }
      }
    },
    Mistake("queries of distances made by the matrix of keys", in: "deberta-v2", at: "block.0.attention.output") {
      $0.rewriting = { graph in
        for index in graph.nodes.indices {
          if case .attend = graph.nodes[index].operation { graph.nodes[index].inputs[4] = graph.nodes[index].inputs[3] }
        }
      }
    },
    Mistake("a convolution that runs backwards", in: "deberta-v2", at: "convolution.norm") {
      $0.weights["convolution.weight"] = { _, weight in
        let values: [Float] = weight.withElements { Array($0) }
        return Tensor(values.indices.map { values[$0 / 3 * 3 + 2 - $0 % 3] }, shape: weight.shape)!
      }
    },
    Mistake("the other activation of the convolution", in: "deberta-v2-unshared", at: "convolution.norm") {
      $0.settings["convolution.activation"] = "gelu-erf"
    },
    Mistake("padding that sees", in: "deberta-v3", at: "block.0.attention.output", batch: 1) {
      $0.rewriting = { $0.stacks[0].padding.sight = .others }
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
      $0.rewriting = { $0.stacks[0].padding.sight = .others }
    },
    Mistake("positions of pretraining alone", in: "deberta-absolute", at: "embedding.norm") {
      $0.settings["embedding.position"] = false
    },
    Mistake(
      "a scale that does not count the term", in: "deberta-absolute", at: "block.0.attention.output", plant: uncounted),
  ]
}
