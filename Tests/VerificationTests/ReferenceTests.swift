import Bytes
import Foundation
import Inference
import ModelFiles
import Tensors
import TestSupport
import Testing
import Verification

@Suite("References") struct ReferenceTests {
  @Test("the smallest reference is one batch of token ids and one point", arguments: ["smallest", "int64-ids"])
  func smallest(name: String) throws {
    let reference = try Reference(opening: path(name))
    #expect(reference.about == nil)
    #expect(reference.batches.count == 1)
    #expect(reference.batches[0].tokenIDs.shape == [1, 3])
    #expect(reference.batches[0].segmentIDs == nil)
    #expect(reference.batches[0].points.map(\.key) == ["embedding.norm"])
  }

  @Test("a setting that no file tells is proven where every other value of it computes something else, and only there")
  func proof() throws {
    let directory = try TemporaryDirectory()
    let file = try RecordedModel.named("encoder").convert(into: directory)
    #expect(file.assumed == ["activation", "pooler.activation", "attention.residual"])
    let probe = try Reference(
      opening: Fixtures.folder("bert4keras/encoder").appending(path: "reference.float32.npz").path
    )
    .probe()
    func proven(_ points: (String) -> Bool, number: Int) throws -> [String] {
      let own = Probe(inputs: probe.inputs, points: probe.points.filter { points($0.name) })
      let path = directory.path("probed-\(number).ingot")
      try file.copy(to: path) { $0.probes = [own] }
      let probed = try ModelFile(mapping: path)
      let reference = try #require(try Reference(sealedIn: probed))
      let comparison = try ReferenceComparison(of: Model(probed), with: reference)
      return try ProvenSettings(of: probed, by: reference, comparison).names
    }
    #expect(try proven({ _ in true }, number: 0).contains("activation"))
    #expect(try proven({ $0.hasPrefix("embedding") }, number: 1) == [])
    #expect(try proven({ $0 == "block.0.attention.output" }, number: 2) == [])
    #expect(try proven({ $0.hasPrefix("block.") }, number: 3) == ["activation", "attention.residual"])
  }

