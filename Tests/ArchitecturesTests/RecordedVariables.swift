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
      guard fields.count == 4 else { return float32(String(fields[0]), try #require(shape)) }
      return SourceTensor(
        name: "\(fields[0])[\(fields[1])]", elementType: .float32, shape: try #require(shape), path: String(fields[2]))
    }
  }

  /// The naming that the version of bert4keras wrote.
  var naming: String {
    if name.hasSuffix("-0.4.6") || name.hasSuffix("-0.5.6") { return "bert4keras-0-5-6" }
    if name.hasSuffix("-0.5.7") || name.hasSuffix("-0.5.8") { return "bert4keras-0-5-8" }
    if name == "gpt2-ml-0.7.2" { return "bert4keras-0-7-2" }
    return tensors[0].name.hasPrefix("bert/") ? "google" : "bert4keras"
  }

  var isNumberedALBERT: Bool { ["albert-0.4.6", "albert-0.5.7"].contains(name) }

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
    let architecture = ["albert", "gpt2-ml", "nezha"].first(where: list.name.hasPrefix) ?? "bert"
    // A BERT of one block and an ALBERT had the same names until bert4keras 0.5.7.
    let tables = list.isNumberedALBERT ? Architecture.all.filter { $0.name == architecture } : Architecture.all
    let plan = try Architecture.plan(for: list.tensors, of: list.name, among: tables, extras: .keep)
    #expect(plan.architecture == architecture)
    #expect(plan.naming == list.naming)
    #expect(plan.steps.count + plan.extras.count == list.tensors.count)
    // Layers that the user put on top of the encoder have names of Keras' own making.
    #expect(
      plan.extras.map(\.source)
        == list.tensors.map(\.name).filter { $0.hasPrefix("dense") || $0.hasPrefix("conditional") })
    #expect(Set(plan.steps.map(\.tensor)).count == plan.steps.count)
    if plan.extras.isEmpty {
      #expect(try Architecture.plan(for: list.tensors, of: list.name, among: tables) == plan)
    }
  }

  @Test("are told apart by what the file itself calls weights, and by nothing else where it does not")
  func witnesses() throws {
    let lists = RecordedVariables.all.filter { ["bare-0.4.6", "encoder-0.5.6", "encoder-0.5.8"].contains($0.name) }
    let rivals = [
      "bare-0.4.6": "keras-bert) and bert (bert4keras-0-5-6",
      "encoder-0.5.6": "bert4keras-0-5-6) and bert (bert4keras-0-5-8",
      "encoder-0.5.8": "bert4keras-0-5-6) and bert (bert4keras-0-5-8",
    ]
    try #require(lists.count == 3)
    for list in lists {
      let unnamed = list.tensors.map { SourceTensor(name: $0.name, elementType: .float32, shape: $0.shape) }
      let problems = #expect(throws: Problems.self) { try Architecture.plan(for: unnamed, of: "x") }
      #expect(
        problems?.description
          == "x: mismatched: found tensors that fit bert (\(rivals[list.name]!)), expected one of them. Choose with "
          + "--architecture and --naming.")
    }
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
