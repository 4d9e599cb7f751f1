import Bytes
import Checkpoints
import Foundation
import TestSupport
import Testing

/// Files of PyTorch as checkpoints: one small BERT in every layout that programs have given it.
@Suite("PyTorch checkpoints") struct PyTorchTests {
  static let bert = Fixtures.folder("PyTorch").appending(path: "bert")

  @Test(
    "every layout holds the tensors of the safetensors file, and besides only what is tied",
    arguments: [
      ("zip/pytorch_model.bin", Container.pytorch), ("zip-2.13/pytorch_model.bin", .pytorch),
      ("no-checksum/pytorch_model.bin", .pytorch),
      ("stream/pytorch_model.bin", .pytorchStream), ("gamma-beta/pytorch_model.bin", .pytorchStream),
      ("sharded-zip", .shardedPyTorch), ("sharded-zip/pytorch_model-00001-of-00002.bin", .shardedPyTorch),
    ])
  func layouts(name: String, container: Container) throws {
    let twin = try Checkpoint(opening: Self.bert.appending(path: "safetensors/model.safetensors").path)
    let checkpoint = try Checkpoint(opening: Self.bert.appending(path: name).path)
    #expect(checkpoint.container == container)
    #expect(checkpoint.unread.isEmpty)
    #expect(twin.tensors.count == 46)
    for tensor in twin.tensors {
      var name = tensor.name
      if checkpoint.file.contains("gamma-beta") {
        name.replace("LayerNorm.weight", with: "LayerNorm.gamma")
        name.replace("LayerNorm.bias", with: "LayerNorm.beta")
      }
      let found = try checkpoint.tensor(named: name).source
      #expect(found.shape == tensor.source.shape && found.elementType == tensor.source.elementType)
      #expect(try contents(of: found) == contents(of: tensor.source), "\(name)")
    }
    let tied = checkpoint.tensors.count - twin.tensors.count
    let remarks = checkpoint.remarks.filter { $0.contains(" is the same tensor as ") }
    #expect((0...2).contains(tied) && remarks.count <= tied)
  }

  @Test("the weights in a training program's file, and what lies beside them")
  func training() throws {
    let checkpoint = try Checkpoint(opening: Self.bert.appending(path: "training/pytorch_model.bin").path)
    #expect(checkpoint.facts.map { "\($0.name) \($0.value)" } == ["epoch 3", "loss 0.25", "note 第一", "finished false"])
    #expect(
      Array(checkpoint.remarks.prefix(3)) == [
        "The weights are those under state_dict.",
        "optimizer is passed over: a dictionary with 126 tensors in it beside the weights.",
        "Every name begins with module., which is left away.",
      ])
    let name = "bert.pooler.dense.weight"
    #expect(try checkpoint.tensor(named: name).path == "state_dict/module." + name)
  }

  @Test("members whose CRC-32 PyTorch did not compute are counted")
  func withoutChecksum() throws {
    func open(_ folder: String) throws -> Checkpoint {
      try Checkpoint(opening: Self.bert.appending(path: "\(folder)/pytorch_model.bin").path)
    }
    let (without, reserved, other) = try (open("no-checksum"), open("skip-data"), open("zip"))
    #expect(
      without.remarks.last
        == "Members without a CRC-32: 48 of 48. PyTorch was told to compute none (set_crc32_options): nothing shows whether "
        + "they changed.")
    #expect(
      reserved.remarks.last
        == "PyTorch left room for the contents of 46 of 48 members (skip_data) and computed no CRC-32 of them: nothing shows "
        + "whether all of them were written, or changed.")
    #expect(!other.remarks.contains { $0.contains("CRC-32") })
    try without.verifyMembers()
    try other.verifyMembers()
    #expect(throws: Problem.self) { try reserved.verifyMembers() }
  }

  @Test("a shard of PyTorch is a PyTorch file")
  func otherKind() throws {
    let directory = try TemporaryDirectory()
    let folder = Self.bert.appending(path: "sharded-zip").path
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: directory.path(name))
    }
    let shard = directory.path("pytorch_model-00002-of-00002.bin")
    try FileManager.default.removeItem(atPath: shard)
    try FileManager.default.copyItem(
      atPath: Self.bert.appending(path: "safetensors/model.safetensors").path, toPath: shard)
    #expect(
      message(about: shard) { _ = try Checkpoint(opening: directory.url.path) }
        == "mismatched: found a shard that is a safetensors file, expected a PyTorch file.")
  }
}
