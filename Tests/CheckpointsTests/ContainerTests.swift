import Bytes
import Checkpoints
import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Which kind of file is taken for what, by its content alone.
@Suite("Kinds of file") struct ContainerTests {
  static let kinds = "expected HDF5, NumPy, PyTorch, safetensors or TensorFlow."
  static let nameIt = " Name the file that holds the weights."

  /// The header of a tar archive whose first member has a name.
  static func tar(_ name: String) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    header.replaceSubrange(0..<name.utf8.count, with: Array(name.utf8))
    header.replaceSubrange(257..<262, with: Array("ustar".utf8))
    return header
  }

  static let strangers: [(content: [UInt8], message: String)] = [
    ([], "damaged at byte 0: found an empty file, \(kinds) Get the file again from where it came."),
    (
      Array("<!DOCTYPE html>\n<html lang=\"zh\">".utf8),
      "mismatched at byte 0: found a web page, \(kinds) Download the file itself, not the page that links to it."
    ),
    (
      Array("\u{FEFF}\n<HTML><head>".utf8),
      "mismatched at byte 0: found a web page, \(kinds) Download the file itself, not the page that links to it."
    ),
    (
      Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 409\n".utf8),
      "mismatched at byte 0: found a Git-LFS pointer, not the file it stands for, \(kinds) "
        + "Fetch the real file with \"git lfs pull\" in the repository it came from."
    ),
    (
      Array("Entry not found".utf8),
      "mismatched at byte 0: found a text file that begins \"Entry not found\", \(kinds)\(nameIt)"
    ),
    (
      Array("床前明月光，疑是地上霜。举头望明月，低头思故乡。床前明月光，疑是地上霜。举头望明月，低头思故乡。\n".utf8),
      "mismatched at byte 0: found a text file that begins \"床前明月光，疑是地上霜。举头望明月，低头思故乡。床前明月光，疑是地上霜。举头望明…\", \(kinds)\(nameIt)"
    ),
    (
      [0x80, 0x04, 0x95],
      "refused at byte 0: found a Python pickle, which can run code when it is read, \(kinds) "
        + "Save the weights as HDF5, .npz or safetensors."
    ),
    (
      [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E, 0x80, 0x02],
      "damaged at byte 17: found 0 bytes left, expected 1 bytes for an instruction of the pickle. "
        + "The file is cut short or overwritten; get it again from where it came."
    ),
    (
      tar("sys_info"),
      "unsupported at byte 0: found a PyTorch file of the form before version 0.1.12, a tar archive, \(kinds) Load it in "
        + "PyTorch with weights_only=False where you trust it, and save the state_dict() again."
    ),
    (tar("model/vocab.txt"), "unsupported at byte 0: found a tar archive, \(kinds) Unpack it first."),
    ([0x1F, 0x8B, 0x08, 0x00], "unsupported at byte 0: found a gzip archive, \(kinds) Unpack it first."),
    ([0x00, 0x01, 0x02], "unsupported at byte 0: found bytes of no known kind, \(kinds)\(nameIt)"),
    ([0xFF, 0xFE, 0x41, 0x42, 0x43], "unsupported at byte 0: found bytes of no known kind, \(kinds)\(nameIt)"),
  ]

  @Test("what is no container of weights is named", arguments: strangers.indices)
  func stranger(index: Int) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(Self.strangers[index].content, to: "model.h5")
    #expect(message(opening: path) == Self.strangers[index].message)
  }

  @Test("a data file of a TensorFlow checkpoint stands for the checkpoint, whose index must lie beside it")
  func checkpointData() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write([0, 0, 0x80, 0x3F], to: "bert_model.ckpt.data-00000-of-00001")
    let problem = #expect(throws: Problem.self) { try Checkpoint(opening: path) }
    #expect(
      problem?.description
        == "\(directory.path("bert_model.ckpt.index")): unavailable: found no such file beside "
        + "bert_model.ckpt.data-00000-of-00001, expected the index of the checkpoint. "
        + "Get the missing file from where the checkpoint came.")
  }

  @Test("what is no regular file is not opened, and a pipe is not waited for")
  func noFile() throws {
    let directory = try TemporaryDirectory()
    #expect(message(opening: directory.url.path) == "unavailable: found a directory, expected a readable regular file.")
    let pipe = directory.path("pipe.h5")
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(
      message(opening: pipe) == "unavailable: found a device, pipe or socket, expected a readable regular file.")
    #expect(
      message(opening: directory.path("missing.h5"))
        == "unavailable: found no such file or directory, expected a readable regular file.")
  }

  @Test("a file that is cut short is damaged, wherever it is cut", arguments: [1, 2, 8])
  func cutShort(divisor: Int) throws {
    let whole = try Data(contentsOf: keras.appending(path: "keras-2.15.0/nested.h5"))
    let directory = try TemporaryDirectory()
    let count = whole.count / divisor - (divisor == 1 ? 1 : 0)
    let path = try directory.write(Array(whole.prefix(count)), to: "cut.h5")
    #expect(
      message(opening: path)
        == "damaged at byte \(count): found the end of the file after \(count) bytes, expected \(whole.count) bytes. "
        + "The file is cut short; get it again from where it came.")
  }

  @Test(
    "each container is known by its content",
    arguments: [
      ("Keras/keras-2.2.4/nested.h5", Container.kerasWeights),
      ("Keras/keras-2.15.0/many-long-layers.h5", .kerasWeights),
      ("Keras/keras-2.3.1/nested-saved.h5", .kerasModel),
      ("Keras/keras-2.15.0/modern.weights.h5", .keras3Weights),
      ("Keras/keras-2.15.0/modern.keras", .kerasArchive),
      ("Keras3/keras-3.15.1/sharded.weights.json", .keras3Weights),
      ("Keras/odd/user-block.h5", .kerasWeights),
      ("HDF5/types.h5", .hdf5),
      ("bert4keras/npz-google/weights.npz", .numpyArchive),
      ("PyTorch/bert/zip/pytorch_model.bin", .pytorch),
      ("PyTorch/bert/stream/pytorch_model.bin", .pytorchStream),
      ("PyTorch/bert/sharded-zip/pytorch_model.bin.index.json", .shardedPyTorch),
    ])
  func known(file: String, container: Container) throws {
    #expect(try Checkpoint(opening: Fixtures.root.appending(path: file).path).container == container)
  }
}
