import Bytes
import Conversion
import Foundation
import Generation
import Inference
import JSON
import ModelFiles
import TestSupport
import Testing

@testable import Tasks

/// Tokens that models make, against those that bert4keras' decoder made with them (`tools/fixtures/Generation/make_models.py`).
@Suite("Decoding with models") struct ModelDecodingTests {
  @Test(
    "beams and draws give the ids that bert4keras gave",
    arguments: ["bert-simbert", "roformer-sim", "bert-lm-pooled", "gpt", "gpt2", "gpt2-ml", "t5", "t5-gated", "mt5"])
  func recorded(name: String) throws {
    let file = Fixtures.folder("Generation").appending(path: "models.json")
    let json = try JSON(parsing: String(contentsOf: file, encoding: .utf8))
    let cases = try #require(json[name]?.elements)
    #expect(cases.count == 36)
    let model = try Self.model(name)
    let stopping = try Stopping(
      start: name.contains("t5") ? 0 : nil, end: Int32(#require(json["end"]?.integer)),
      maximumLength: #require(json["maxlen"]?.integer), minimumLength: #require(json["minlen"]?.integer))
    for recorded in cases {
      let ids = try #require(recorded["prompt"]?.elements).compactMap { $0.integer.map { Int32($0) } }
      var predictor = ModelPredictor(model, going: Self.point(of: model), on: Self.prompt(ids, of: name))
      if let beams = recorded["beams"]?.integer {
        let found = try BeamSearch(beams: beams).run(&predictor, until: stopping)
        #expect(found.ids == recorded["ids"]?.ids, "\(recorded.compact)")
      } else {
        var generator = MersenneTwister(seed: UInt32(try #require(recorded["seed"]?.integer)))
        let texts = try Sampling(
          count: #require(recorded["count"]?.integer), topK: recorded["topk"]?.integer, topP: recorded["topp"]?.double,
          temperature: #require(recorded["temperature"]?.double)
        ).run(&predictor, until: stopping, drawing: { generator.uniform() })
        #expect(texts == recorded["texts"]?.elements?.compactMap(\.ids), "\(recorded.compact)")
      }
    }
  }

  @Test("a beam of one is shown as it grows")
  func growing() throws {
    let model = try Self.model("gpt2")
    var predictor = ModelPredictor(
      model, going: Self.point(of: model), on: .tokens([5, 6], segments: [0, 0], next: 0))
    var lengths: [Int] = []
    let found = try BeamSearch(beams: 1).run(
      &predictor, until: Stopping(end: 3, maximumLength: 6), observing: { lengths.append($0.count) })
    #expect(lengths == Array(1...found.ids.count))
  }

  private static func model(_ name: String) throws -> Model {
    let directory = try TemporaryDirectory()
    let path = directory.path("model.ingot")
    _ = try Conversion(planning: Release(at: Fixtures.folder("Architectures/\(name)").path)).write(to: path)
    return try Model(ModelFile(mapping: path))
  }

  private static func point(of model: Model) -> Point {
    [Point("lm.probabilities"), .maskedTokenProbabilities].first { model.points.contains($0) }!
  }

  private static func prompt(_ ids: [Int32], of name: String) -> ModelPredictor.Prompt {
    if name.contains("t5") { return .encoder(ids) }
    return .tokens(
      ids, segments: ids.map { _ in 0 }, next: ["bert-simbert", "roformer-sim"].contains(name) ? 1 : 0)
  }
}

extension JSON {
  /// An array of ids.
  fileprivate var ids: [Int32]? { elements?.compactMap { $0.integer.map { Int32($0) } } }
}
