import Architectures
import Foundation
import Tensors
import Testing

/// One list of variables that the original framework wrote down while it saved a model.
struct RecordedVariables: CustomTestStringConvertible {
  /// The folder of the fixture: `encoder-keras231`.
  let name: String
  let tensors: [SourceTensor]

  var testDescription: String { name }

  /// Reads `layer<TAB>index<TAB>path<TAB>shape` of a Keras file, or `name<TAB>shape` of a TensorFlow checkpoint.
  init(reading file: URL) throws {
    name = file.deletingLastPathComponent().lastPathComponent
    tensors = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      let shape = Shape(fields[fields.count - 1].split(separator: ",").compactMap { Int($0) })
      return float32(fields.count == 4 ? "\(fields[0])[\(fields[1])]" : String(fields[0]), try #require(shape))
    }
  }

  /// All lists under `Tests/Fixtures/bert4keras`.
  static let all: [RecordedVariables] = {
    let folder = root.appending(path: "Tests/Fixtures/bert4keras")
    let files =
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    return files.filter { $0.lastPathComponent.hasPrefix("variables") && $0.pathExtension == "tsv" }
      .sorted { $0.path < $1.path }.compactMap { try? RecordedVariables(reading: $0) }
  }()
}

@Suite(
  "Variables recorded by bert4keras",
  .enabled(if: FileManager.default.fileExists(atPath: root.appending(path: "Tests/Fixtures/bert4keras").path)))
struct RecordedVariablesTests {
  @Test("there are lists of both namings")
  func discovered() {
    #expect(RecordedVariables.all.count >= 10)
    #expect(RecordedVariables.all.contains { $0.tensors.contains { $0.name.hasPrefix("bert/") } })
  }

  @Test("are planned to the last tensor, by the one naming they are in", arguments: RecordedVariables.all)
  func planned(list: RecordedVariables) throws {
    let plan = try Architecture.plan(for: list.tensors, of: list.name, extras: .keep)
    let others = ["albert-0.7.2": "albert", "nezha-0.7.2": "nezha"]
    #expect(plan.architecture == others[list.name, default: "bert"])
    #expect(plan.naming == (list.tensors[0].name.hasPrefix("bert/") ? "google" : "bert4keras"))
    #expect(plan.steps.count + plan.extras.count == list.tensors.count)
    // Layers that the user put on top of the encoder have names of Keras' own making.
    #expect(
      plan.extras.map(\.source)
        == list.tensors.map(\.name).filter { $0.hasPrefix("dense") || $0.hasPrefix("conditional") })
    #expect(Set(plan.steps.map(\.tensor)).count == plan.steps.count)
    if plan.extras.isEmpty { #expect(try Architecture.plan(for: list.tensors, of: list.name) == plan) }
  }

  @Test("the same model under both namings becomes the same canonical tensors")
  func sameModel() throws {
    let keras = try #require(RecordedVariables.all.first { $0.name == "encoder" })
    let google = try #require(RecordedVariables.all.first { $0.name == "npz-google" })
    let plans = try [keras, google].map { try Architecture.plan(for: $0.tensors, of: $0.name) }
    #expect(plans[0].sizes == plans[1].sizes && plans[0].groups == plans[1].groups)
    #expect(plans[0].steps.map(\.tensor) == plans[1].steps.map(\.tensor))
    #expect(plans[0].steps.map(\.shape) == plans[1].steps.map(\.shape))
  }
}
