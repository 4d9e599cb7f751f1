import Tensors

@testable import Inference

extension PlantedComputationTests {
  /// Mistakes in embeddings, in what tells one architecture from another, and in bert4keras' options.
  static let options: [Mistake] =
    [
      positions("encoder"), positions("albert"), positions("albert-unshared"), positions("electra"),
      positions("roberta"), behindPadding("roberta"), behindPadding("camembert"), behindPadding("roberta-model"),
      behindPadding("mpnet"),
      segments("roberta-model"),
      positions("gpt", at: "embedding.sum"), positions("gpt2", at: "embedding.sum"), positions("gpt2-ml"),
      segments("encoder"), segments("albert"), segments("albert-unshared"), segments("electra"), segments("nezha"),
      segments("roformer"), segments("roformer-sim"), segments("roformer-v2"), segments("gau"),
      segments("gpt", at: "embedding.sum"),
      turned("roformer"), turned("roformer-sim"), turned("roformer-v2"),
      previousScores("albert-options"), previousScores("electra-options"), previousScores("nezha-options"),
      previousScores("roformer-options"), previousScores("roformer-v2-options"),
      coarser("albert-options"), coarser("electra-options"), coarser("gpt-options", at: "embedding.sum", batch: 0),
      coarser("gpt2-hierarchical", at: "embedding.sum", batch: 0), coarser("gpt2-ml-hierarchical", batch: 0),
      counted("albert-options"), counted("electra-options"),
      counted("roformer-positions", at: "block.0.attention.output"),
      condition("albert-conditional"), condition("electra-conditional"), condition("nezha-conditional"),
      condition("roformer-conditional"), condition("gpt2-ml-conditional"),
      condition("gpt-conditional", at: "block.0.attention.norm"),
      condition("gpt2-conditional", at: "block.0.attention.norm"),
      hidden("albert-options"), hidden("electra-options"), hidden("nezha-options"), hidden("roformer-options"),
      hidden("roformer-v2-options"), hidden("gpt-options"),
    ] + particular

  /// What is of one architecture alone.
  private static let particular: [Mistake] = [
    Mistake("distances of the wrong sign", in: "nezha", at: "block.0.attention.output") {
      $0.weights["attention.relative.weight"] = { rows($1) { 128 - $0 } }
    },
    Mistake(
      "distances in keys alone", in: "nezha", at: "block.0.attention.output",
      plant: attentions { attend, _ in attend.terms = .clipped(ClippedTerms(servesValues: false)) }),
    Mistake("distances of one direction for those of both", in: "mpnet", at: "block.0.attention.output") {
      $0.weights["attention.relative.weight"] = { rows($1) { $0 % 16 } }
    },
    Mistake("positions that count padding", in: "roberta", at: "embedding.norm", batch: 1) {
      $0.weights["embedding.position.weight"] = { rows($1) { min($0 + 2, 17) } }
      $0.rewriting = { $0.stacks[0].positions = .fromZero }
    },
    Mistake("one block more", in: "albert", at: "pooler") { $0.settings["blocks"] = 4 },
    Mistake("the mask of an encoder", in: "roformer-sim", at: "block.0.attention.output", batch: 1) {
      $0.settings["mask"] = "none"
    },
    Mistake("a tanh in the pooler", in: "bert-simbert", at: "pooler") { $0.settings["pooler.activation"] = "tanh" },
    Mistake("a tanh in the pooler", in: "roformer-sim", at: "pooler") { $0.settings["pooler.activation"] = "tanh" },
    Mistake("the distances of both directions in the decoder", in: "t5", at: "decoder.block.0.attention.output") {
      $0.weights["decoder.attention.relative.weight"] = { rows($1) { $0 / 2 } }
    },
    Mistake("an output that is divided by √d", in: "t5-gated-mesh", at: "lm.logits") {
      $0.settings["lm.scaled"] = true
    },
    Mistake("the embedding for the output matrix", in: "t5-gated", at: "lm.logits") {
      $0.copies["lm.weight"] = "embedding.token.weight"
    },
    Mistake("an output matrix that is not the embedding", in: "t5-gated-tied", at: "lm.logits") {
      $0.copies["lm.weight"] = "embedding.token.weight"
      $0.settings["lm.scaled"] = true
      $0.weights["lm.weight"] = { rows($1) { max($0, 1) } }
    },
    Mistake("one bias for all logits", in: "gpt2-ml-0.7.2", at: "lm.probabilities") {
      $0.weights["lm.bias"] = { rows($1) { _ in 0 } }
    },
    Mistake("no gate", in: "t5-gated", at: "encoder.block.0.feedforward.output") {
      $0.weights["encoder.block.0.feedforward.gate.weight"] = { rows($1) { _ in 0 } }
    },
    Mistake(
      "query for key", in: "gau", at: "block.0.attention.output",
      plant: exchange("block.0.attention.query.gamma", "block.0.attention.key.gamma")),
    Mistake("query for key", in: "deberta", at: "block.0.attention.output") {
      $0.weights["block.0.attention.projection.weight"] = {
        rows($1) { $0 / 12 * 12 + [4, 5, 6, 7, 0, 1, 2, 3, 8, 9, 10, 11][$0 % 12] }
      }
    },
  ]

