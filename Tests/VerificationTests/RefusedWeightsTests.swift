import Bytes
import JSON
import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Inference

@Suite("Weights and settings of XLNet and DeBERTa that make no sense") struct RefusedWeightsTests {
  struct Refusal: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let model: String
    let message: String
    let plant: @Sendable (inout PlantedComputationTests.Planted) -> Void

    init(
      _ description: String, of model: String, message: String,
      plant: @escaping @Sendable (inout PlantedComputationTests.Planted) -> Void
    ) {
      (testDescription, self.model, self.message, self.plant) = (description, model, message, plant)
    }
  }

  private static func zeros(_ shape: Shape) -> Tensor {
    Tensor(Array(repeating: Float(0), count: shape.elementCount), shape: shape)!
  }

  static let refusals = [
    Refusal(
      "heads that do not share out the width", of: "xlnet",
      message:
        "block.0.attention.content.bias: found 2 heads of 4 features, expected heads that share out the width 12."
    ) { $0.weights["block.0.attention.content.bias"] = { _, _ in zeros([2, 4]) } },
    Refusal(
      "buckets that the table has not", of: "deberta-v3",
      message:
        "the setting relative.buckets: found 5, expected half as many as embedding.relative.weight has rows, 12."
    ) { $0.settings["relative.buckets"] = 5 },
    Refusal(
      "distances that end before the buckets do", of: "deberta-v3",
      message:
        "the setting relative.distance: found 4, expected 5 to 65536, more than the distances with a bucket each."
    ) { $0.settings["relative.distance"] = 4 },
    Refusal(
      "an even number of taps", of: "deberta-v2",
      message:
        "convolution.weight: found 2 taps over groups of 12 features, expected an odd number of taps, and groups "
        + "that share out the width 12."
    ) { $0.weights["convolution.weight"] = { _, _ in zeros([12, 12, 2]) } },
  ]

  @Test("are refused with a message", arguments: refusals)
  func refused(refusal: Refusal) throws {
    let directory = try TemporaryDirectory()
    let file = try RecordedModel.named(refusal.model).convert(into: directory)
    var planted = PlantedComputationTests.Planted(file)
    refusal.plant(&planted)
    let problem = #expect(throws: Problem.self) { try planted.runtime() }
    #expect(problem?.description == "\(file.path): mismatched in \(refusal.message)")
  }

  @Test("a sound file that says a setting of another architecture is refused, and not run without it")
  func foreignSetting() throws {
    let directory = try TemporaryDirectory()
    let file = try RecordedModel.named("encoder").convert(into: directory)
    try file.copy(to: directory.path("changed.ingot")) {
      $0.settings = .object($0.settings.members! + [JSON.Member("relative.distance", 64)])
    }
    let changed = try ModelFile(mapping: directory.path("changed.ingot"))
    #expect(changed.settings["relative.distance"] == 64)
    let problem = #expect(throws: Problem.self) { try Model(changed) }
    #expect(
      problem?.description
        == "\(changed.path): mismatched in the setting relative.distance: found 64, expected no such setting in this "
        + "architecture.")
  }

  @Test func segmentsOfXLNetAreAnyNumbersThatAreNotNegative() throws {
    let directory = try TemporaryDirectory()
    let model = try Model(RecordedModel.named("xlnet").convert(into: directory))
    let points: Set<Point> = [.attentionNorm(block: 0)]
    _ = try model.run(Input(tokenIDs: [[7, 3]], segmentIDs: [[0, .max]]), computing: points)
    let problem = #expect(throws: Problem.self) {
      try model.run(Input(tokenIDs: [[7, 3]], segmentIDs: [[0, -1]]), computing: points)
    }
    #expect(
      problem?.description
        == "input: mismatched in segment ids, row 0, position 1: found id -1, expected 0 to 2147483647, numbers to "
        + "compare.")
  }
}
