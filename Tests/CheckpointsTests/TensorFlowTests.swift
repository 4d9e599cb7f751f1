import Bytes
import Checkpoints
import Foundation
import TestSupport
import Testing

/// TensorFlow checkpoints as lists of named tensors.
@Suite("TensorFlow checkpoints") struct TensorFlowTests {
  private func open(_ name: String) throws -> Checkpoint {
    try Checkpoint(opening: Fixtures.folder("TensorFlow").appending(path: name).path)
  }

  private let layers = [
    "my_lstm[0]", "my_lstm[1]", "my_lstm[2]", "inner_dense[0]", "inner_dense[1]", "layer.with.dots/and_slash[0]",
    "layer.with.dots/and_slash[1]", "out[0]", "out[1]",
  ]
  private let byLayer =
    "The file is object-based: layers are named by its graph of objects, where those without weights have no name. "
    + "An attention mask, as a language model has, does not show."

  @Test("a name-based one has its own names, in their order")
  func nameBased() throws {
    let checkpoint = try open("google")
    #expect(checkpoint.container == .tensorFlowCheckpoint)
    #expect(checkpoint.tensors.first?.name == "bert/embeddings/LayerNorm/beta")
    #expect(checkpoint.tensors.allSatisfy { $0.name == $0.path && $0.storage == "contiguous" })
    #expect(checkpoint.remarks.isEmpty && checkpoint.unread.isEmpty)
  }

  @Test(
    "what Keras saved as objects is named by layer, in the order of the model", arguments: ["keras", "saved-model"])
  func byLayer(name: String) throws {
    let checkpoint = try open(name)
    #expect(checkpoint.tensors.map(\.name) == layers)
    #expect(checkpoint.tensors.first?.source.shape == [5, 12])
    #expect(checkpoint.remarks == [byLayer])
  }

  @Test("so is a model inside tf.train.Checkpoint; what is no layer keeps its path")
  func inside() throws {
    let checkpoint = try open("trained")
    #expect(checkpoint.tensors.prefix(9).map(\.name) == layers)
    let others = checkpoint.tensors.dropFirst(9).map(\.name)
    #expect(others.first == "model/layer_with_weights-0/cell/bias/.OPTIMIZER_SLOT/optimizer/m")
    #expect(others.suffix(3) == ["optimizer/learning_rate", "save_counter", "step"])
  }

  @Test("objects without a Keras model say what to do")
  func withoutLayers() throws {
    #expect(
      try open("nothing").remarks == [
        "The file is object-based: its tensors are named after attributes of Python objects, and the graph does not "
          + "tell the layers of a Keras model. To convert it, load it in the program that wrote it and save the weights "
          + "as HDF5."
      ])
  }

  @Test("slices and a foreign byte order are told")
  func storage() throws {
    #expect(try open("sliced").tensors.map(\.storage) == ["5 slices", "contiguous", "2 slices", "2 slices"])
    #expect(try open("big-endian").tensors[1].storage == "big-endian")
  }

  @Test("texts and other types are unread, by name")
  func unread() throws {
    let checkpoint = try open("types")
    #expect(
      checkpoint.unread.map(\.name)
        == ["text/none", "text/scalar", "text/several", "type/float8_e5m2", "type/qint8"])
    #expect(
      checkpoint.remarks.first
        == "3 tensors are passed over: elements of type string. They are text/none, text/scalar, text/several.")
  }

  @Test("the tensors of a lost data file are unread, by name, and the others are there")
  func lost() throws {
    let directory = try TemporaryDirectory()
    let folder = Fixtures.folder("TensorFlow").appending(path: "sharded")
    for name in ["model.ckpt-1234.index", "model.ckpt-1234.data-00000-of-00003", "model.ckpt-1234.data-00002-of-00003"]
    {
      try FileManager.default.copyItem(at: folder.appending(path: name), to: directory.url.appending(path: name))
    }
    let checkpoint = try Checkpoint(opening: directory.url.path)
    #expect(checkpoint.tensors.count == 5)
    #expect(
      checkpoint.remarks == [
        "2 tensors are passed over: no data file model.ckpt-1234.data-00001-of-00003: no such file or directory. They are "
          + "device_1/kernel_0, device_1/kernel_1."
      ])
  }

  @Test("one of the first format is named")
  func firstFormat() throws {
    let problem = #expect(throws: Problem.self) { try open("version-1/model.ckpt") }
    #expect(problem?.kind == .unsupported)
    #expect(problem?.found == "a checkpoint of TensorFlow's first format (V1), which is a single file")
  }
}