  /// Positions counted from 1.
  private static func positions(_ model: String, at point: String = "embedding.norm") -> Mistake {
    Mistake("positions counted from 1", in: model, at: point) {
      $0.weights["embedding.position.weight"] = { _, table in
        rows(table) { min($0 + 1, table.shape.dimensions[0] - 1) }
      }
    }
  }

  /// Positions counted from 0.
  private static func behindPadding(_ model: String) -> Mistake {
    Mistake("positions not counted from behind the padding", in: model, at: "embedding.norm") {
      $0.rewriting = { $0.stacks[0].positions = .fromZero }
    }
  }

  private static func segments(_ model: String, at point: String = "embedding.norm") -> Mistake {
    Mistake("the segments exchanged", in: model, at: point) {
      $0.weights["embedding.segment.weight"] = { rows($1) { 1 - $0 } }
    }
  }

  /// Reflects each pair of features, which turns it the other way.
  private static func turned(_ model: String) -> Mistake {
    Mistake("turned the other way", in: model, at: "block.0.attention.output") { planted in
      for name in ["query.weight", "query.bias", "key.weight", "key.bias"] {
        planted.weights["block.0.attention.\(name)"] = { rows($1) { $0 ^ 1 } }
      }
    }
  }

  /// In batch 0, whose segments are those of padding, every token sees the first alone.
  private static func previousScores(_ model: String) -> Mistake {
    Mistake("no scores of the block before", in: model, at: "block.1.attention.output", batch: 1) {
      $0.settings["attention.residual"] = false
    }
  }

  private static func coarser(_ model: String, at point: String = "embedding.norm", batch: Int = 1) -> Mistake {
    Mistake("the coarser position weighed as the finer one", in: model, at: point, batch: batch) {
      $0.settings["hierarchical"] = .double(1 - $0.settings["hierarchical"]!.double!)
    }
  }

  private static func counted(_ model: String, at point: String = "embedding.norm") -> Mistake {
    Mistake("positions counted that are given", in: model, at: point, batch: 1) { $0.overlooksPositionIDs = true }
  }

  private static func condition(_ model: String, at norm: String = "embedding.norm") -> Mistake {
    Mistake(
      "the condition's gamma for its beta", in: model, at: norm,
      plant: exchange("\(norm).condition.gamma.weight", "\(norm).condition.beta.weight"))
  }

  private static func hidden(_ model: String) -> Mistake {
    Mistake("segment 0 not hidden", in: model, at: "block.0.attention.output") {
      $0.settings["segment.shared"] = false
      $0.copies["embedding.segment.weight"] = "embedding.token.weight"
    }
  }
}
