import Architectures
import Bytes
import Checkpoints
import Conversion
import Foundation
import TestSupport
import Testing

/// Real files whose ends are cut off, as an interrupted download leaves them.
@Suite("Salvage") struct SalvageTests {
  /// Files of each container, with the cuts at which some tensors survive and others do not.
  static let files = [
    "Poems/poem_bert.h5", "bert4keras/encoder-keras231/weights.h5", "bert4keras/encoder-saved/model.h5",
    "bert4keras/npz-google/weights.npz",
    "NumPy/numpy-2.4/archives/deflated.npz", "SafeTensors/types.safetensors", "Keras3/bert4keras/model.keras",
    "Keras3/keras-3.0.5/transformer.keras", "Keras3/keras-3.15.1/transformer.weights.h5",
    "PyTorch/bert/zip/pytorch_model.bin", "PyTorch/bert/training/pytorch_model.bin",
    "PyTorch/bert/no-checksum/pytorch_model.bin", "PyTorch/bert/stream/pytorch_model.bin",
    "PyTorch/torch-2.2/views.pt",
  ]

  private func contents(_ tensor: CheckpointTensor) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try tensor.source.forEachTile { _, tile in bytes += tile }
    return bytes
  }

  private func path(_ fixture: String) -> String { Fixtures.root.appending(path: fixture).path }

  /// A copy of a fixture that ends early.
  private func cut(_ fixture: String, to count: Int, in directory: TemporaryDirectory) throws -> String {
    let bytes = try ByteView(mapping: path(fixture)).array()
    return try directory.write(Array(bytes.prefix(count)), to: (fixture as NSString).lastPathComponent)
  }

  @Test("wherever a file is cut, what counts as whole is what the whole file holds", arguments: files)
  func cuts(fixture: String) throws {
    let directory = try TemporaryDirectory()
    let whole = try Checkpoint(opening: path(fixture))
    let count = try ByteView(mapping: path(fixture)).count
    var partial = 0
    for step in 1...24 {
      let file = try cut(fixture, to: count * step / 25, in: directory)
      guard let salvage = try? Salvage(of: file) else { continue }
      for tensor in salvage.checkpoint.tensors {
        let original = try whole.tensor(named: whole.tensor(addressedAs: tensor.name)?.name ?? tensor.path)
        #expect(
          tensor.source.shape == original.source.shape && tensor.source.elementType == original.source.elementType)
        #expect(try contents(tensor) == contents(original), "\(tensor.name) of \(fixture), cut at \(step)/25")
      }
      let names = Set((salvage.checkpoint.tensors.map(\.name) + salvage.lost.map(\.name)).map { Spelling($0) })
      if salvage.isListWhole {
        #expect(names.isSuperset(of: whole.tensors.map { Spelling($0.name) }.filter { $0.text.hasSuffix("[0]") }))
      }
      #expect(salvage.checkpoint.tensors.count < whole.tensors.count || salvage.lost.isEmpty)
      if !salvage.checkpoint.tensors.isEmpty, salvage.checkpoint.tensors.count < whole.tensors.count { partial += 1 }
    }
    #expect(partial > 0, "no cut of \(fixture) left something")
  }

  @Test("of a whole file nothing is lost", arguments: files)
  func nothingLost(fixture: String) throws {
    let salvage = try Salvage(of: path(fixture))
    let whole = try Checkpoint(opening: path(fixture))
    #expect(salvage.lost.isEmpty && salvage.isListWhole)
    #expect(salvage.checkpoint.tensors.map(\.name) == whole.tensors.map(\.name))
  }

  /// A copy of the sharded weights of Keras 3.15, without the parts of some numbers.
  private func sharded(without lost: [Int] = [], in directory: TemporaryDirectory) throws -> String {
    let folder = Fixtures.folder("Keras3/keras-3.15.1")
    for name in [".weights.json"] + (0...3).filter({ !lost.contains($0) }).map({ "_0000\($0).weights.h5" }) {
      try FileManager.default.copyItem(
        at: folder.appending(path: "sharded\(name)"), to: directory.url.appending(path: "sharded\(name)"))
    }
    return directory.path("sharded.weights.json")
  }

  @Test("of Keras 3's weights in parts, those in the parts that are there survive")
  func keras3Parts() throws {
    let whole = try Checkpoint(opening: path("Keras3/keras-3.15.1/sharded.weights.json"))
    let undamaged = try TemporaryDirectory()
    let complete = try Salvage(of: sharded(in: undamaged))
    #expect(complete.lost.isEmpty && complete.isListWhole)
    #expect(complete.checkpoint.tensors.map(\.name) == whole.tensors.map(\.name))
    for (part, lost) in [
      (
        0,
        [
          "layers/embedding/vars", "layers/multi_head_attention/key_dense/vars",
          "layers/multi_head_attention/output_dense/vars",
        ]
      ),
      (3, ["optimizer/vars"]),
    ] {
      let directory = try TemporaryDirectory()
      let salvage = try Salvage(of: sharded(without: [part], in: directory))
      #expect(salvage.lost.map(\.name) == lost)
      #expect(
        salvage.lost.allSatisfy {
          $0.problem.description
            == "\(directory.path("sharded_0000\(part).weights.h5")): unavailable: found no such file or directory, "
            + "expected a readable regular file."
        })
      #expect(!salvage.isListWhole)
      #expect(!salvage.checkpoint.tensors.isEmpty && salvage.checkpoint.tensors.count < whole.tensors.count)
      for tensor in salvage.checkpoint.tensors {
        let original = try whole.tensor(named: tensor.path)
        #expect(try contents(tensor) == contents(original), "\(tensor.name)")
      }
    }
  }

  @Test("a part of Keras 3's weights that is cut short costs what lies behind its end", arguments: 1...19)
  func keras3Part(step: Int) throws {
    let directory = try TemporaryDirectory()
    let index = try sharded(without: [1], in: directory)
    let part = try ByteView(mapping: path("Keras3/keras-3.15.1/sharded_00001.weights.h5")).array()
    _ = try directory.write(Array(part.prefix(part.count * step / 20)), to: "sharded_00001.weights.h5")
    let whole = try Checkpoint(opening: path("Keras3/keras-3.15.1/sharded.weights.json"))
    let salvage = try Salvage(of: index)
    #expect(!salvage.lost.isEmpty && salvage.checkpoint.tensors.count < whole.tensors.count)
    for tensor in salvage.checkpoint.tensors {
      let original = try whole.tensor(named: tensor.path)
      #expect(try contents(tensor) == contents(original), "\(tensor.name)")
    }
  }

  @Test(
    "of a PyTorch file that ends inside its pickle nothing survives, and the message says so",
    arguments: [
      (
        "zip",
        "damaged at byte 1000, in pytorch_model/data.pkl: found the end of the file, expected data up to a data descriptor"
      ),
      ("stream", "damaged at byte 1000: found 0 bytes left, expected 1 bytes for an instruction of the pickle"),
    ])
  func pickleCut(layout: String, found: String) throws {
    let directory = try TemporaryDirectory()
    let file = try cut("PyTorch/bert/\(layout)/pytorch_model.bin", to: 1_000, in: directory)
    let problem = #expect(throws: Problem.self) { try Salvage(of: file) }
    #expect(
      problem?.description
        == "\(file): \(found). Without the whole pickle, which names the tensors, none survives; get the file again from where "
        + "it came.")
  }

  @Test("a short data file of a TensorFlow checkpoint costs the tensors that lie behind its end")
  func tensorFlow() throws {
    let directory = try TemporaryDirectory()
    let folder = Fixtures.folder("TensorFlow").appending(path: "google")
    for name in ["bert_model.ckpt.index", "bert_model.ckpt.data-00000-of-00001"] {
      let bytes = try ByteView(mapping: folder.appending(path: name).path).array()
      _ = try directory.write(name.hasSuffix("index") ? bytes : Array(bytes.prefix(bytes.count / 2)), to: name)
    }
    let salvage = try Salvage(of: directory.path("bert_model.ckpt"))
    let whole = try Checkpoint(opening: folder.appending(path: "bert_model.ckpt").path)
    #expect(!salvage.checkpoint.tensors.isEmpty && !salvage.lost.isEmpty && salvage.isListWhole)
    #expect(salvage.checkpoint.tensors.count + salvage.lost.count == whole.tensors.count)
    for tensor in salvage.checkpoint.tensors {
      #expect(try contents(tensor) == contents(whole.tensor(named: tensor.name)))
    }
  }

  @Test("a bit that has changed in what is left of an archive is not taken for whole")
  func changed() throws {
    let directory = try TemporaryDirectory()
    let bytes = try ByteView(mapping: path("bert4keras/npz-google/weights.npz")).array()
    var cut = Array(bytes.prefix(bytes.count / 2))
    cut[200] ^= 1
    let salvage = try Salvage(of: directory.write(cut, to: "a.npz"))
    let first = try #require(try Checkpoint(opening: path("bert4keras/npz-google/weights.npz")).tensors.first?.name)
    #expect(salvage.lost.map(\.name).contains(first))
    #expect(!salvage.checkpoint.tensors.map(\.name).contains(first) && !salvage.checkpoint.tensors.isEmpty)
  }

  @Test("a bit that has changed costs the tensors of its storage, and an archive of Keras that is whole everything")
  func changedStorage() throws {
    let directory = try TemporaryDirectory()
    let name = "bert.pooler.dense.bias"
    let place = try #require(
      try Checkpoint(opening: path("PyTorch/bert/zip/pytorch_model.bin")).tensor(named: name).source.contiguousBytes?
        .start)
    var bytes = try ByteView(mapping: path("PyTorch/bert/zip/pytorch_model.bin")).array()
    bytes[place] ^= 1
    let salvage = try Salvage(of: directory.write(bytes, to: "a.bin"))
    #expect(salvage.lost.map(\.name) == [name] && salvage.checkpoint.tensors.count == 47)
    #expect(salvage.lost[0].problem.found == "contents with the CRC-32 9a84063d")
    var keras = try ByteView(mapping: path("Keras3/bert4keras/model.keras")).array()
    let weights = try #require(keras.firstRange(of: Array("model.weights.h5".utf8))).upperBound
    keras[weights + 90_000] ^= 1
    let file = try directory.write(keras, to: "a.keras")
    let problem = #expect(throws: Problem.self) { try Salvage(of: file) }
    #expect(problem?.kind == .damaged && problem?.object == "model.weights.h5")
    #expect(problem?.found.hasPrefix("contents with the CRC-32 ") == true)
    // What is left of weights that are cut has no checksum; the configuration has.
    keras[try #require(keras.firstRange(of: Array("\"class_name\"".utf8))).lowerBound] ^= 1
    let cut = try directory.write(Array(keras.prefix(keras.count * 9 / 10)), to: "b.keras")
    #expect(#expect(throws: Problem.self) { try Salvage(of: cut) }?.object == "config.json")
  }

  @Test("layers of a Keras archive that is cut short have their names, from the configuration before the weights")
  func kerasNames() throws {
    let directory = try TemporaryDirectory()
    let whole = try Checkpoint(opening: path("Keras3/bert4keras/model.keras"))
    let count = try ByteView(mapping: path("Keras3/bert4keras/model.keras")).count
    let salvage = try Salvage(of: cut("Keras3/bert4keras/model.keras", to: count * 9 / 10, in: directory))
    #expect(salvage.checkpoint.tensors.count == 32 && !salvage.isListWhole)
    #expect(salvage.lost.map(\.name) == ["MLM-Norm[1]"])
    let addressed = salvage.checkpoint.tensors.filter { whole.tensor(addressedAs: $0.name) != nil }
    #expect(addressed.count == 32)
  }

  @Test("what survives is written as safetensors that say what is missing, and never under a model file's name")
  func written() throws {
    let directory = try TemporaryDirectory()
    let fixture = "Poems/poem_bert.h5"
    let count = try ByteView(mapping: path(fixture)).count
    let salvage = try Salvage(of: cut(fixture, to: count * 24 / 25, in: directory))
    #expect(!salvage.lost.isEmpty && !salvage.checkpoint.tensors.isEmpty)
    let output = directory.path("rest.safetensors")
    try salvage.write(to: output)
    let written = try Checkpoint(opening: output)
    #expect(Set(written.tensors.map(\.name)) == Set(salvage.checkpoint.tensors.map(\.name)))
    for tensor in written.tensors {
      #expect(try contents(tensor) == contents(salvage.checkpoint.tensor(named: tensor.name)))
    }
    let facts = Dictionary(uniqueKeysWithValues: written.facts.map { ($0.name, $0.value) })
    #expect(facts["format"] == "incomplete" && facts["source"] == "poem_bert.h5" && facts["lost.others"] == "none")
    #expect(salvage.lost.allSatisfy { facts["lost"]?.contains("\"\($0.name)\"") == true })
    let problem = #expect(throws: Problem.self) { try salvage.write(to: directory.path("rest.ingot")) }
    #expect(
      problem?.description
        == "\(directory.path("rest.ingot")): refused: found the name of a model file for tensors of which some are missing, "
        + "expected another name. End it in .safetensors.")
    #expect(!FileManager.default.fileExists(atPath: directory.path("rest.ingot")))
  }

  @Test("a file that has lost only what training left converts, one that has lost a head does not")
  func converted() throws {
    let directory = try TemporaryDirectory()
    let fixture = "bert4keras/npz-google/weights.npz"
    let folder = (path(fixture) as NSString).deletingLastPathComponent
    let bytes = try ByteView(mapping: path(fixture)).array()
    func conversion(cutAt name: String) throws -> (Salvage, Conversion) {
      // The member's name stands in its local header first.
      let place = try #require(bytes.firstRange(of: Array("\(name).npy".utf8))).upperBound + 40
      let salvage = try Salvage(of: directory.write(Array(bytes.prefix(place)), to: "weights.npz"))
      let release = try Release(
        at: directory.path("weights.npz"), weights: salvage.checkpoint, configuration: folder + "/bert_config.json")
      return (salvage, try Conversion(planning: release))
    }
    let (slots, plan) = try conversion(cutAt: "global_step")
    try slots.check(plan)
    #expect(plan.plan.steps.count == 46)
    let (heads, rest) = try conversion(cutAt: "cls/predictions/output_bias")
    let problem = #expect(throws: Problem.self) { try heads.check(rest) }
    #expect(
      problem?.description
        == "\(directory.path("weights.npz")): mismatched in cls/predictions/output_bias: found a tensor of bert that is "
        + "lost, expected all that the file held. With --allow-missing what survives is written as a plain safetensors "
        + "file.")
  }

  @Test("the error about a file that is cut short says that something would survive")
  func advice() throws {
    let directory = try TemporaryDirectory()
    let count = try ByteView(mapping: path("Poems/poem_bert.h5")).count
    let file = try cut("Poems/poem_bert.h5", to: count * 24 / 25, in: directory)
    let survivors = try Salvage(of: file).checkpoint.tensors.count
    let problem = #expect(throws: Problem.self) { try Release.weights(at: file) }
    #expect(
      problem?.advice
        == "The file is cut short; get it again from where it came. Of its tensors, \(survivors) survive whole: see --salvage"
    )
    let early = try cut("Poems/poem_bert.h5", to: 100, in: directory)
    #expect(
      #expect(throws: Problem.self) { try Release.weights(at: early) }?.advice
        == "The file is cut short; get it again from where it came")
  }
}
