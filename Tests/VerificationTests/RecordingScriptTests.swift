import Bytes
import Conversion
import Foundation
import Inference
import ModelFiles
import TestSupport
import Testing
import Verification

/// References that the scripts of `tools/reference` recorded, as users run them.
@Suite struct RecordingScriptTests {
  private static let models = [
    "albert-google": "Architectures", "bert-google": "Architectures", "bert-pretraining": "HuggingFace",
    "roformer-huggingface": "Architectures", "xlnet-model": "Architectures",
  ]
  private static let folder = Fixtures.folder("Reference/Recorded")
  static let names = (try! FileManager.default.contentsOfDirectory(atPath: folder.path)).sorted()

  @Test("there are some by each script, in both precisions")
  func complete() {
    let environments = Set(Self.names.map { $0.split(separator: ".")[1] })
    #expect(environments == ["hf4", "hf5", "tf1-originals"])
    for name in Self.names { #expect(Self.names.contains(name.replacing("float32", with: "float64"))) }
    #expect(Self.names.count >= 12)
  }

  @Test("every point agrees, every point of the model is there, and a part is sealed", arguments: names)
  func agrees(_ name: String) throws {
    let parts = name.split(separator: ".").map(String.init)
    let place = try Fixtures.folder("\(#require(Self.models[parts[0]]))/\(parts[0])").path
    let reference = try Reference(opening: Self.folder.appending(path: name).path)
    #expect(reference.about?["precision"]?.string == parts[2])
    let framework = parts[1].hasPrefix("hf") ? "transformers" : "google-research/\(parts[0].prefix { $0 != "-" })"
    #expect(reference.about?["framework"]?.string == framework)
    #expect(reference.batches.count == 2)
    let directory = try TemporaryDirectory()
    // The authors' gelu is the one by tanh, which their configurations call gelu.
    let settings = parts[1] == "tf1-originals" ? RecordedModel(folder: URL(filePath: place)).settings : [:]
    let conversion = try Conversion(
      planning: Release(at: place), options: Conversion.Options(extras: .keep, settings: settings))
    let path = directory.path("model.ingot")
    _ = try conversion.write(to: path, probes: [reference.probe()])
    let file = try ModelFile(mapping: path)
    let model = try Model(file)
    let comparison = try ReferenceComparison(of: model, with: reference)
    #expect(comparison.firstDivergence == nil)
    #expect(comparison.points.contains { $0.maximumError > 0 })
    #expect(Set(comparison.points.map(\.point)) == Set(model.points.map(\.name)))
    let sealed = try Reference(sealedIn: file)
    #expect(sealed?.batches.count == 1)
  }
}
