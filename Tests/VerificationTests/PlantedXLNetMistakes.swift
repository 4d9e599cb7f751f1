@testable import Inference

extension PlantedComputationTests {
  /// Mistakes in XLNet, whose distances are sinusoids of 12 features: six sines, then six cosines.
  static let xlnet: [Mistake] = [
    Mistake("segments left out", in: "xlnet", at: "block.0.attention.output") {
      $0.weights["block.0.attention.segment.weight"] = { columns($1) { ($0, 0) } }
    },
    Mistake("the rows of segments exchanged", in: "xlnet", at: "block.0.attention.output") {
      $0.weights["block.0.attention.segment.weight"] = { rows($1) { 1 - $0 } }
    },
    Mistake("sines and cosines interleaved", in: "xlnet", at: "block.1.attention.output") {
      $0.weights["block.1.attention.position.weight"] = { columns($1) { ($0 % 6 * 2 + $0 / 6, 1) } }
    },
    Mistake("distances of the wrong sign", in: "xlnet", at: "block.0.attention.output") {
      $0.weights["block.0.attention.position.weight"] = { columns($1) { ($0, $0 < 6 ? -1 : 1) } }
    },
    Mistake(
      "the biases of position and segment exchanged", in: "xlnet", at: "block.0.attention.output",
      plant: exchange("block.0.attention.position.bias", "block.0.attention.segment.bias")),
    Mistake("padding that does not see itself", in: "xlnet", at: "block.0.attention.output", batch: 1) {
      $0.rewriting = { $0.stacks[0].padding.sight = .others }
    },
    Mistake("padding of BERT", in: "xlnet", at: "block.0.attention.output") { $0.settings["padding"] = 0 },
    Mistake("the gelu of Google", in: "xlnet", at: "block.0.feedforward.output") {
      $0.settings["activation"] = "gelu-tanh"
    },
    Mistake("distances that are not clamped", in: "xlnet-causal", at: "block.0.attention.output", batch: 1) {
      $0.settings["relative.distance"] = nil
    },
    Mistake("both directions", in: "xlnet-causal", at: "block.0.attention.output") { $0.settings["mask"] = "none" },
  ]
}
