import Inference
import TestSupport
import Testing

@testable import PositionStudies

/// What `ingot positions` looks at in a model.
@Suite("Positions of models") struct PositionFigureTests {
  @Test(
    "every architecture has a figure for each stack",
    arguments: [
      ("encoder", ["learned"]), ("bert-hierarchical", ["hierarchical"]), ("albert", ["learned"]),
      ("electra", ["learned"]), ("roberta", ["learned"]),
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

  @Test("a model shows its own table")
  func table() throws {
    let file = try RecordedModel.named("encoder").convert(into: TemporaryDirectory())
    let model = try Model(file)
    #expect(model.positionEncodings == ["learned"])
    let figure = try #require(try model.positionFigures(length: 1_000).first)
    let table = try #require(file.weight("embedding.position.weight"))
    let (rows, width) = (table.shape.dimensions[0], table.shape.dimensions[1])
    #expect(figure.subtitle == "\(rows) positions, \(width) features, as the model has them")
    let values = try table.doubles()
    let vectors = (0..<rows).map { Array(values[$0 * width..<($0 + 1) * width]) }
    #expect(figure.content == .similarity(PositionStudy.cosines(of: vectors)))
  }
}
