import Bytes
import Checkpoints
import Foundation
import TestSupport
import Testing

/// Files whose names come from inside: of a layer that is a model, of a graph of objects, of a trainer's pickle.
@Suite("Names from inside a file") struct PrefixedFilesTests {
  private let folder = Fixtures.folder("Prefixes")

  /// What the living model said: the names of its weights, and the digests of their values.
  private func variables(_ path: String) throws -> [(name: String, digest: String)] {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8).split(separator: "\n").map { line in
      let fields = line.split(separator: "\t").map(String.init)
      return (fields[0], fields[1])
    }
  }

  @Test("an encoder inside a layer has the names of its own layers", arguments: ["nested", "nested-saved"])
  func nested(name: String) throws {
    let checkpoint = try Checkpoint(opening: folder.appending(path: "bert4keras/\(name).h5").path)
    #expect(checkpoint.layers.contains("model") && checkpoint.tensors.count == 44)
    #expect(
      checkpoint.tensors.prefix(7).map(\.name) == [
        "model/Embedding-Token[0]", "model/Embedding-Segment[0]", "model/Embedding-Position[0]",
        "model/Embedding-Norm[0]",
        "model/Embedding-Norm[1]", "model/Transformer-0-MultiHeadSelfAttention[0]",
        "model/Transformer-0-MultiHeadSelfAttention[1]",
      ])
    #expect(checkpoint.tensors.suffix(2).map(\.name) == ["score[0]", "score[1]"])
    let living = try variables("bert4keras/\(name).tsv")
    #expect(
      checkpoint.tensors.map { String($0.path.split(separator: "/", maxSplits: name == "nested" ? 1 : 2).last!) }
        == living.map(\.name))
    for (tensor, weight) in zip(checkpoint.tensors, living) {
      #expect(try digest(contents(of: tensor.source)) == weight.digest, "\(tensor.name)")
    }
  }

  @Test("a checkpoint of objects has the names that its graph tells, as tf_model.h5 has them")
  func objects() throws {
    let checkpoint = try Checkpoint(opening: folder.appending(path: "tf-save-weights").path)
    let living = try variables("tf-save-weights/variables.tsv")
    #expect(
      Set(checkpoint.tensors.map { "tf_bert_model/\($0.name):0" }) == Set(living.map(\.name))
        && checkpoint.tensors.count == 39)
    for weight in living {
      let tensor = try #require(checkpoint.tensors.first { "tf_bert_model/\($0.name):0" == weight.name })
      #expect(try digest(contents(of: tensor.source)) == weight.digest, "\(tensor.name)")
    }
    #expect(
      checkpoint.remarks == [
        "The file is object-based: its tensors have the names that the variables had in the program, as its graph of objects "
          + "tells them."
      ])
  }

  @Test("a checkpoint of Lightning holds its weights under state_dict")
  func lightning() throws {
    let checkpoint = try Checkpoint(opening: folder.appending(path: "lightning/epoch=0-step=1.ckpt").path)
    let living = try variables("lightning/variables.tsv")
    #expect(checkpoint.tensors.map(\.name) == living.map(\.name))
    for (tensor, weight) in zip(checkpoint.tensors, living) {
      #expect(try digest(contents(of: tensor.source)) == weight.digest, "\(tensor.name)")
    }
    #expect(checkpoint.facts.contains { $0.name == "pytorch-lightning_version" && $0.value == "2.2.5" })
  }
}

/// The index of a TensorFlow checkpoint that a browser renamed.
@Suite("A renamed index") struct RenamedIndexTests {
  @Test("is one line that says which data file was looked for, and which one is there", arguments: [true, false])
  func renamed(isIndex: Bool) throws {
    let directory = try TemporaryDirectory()
    let names =
      isIndex
      ? ["m.ckpt(1).index", "m.ckpt.data-00000-of-00001"] : ["m.ckpt.index", "m.ckpt.data-00000-of-00001(1)"]
    for (name, suffix) in zip(names, ["index", "data-00000-of-00001"]) {
      try FileManager.default.copyItem(
        at: Fixtures.folder("Architectures").appending(path: "electra-original/electra_small.\(suffix)"),
        to: directory.url.appending(path: name))
    }
    let checkpoint = try Checkpoint(opening: directory.path(names[0]))
    #expect(checkpoint.tensors.isEmpty && checkpoint.unread.count > 20 && checkpoint.remarks.count == 1)
    let wanted = isIndex ? "m.ckpt(1).data-00000-of-00001" : "m.ckpt.data-00000-of-00001"
    #expect(
      checkpoint.remarks[0].hasPrefix(
        "\(checkpoint.unread.count) tensors are passed over: no data file \(wanted): no such file or directory; there is "
          + "\(names[1]). They are discriminator_predictions/dense/bias, "))
    #expect(checkpoint.unread[0].problem.advice == "Rename the index or the data file, so that both begin alike")
  }
}
