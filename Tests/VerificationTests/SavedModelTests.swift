import Bytes
import Conversion
import ModelFiles
import TestSupport
import Testing
import Verification

/// Whole models by `model.save`, which say of themselves what no shape shows: no configuration lies beside them.
@Suite("Saved models of every architecture") struct SavedModelTests {
  static let models: [(file: String, source: String, told: [String])] = [
    ("albert.h5", "albert", albert), ("albert.keras231.h5", "albert", albert), ("albert.keras", "albert", albert),
    (
      "electra.h5", "electra",
      ["heads", "epsilon", "activation", "hierarchical", "segment.shared", "attention.residual"]
    ),
    ("gpt.h5", "gpt", ["heads", "epsilon", "activation", "hierarchical", "segment.shared"]),
    ("gpt2.h5", "gpt2", ["heads", "epsilon", "activation", "hierarchical"]),
    ("gpt2-ml.h5", "gpt2-ml", ["heads", "epsilon", "activation", "hierarchical"]),
    ("nezha.h5", "nezha", nezha), ("nezha.keras", "nezha", nezha),
    ("roformer.h5", "roformer", roformer), ("roformer.keras231.h5", "roformer", roformer),
    ("roformer-sim.h5", "roformer-sim", roformer),
    ("roformer-v2.h5", "roformer-v2", ["heads", "epsilon", "activation", "mask"] + options),
    ("gau.h5", "gau", gau), ("gau-squared-relu.h5", "gau-squared-relu", gau),
    ("t5-uncrossed.h5", "t5-uncrossed", t5), ("t5-gated.h5", "t5-gated", t5),
    ("t5-encoder.h5", "t5-encoder", ["epsilon", "activation", "relative.distance"]),
  ]
  private static let norms = ["embedding.epsilon", "block.epsilon", "mlm.epsilon"]
  private static let options = ["segment.shared", "attention.residual"]
  private static let albert =
    ["blocks", "heads"] + norms + ["activation", "pooler.activation", "hierarchical"] + options
  private static let roformer = ["heads"] + norms + ["activation", "mask", "pooler.activation"] + options
  private static let nezha = ["heads", "relative.distance"] + roformer.dropFirst()
  private static let gau = ["epsilon", "activation", "attention.normalization", "mask"]
  private static let t5 = ["epsilon", "activation", "relative.distance", "cross.position"]

  @Test("tell their settings, and are the models that they were saved from", arguments: models)
  func settings(file: String, source: String, told: [String]) throws {
    let directory = try TemporaryDirectory()
    let saved = try Conversion(planning: Release(at: Fixtures.folder("Saved").appending(path: file).path))
    let original = try Conversion(
      planning: Release(at: Fixtures.folder("Architectures").appending(path: source).path))
    #expect(saved.release.configurationPath == nil && saved.architecture.name == original.architecture.name)
    #expect(saved.settings.entries.map(\.name) == original.settings.entries.map(\.name))
    for (found, expected) in zip(saved.settings.entries, original.settings.entries) {
      #expect(found.value == expected.value, "\(found.name)")
    }
    #expect(saved.settings.entries.filter { $0.origin == .checkpoint }.map(\.name) == told)
    let (one, other) = (directory.path("saved.ingot"), directory.path("original.ingot"))
    _ = try saved.write(to: one)
    _ = try original.write(to: other)
    let (found, expected) = (try ModelFile(mapping: one), try ModelFile(mapping: other))
    #expect(found.tensors.map(\.name) == expected.tensors.map(\.name))
    for tensor in expected.tensors {
      #expect(found.tensor(tensor.name)?.bytes.array() == expected.tensor(tensor.name)?.bytes.array(), "\(tensor.name)")
    }
    #expect(try SourceComparison(of: found, with: saved.release.checkpoint).agrees)
  }
}
