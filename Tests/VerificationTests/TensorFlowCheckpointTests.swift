import Architectures
import Checkpoints
import Conversion
import Inference
import ModelFiles
import TestSupport
import Testing
import Verification

@Suite("TensorFlow checkpoints of the recorded encoder") struct TensorFlowCheckpointTests {
  static let folders = ["google", "google-trained", "bert4keras"]

  private static func path(_ folder: String) -> String {
    Fixtures.folder("TensorFlow").appending(path: folder).path
  }

  private func convert(_ folder: String, into directory: TemporaryDirectory) throws -> ModelFile {
    let conversion = try Conversion(planning: Release(at: Self.path(folder)))
    let path = directory.path("encoder.ingot")
    _ = try conversion.write(to: path)
    return try ModelFile(mapping: path)
  }

  @Test("convert and compute what the model computed when it was saved", arguments: folders)
  func agrees(folder: String) throws {
    let directory = try TemporaryDirectory()
    let file = try convert(folder, into: directory)
    for path in RecordedModel.named("encoder").references {
      let reference = try Reference(opening: path)
      let comparison = try ReferenceComparison(of: Model(file), with: reference)
      #expect(comparison.firstDivergence == nil)
      #expect(comparison.points.count == reference.batches.reduce(0) { $0 + $1.points.count })
    }
  }

  @Test("hold the weights of the HDF5 file, bit for bit", arguments: folders)
  func weights(folder: String) throws {
    let directories = try [TemporaryDirectory(), TemporaryDirectory()]
    let converted = try convert(folder, into: directories[0])
    let expected = try RecordedModel.named("encoder").convert(into: directories[1])
    #expect(converted.tensors.map(\.name) == expected.tensors.map(\.name))
    for tensor in expected.tensors { #expect(converted.digest(of: tensor.name) == expected.digest(of: tensor.name)) }
    let comparison = try SourceComparison(of: converted, with: Release(at: Self.path(folder)).checkpoint)
    #expect(comparison.differences.isEmpty)
  }

  @Test("are planned by the naming of the program that wrote them, and drop what training left")
  func plan() throws {
    func planned(_ folder: String) throws -> Plan {
      try Conversion(planning: Release(at: Self.path(folder))).plan
    }
    #expect(try planned("google").naming == "google")
    #expect(try planned("google").dropped.isEmpty)
    #expect(try planned("google-trained").naming == "google")
    #expect(
      try planned("google-trained").dropped.map(\.source).sorted().first == "bert/embeddings/LayerNorm/beta/adam_m")
    #expect(try planned("google-trained").dropped.count == 9)
    #expect(try planned("bert4keras").naming == "bert4keras")
    #expect(try planned("bert4keras").dropped.count == 13)
  }

  @Test(
    "are found by every name that a user can give",
    arguments: ["", "/bert_model.ckpt", "/bert_model.ckpt.index", "/bert_model.ckpt.data-00000-of-00001"])
  func names(name: String) throws {
    let release = try Release(at: Self.path("google") + name)
    #expect(release.checkpoint.file == Self.path("google") + "/bert_model.ckpt.index")
    #expect(release.checkpoint.container == .tensorFlowCheckpoint)
    #expect(release.configurationPath == Self.path("google") + "/bert_config.json")
  }

  @Test("of several in a folder, the one that the file checkpoint names is taken")
  func last() throws {
    let release = try Release(at: Self.path("google-trained"))
    #expect(release.checkpoint.file == Self.path("google-trained") + "/model.ckpt-1000.index")
  }
}
