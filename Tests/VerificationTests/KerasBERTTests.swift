import Architectures
import Checkpoints
import Conversion
import Inference
import ModelFiles
import TestSupport
import Testing
import Verification

/// Models that keras-bert saved, against what they computed there.
@Suite("Models of keras-bert") struct KerasBERTTests {
  private static func folder(_ model: String) -> String {
    Fixtures.folder("KerasBERT").appending(path: model).path
  }

  private func comparison(
    _ model: String, _ precision: String, settings: [String: String] = [:]
  ) throws -> ReferenceComparison {
    let directory = try TemporaryDirectory()
    let path = directory.path("\(model).ingot")
    let options = Conversion.Options(settings: settings)
    _ = try Conversion(planning: Release(at: Self.folder(model)), options: options).write(to: path)
    let reference = try Reference(opening: "\(Self.folder(model))/reference.\(precision).npz")
    let comparison = try ReferenceComparison(of: Model(ModelFile(mapping: path)), with: reference)
    #expect(comparison.points.count == reference.batches.reduce(0) { $0 + $1.points.count })
    return comparison
  }

  @Test(
    "converts and computes at every point what TensorFlow computed", arguments: ["encoder", "pretraining"],
    ["float32", "float64"])
  func agrees(model: String, precision: String) throws {
    #expect(try comparison(model, precision).firstDivergence == nil)
  }

  @Test("the references hold every part of both blocks, pooler and heads")
  func coverage() throws {
    let points = try ["encoder", "pretraining"].map {
      try comparison($0, "float32").points.filter { $0.batch == 0 }.map(\.point)
    }
    #expect(points[0].count == 9)
    #expect(points[1].count == 13)
    #expect(points[1].suffix(4) == ["pooler", "nsp.probabilities", "mlm.norm", "mlm.probabilities"])
  }

  @Test("settings come from the model's own layers where the file has them, else from the table")
  func settings() throws {
    for (model, origins) in [("encoder", "checkpoint"), ("pretraining", "default")] {
      let conversion = try Conversion(planning: Release(at: Self.folder(model)))
      #expect(conversion.plan.naming == "keras-bert")
      #expect(conversion.settings["heads"] == .integer(4))
      #expect(conversion.settings["activation"] == .choice("gelu-tanh"))
      #expect(conversion.settings["mask"] == .choice("none"))
      let epsilon = try #require(conversion.settings.entries.first { $0.name == "epsilon" })
      #expect(epsilon.origin.description == origins)
      // Python's 1e-7 · 1e-7, and 1e-14 as it is written: apart by one unit in the last place.
      #expect(epsilon.value == .number(1e-7 * 1e-7) || epsilon.value == .number(1e-14))
    }
  }

  @Test("the other gelu is caught, where it first counts")
  func planted() throws {
    #expect(
      try comparison("pretraining", "float32", settings: ["activation": "gelu-erf"]).firstDivergence?.point
        == "block.0.feedforward.output")
  }
}
