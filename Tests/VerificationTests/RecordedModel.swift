import Architectures
import Conversion
import Foundation
import Inference
import ModelFiles
import TestSupport
import Testing
import Verification

/// A model that bert4keras or transformers saved, with the references that the framework recorded of it.
struct RecordedModel: CustomTestStringConvertible, Sendable {
  /// The folder under `Tests/Fixtures`.
  let folder: URL

  var name: String { folder.lastPathComponent }
  var testDescription: String { name }

  /// The models that have no reference, for they are there to be refused.
  private static let refused = ["bert-relative-key"]

  /// Every recorded model of `Tests/Fixtures`: the tiny ones and the sample.
  static let all: [RecordedModel] = {
    let tiny = ["bert4keras", "HuggingFace", "Architectures"].flatMap { family in
      try! FileManager.default.contentsOfDirectory(at: Fixtures.folder(family), includingPropertiesForKeys: nil)
    }
    let models = (tiny + [Fixtures.folder("Poems")]).filter(\.hasDirectoryPath).map(RecordedModel.init)
    let unrecorded = models.filter(\.references.isEmpty).map(\.name).sorted()
    precondition(unrecorded == refused, "without references: \(unrecorded)")
    return models.filter { !$0.references.isEmpty }.sorted { $0.name < $1.name }
  }()

  static func named(_ name: String) -> RecordedModel {
    all.first { $0.name == name }!
  }

  /// The recorded references, float32 before float64.
  var references: [String] {
    ["reference.float32.npz", "reference.float64.npz"].map { folder.appending(path: $0).path }
      .filter(FileManager.default.fileExists)
  }

  /// What no file in the folder says, as the program that made the model chose it.
  var settings: [String: String] {
    switch name {
    case "albert-0.7.2", "nezha-0.7.2":  // every norm of bert4keras had this epsilon until 0.11.3
      ["embedding.epsilon": "1e-12", "block.epsilon": "1e-12"]
    case "gpt2-2021": ["activation": "gelu-erf"]  // what TensorFlow computed in 2021, whatever the configuration says
    case "tanh-gelu": ["activation": "gelu-tanh"]  // set_gelu('tanh') leaves no trace in a weights file
    // with_pool='linear' leaves none either, without a unilm mask.
    case "pool-linear", "roformer-lm-pooled", "bert-lm-pooled": ["pooler.activation": "linear"]
    // The authors' code computes gelu by tanh, bert4keras and transformers by erf; epsilons are those of the code.
    case "bert-google": ["activation": "gelu-tanh"]
    case "albert-google": ["activation": "gelu-tanh", "block.epsilon": "1e-12"]
    case "nezha-original":
      ["activation": "gelu-tanh", "embedding.epsilon": "1e-12", "block.epsilon": "1e-12", "mlm.epsilon": "1e-12"]
    // bert4keras divides by the root of the width before an output matrix of its own too; Mesh TensorFlow does not.
    case "t5-gated-mesh", "mt5-mesh": ["lm.scaled": "false"]
    default: [:]
    }
  }

  /// Converts the model into a file of a temporary directory.
  ///
  /// - Parameters:
  ///   - changes: Settings that count more than the right ones.
  ///   - table: Another name table to convert by.
  func convert(
    into directory: TemporaryDirectory, changes: [String: String] = [:], table: Architecture? = nil
  ) throws -> ModelFile {
    let architectures = ["nezha-original": "nezha", "albert-0.4.6": "albert", "albert-0.5.7": "albert"]
    let options = Conversion.Options(
      architecture: architectures[name], naming: table == nil ? nil : "bert4keras", extras: .keep,
      settings: settings.merging(changes) { $1 })
    let conversion = try Conversion(
      planning: Release(at: folder.path), options: options, among: table.map { [$0] } ?? Architecture.all)
    let path = directory.path("\(name).ingot")
    _ = try conversion.write(to: path)
    return try ModelFile(mapping: path)
  }
}
