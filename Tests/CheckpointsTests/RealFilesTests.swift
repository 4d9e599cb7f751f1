import Bytes
import Checkpoints
import Foundation
import JSON
import Tensors
import TestSupport
import Testing

/// Files as Keras and bert4keras really write them, against what these said themselves.
@Suite("Files written by Keras") struct RealFilesTests {
  /// A file of weights, and the JSON file beside it with the order of the living model.
  struct Recording: CustomTestStringConvertible {
    let sidecar: URL
    var path: String { sidecar.deletingPathExtension().appendingPathExtension("h5").path }
    var testDescription: String { sidecar.pathComponents.suffix(2).joined(separator: "/") }
  }

  static func recordings() throws -> [Recording] {
    try Fixtures.files(in: keras, withExtension: "json", atLeast: 14).map(Recording.init)
  }

  @Test("layers, order, types and every byte are those of the living model", arguments: try recordings())
  func order(recording: Recording) throws {
    let expected = try JSON(parsing: ByteView(mapping: recording.sidecar.path))
    let checkpoint = try Checkpoint(opening: recording.path)
    #expect(checkpoint.container.rawValue == expected["container"]?.string)
    #expect(checkpoint.layers == expected["layers"]?.elements?.compactMap(\.string))
    let weights = try #require(expected["weights"]?.elements)
    #expect(checkpoint.tensors.map(\.name) == weights.compactMap { $0["name"]?.string })
    #expect(checkpoint.tensors.map(\.path) == weights.compactMap { $0["path"]?.string })
    for (tensor, weight) in zip(checkpoint.tensors, weights) {
      #expect(tensor.source.elementType.rawValue == weight["type"]?.string)
      #expect(tensor.source.shape.dimensions == weight["shape"]?.elements?.compactMap(\.integer))
      #expect(try digest(contents(of: tensor.source)) == weight["sha256"]?.string, "\(tensor.name)")
      #expect(tensor.storage == "contiguous")
    }
    #expect(checkpoint.unread.isEmpty)
    let hasOptimizer = recording.sidecar.lastPathComponent == "compiled.json"
    #expect(
      checkpoint.remarks
        == (hasOptimizer ? ["The optimizer's state (optimizer_weights) is passed over unread."] : []))
  }

  @Test("the recordings hold what they are for: every version of Keras, split names, every type, both containers")
  func coverage() throws {
    let all = try Self.recordings().map { try JSON(parsing: ByteView(mapping: $0.sidecar.path)) }
    let versions = Set(all.compactMap { $0["made by"]?.string?.split(separator: ",").first.map(String.init) })
    #expect(versions == ["Keras 2.2.4", "Keras 2.3.1", "Keras 2.15.0"])
    let split = Set(all.flatMap { $0["split attributes"]?.elements ?? [] }.compactMap(\.string))
    #expect(split == ["/@layer_names1", "/many@weight_names1"])
    let weights = all.flatMap { $0["weights"]?.elements ?? [] }
    #expect(Set(weights.compactMap { $0["type"]?.string }) == ["float16", "float32", "float64", "int64"])
    #expect(weights.contains { $0["name"]?.string == "top_level_model_weights[1]" })
    #expect(Set(all.compactMap { $0["container"]?.string }) == ["Keras HDF5 weights", "Keras HDF5 model"])
  }

  @Test(
    "positions name the same weights in every version, inner names do not; a nested model's trained ones come first")
  func nested() throws {
    let files = ["keras-2.2.4/nested", "keras-2.3.1/nested-saved", "keras-2.15.0/nested"]
    let checkpoints = try files.map { try Checkpoint(opening: keras.appending(path: "\($0).h5").path) }
    let names = (0..<8).map { "inner[\($0)]" } + ["deep[0]", "answer[0]", "answer[1]"]
    #expect(checkpoints.allSatisfy { $0.tensors.map(\.name) == names })
    #expect(
      try checkpoints.map { try $0.tensor(named: "deep[0]").path } == [
        "/deep/shared_name_1/kernel:0", "/model_weights/deep/shared_name_1/kernel:0", "/deep/shared_name/kernel:0",
      ])
    #expect(
      checkpoints[0].tensors.prefix(8).map { $0.path.dropFirst("/inner/".count) } == [
        "shared_name/kernel:0", "shared_name/bias:0", "norm/gamma:0", "norm/beta:0", "last/kernel:0", "last/bias:0",
        "norm/moving_mean:0", "norm/moving_variance:0",
      ])
  }

  @Test("facts are what the file says of its origin")
  func facts() throws {
    let checkpoint = try Checkpoint(opening: keras.appending(path: "keras-2.2.4/compiled.h5").path)
    #expect(checkpoint.facts.map { "\($0.name) \($0.value)" } == ["keras_version 2.2.4", "backend tensorflow"])
    #expect(checkpoint.modelConfiguration?["class_name"]?.string == "Model")
    let later = try Checkpoint(opening: keras.appending(path: "keras-2.15.0/compiled.h5").path)
    #expect(later.facts.map { "\($0.name) \($0.value)" } == ["keras_version 2.15.0", "backend tensorflow"])
    #expect(later.modelConfiguration?["class_name"]?.string == "Functional")
  }

  @Test("bert4keras' models list the variables that h5py lists")
  func bert4keras() throws {
    let lists = try Fixtures.files(in: Fixtures.folder("bert4keras"), withExtension: "tsv", atLeast: 12)
    for list in lists {
      let folder = list.deletingLastPathComponent()
      guard let weights = try Fixtures.files(in: folder, withExtension: "h5", atLeast: 0).first else { continue }
      let rows = try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
        .map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
      let checkpoint = try Checkpoint(opening: weights.path)
      #expect(checkpoint.tensors.map(\.name) == rows.map { "\($0[0])[\($0[1])]" })
      #expect(checkpoint.tensors.map(\.path) == rows.map { String($0[2]) })
      #expect(
        checkpoint.tensors.map { $0.source.shape.dimensions.map(String.init).joined(separator: ",") }
          == rows.map { String($0[3]) })
      #expect(
        checkpoint.remarks.isEmpty
          || checkpoint.remarks == ["The optimizer's state (optimizer_weights) is passed over unread."])
    }
  }

  @Test("the poems' model opens with every layer of a BERT")
  func poems() throws {
    let checkpoint = try Checkpoint(opening: Fixtures.folder("Poems").appending(path: "poem_bert.h5").path)
    #expect(checkpoint.container == .kerasWeights)
    #expect(checkpoint.tensors.first?.name == "Embedding-Token[0]")
    #expect(Set(checkpoint.tensors.map(\.source.elementType)) == [.float32])
    #expect(checkpoint.layers.contains("Input-Token"))
    #expect(checkpoint.remarks.isEmpty)
  }
}