  @Test("a batch may have every input, and a model says which of them it does not take")
  func everyInput() throws {
    let reference = try Reference(opening: path("every-input"))
    let batch = reference.batches[0]
    #expect(batch.segmentIDs?.shape == [1, 3] && batch.positionIDs?.shape == [1, 3])
    #expect(batch.decoderTokenIDs?.shape == [1, 2])
    #expect(batch.condition?.shape == [1, 16] && batch.context?.shape == [1, 3, 16])
    let directory = try TemporaryDirectory()
    let model = try Model(RecordedModel.named("encoder").convert(into: directory))
    let problem = #expect(throws: Problem.self) { try ReferenceComparison(of: model, with: reference) }
    #expect(
      problem?.description
        == "input: mismatched in decoder token ids: found some, expected none, for the model is no encoder with a decoder."
    )
  }

  @Test("NaN on both sides, as NaN or infinity on one, proves nothing", arguments: [Float.nan, .infinity])
  func notANumber(value: Float) throws {
    let directory = try TemporaryDirectory()
    let model = try Model(RecordedModel.named("encoder").convert(into: directory))
    let whole = try Reference(opening: RecordedModel.named("encoder").references[0])
    let batch = whole.batches[0]
    let point = "block.0.attention.norm"
    var values = try #require(batch.points[point]).floats()
    values[3] = value
    let shape = try #require(batch.points[point]).shape
    var points = batch.points
    points[point] = Tensor(values, shape: shape)
    let spoiled = try Reference.Batch(inputs: batch.inputs, points: points, number: 0, of: "spoiled")
    let comparison = try ReferenceComparison(
      of: model, with: Reference(file: "spoiled", about: nil, batches: [spoiled]))
    #expect(!comparison.agrees)
    let first = try #require(comparison.firstDivergence)
    #expect(first.point == point)
    #expect(first.withoutNumbers == [.recorded])
    #expect(first.place == shape.index(of: 3))
    #expect(comparison.points.filter { !$0.agrees }.count == 1)
  }

  @Test("a recorded reference says what recorded it")
  func about() throws {
    let about = try #require(try Reference(opening: RecordedModel.named("encoder").references[1]).about)
    #expect(about["precision"] == "float64")
    #expect(about["framework"]?.string?.contains("bert4keras") == true)
  }

  @Test(
    "an archive that is no reference is a problem that says why",
    arguments: [
      (
        "misspelt-part",
        "in 0/points/pooler: found an array that is no part of a reference, expected input/token_ids, input/segment_ids, "
          + "input/position_ids, input/decoder_token_ids, input/condition, input/context, input/text or point/…"
      ),
      (
        "misspelt-input",
        "in 0/input/tokens: found an array that is no part of a reference, expected input/token_ids, input/segment_ids, "
          + "input/position_ids, input/decoder_token_ids, input/condition, input/context, input/text or point/…"
      ),
      (
        "stray-array",
        "in pooler: found an array that is no part of a reference, expected {batch}/input/… or {batch}/point/…"
      ),
      ("no-batch", ": found no batch, expected at least 0/input/token_ids and a point"),
      ("no-token-ids", "in 0/input/token_ids: found no array of this name, expected token ids"),
      ("no-points", "in 0/point: found no point, expected at least one"),
      ("gap", ": found batch 2, expected batch 1"),
      ("float-ids", "in 0/input/token_ids: found float32 [1, 3], expected int32 or int64 [B, T]"),
      ("flat-ids", "in 0/input/token_ids: found int32 [3], expected int32 or int64 [B, T]"),
      ("short-segments", "in 0/input/segment_ids: found [1, 2], expected [1, 3] as the token ids have"),
      ("short-positions", "in 0/input/position_ids: found [1, 2], expected [1, 3] as the token ids have"),
      ("integer-condition", "in 0/input/condition: found int32 [1, 3], expected float32 [B, C]"),
      ("flat-context", "in 0/input/context: found float32 [3, 16], expected float32 [B, S, H]"),
      ("float-decoder-ids", "in 0/input/decoder_token_ids: found float32 [1, 3], expected int32 or int64 [B, D]"),
      ("other-rows", "in 0/input/decoder_token_ids: found 3 rows, expected 1, as the token ids have"),
      ("half-point", "in 0/point/embedding.norm: found float16, expected float32 or float64"),
    ])
  func mismatched(name: String, reason: String) {
    let problem = #expect(throws: Problem.self) { try Reference(opening: path(name)) }
    let expected = "\(path(name)): mismatched \(reason). Formats/Reference.md says what a reference holds."
    #expect(problem?.description == expected.replacing("mismatched :", with: "mismatched:"))
  }

  @Test("an about that is no JSON is damaged at its byte")
  func brokenAbout() {
    let problem = #expect(throws: Problem.self) { try Reference(opening: path("about-no-json")) }
    #expect(
      problem?.description
        == "\(path("about-no-json"))(about.npy): damaged at byte 0: found \"b\", expected a JSON value.")
  }

  @Test(
    "a reference that does not fit the model is a problem that says where",
    arguments: [
      (
        "unknown-point", "reference",
        "in 0/point/embedding.sum: found a point that this model does not have, expected some of embedding.norm, "
      ),
      ("wrong-shape", "reference", "in 0/point/embedding.norm: found the shape [1, 3, 8], expected [1, 3, 16]"),
      (
        "unknown-id", "input",
        "in token ids, row 0, position 0: found id 102, expected 0 to 39, the vocabulary of the model"
      ),
    ])
  func unfitting(name: String, subject: String, reason: String) throws {
    let directory = try TemporaryDirectory()
    let model = try Model(RecordedModel.named("encoder").convert(into: directory))
    let reference = try Reference(opening: path(name))
    let problem = #expect(throws: Problem.self) { try ReferenceComparison(of: model, with: reference) }
    let file = subject == "reference" ? path(name) : subject
    #expect(problem?.description.hasPrefix("\(file): mismatched \(reason)") == true, "\(problem?.description ?? "")")
  }

  @Test("the page names exactly the points of a BERT")
  func points() throws {
    let page = try String(
      contentsOf: Fixtures.repository.appending(path: "Formats/Reference.md"), encoding: .utf8)
    let section = try #require(page.split(separator: "\n## ").first { $0.hasPrefix("Points of `bert`") })
    let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
    let named = Set(rows.map { $0.split(separator: "`")[1] })
    let directory = try TemporaryDirectory()
    let models = try ["encoder", "projected"].map { try Model(RecordedModel.named($0).convert(into: directory)) }
    let existing = Set(models.flatMap(\.points).map { $0.name.replacing(/block\.\d+/, with: "block.{L}") })
    #expect(named == Set(existing.map { Substring($0) }))
  }

  @Test("the page tells the tolerance in force")
  func tolerance() throws {
    let page = try String(
      contentsOf: Fixtures.repository.appending(path: "Formats/Reference.md"), encoding: .utf8)
    #expect(page.contains("lie within \(Int(PointComparison.tolerance)) rounding units"))
  }

  private func path(_ name: String) -> String {
    Fixtures.folder("Reference").appending(path: "\(name).npz").path
  }
}
