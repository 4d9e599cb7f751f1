import Inference
import PositionStudies
import TestSupport
import Testing

/// What `ingot positions` looks at in a model.
@Suite("Positions of models") struct PositionFigureTests {
  @Test(
    "every architecture has a figure for each stack",
    arguments: [
      ("encoder", ["learned"]), ("bert-hierarchical", ["hierarchical"]), ("albert", ["learned"]),
      ("electra", ["learned"]),
      ("gpt", ["learned"]), ("gpt2", ["learned"]), ("gpt2-ml", ["learned"]), ("nezha", ["relative"]),
      ("roformer", ["rotary"]), ("roformer-v2", ["rotary"]), ("gau", ["rotary"]), ("xlnet", ["xlnet"]),
      ("deberta", ["deberta"]), ("deberta-v3", ["deberta"]), ("t5", ["encoder t5", "decoder t5"]),
      ("t5-gated", ["encoder t5", "decoder t5"]), ("t5-decoder", ["t5"]),
    ])
  func figures(name: String, titles: [String]) throws {
    let model = try Model(RecordedModel.named(name).convert(into: TemporaryDirectory()))
    let found = try model.positionFigures(length: 12).map(\.title)
    #expect(found.count == titles.count)
    for (title, beginning) in zip(found, titles) { #expect(title.hasPrefix(beginning), "\(title)") }
  }
}
