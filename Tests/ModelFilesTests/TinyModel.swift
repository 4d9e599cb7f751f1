import Bytes
import Foundation
import JSON
import ModelFiles
import Tensors

/// A model file of a few hundred bytes with everything that one can hold.
enum TinyModel {
  static let tensors: [(name: String, tensor: Tensor)] = [
    ("embedding.token.weight", Tensor((0..<32).map { Float($0) / 4 }, shape: [4, 8])!),
    ("block.0.query.weight", Tensor((0..<16).map { Float(-$0) }, shape: [4, 4])!),
    ("block.0.query.bias", Tensor([Float(1), 2, 3], shape: [3])!),
    ("pooler.bias", Tensor(.float16, [3], bytes: ByteView([0x00, 0x3C, 0x00, 0xC0, 0x00, 0x7C]))!),
    ("empty", Tensor([Float](), shape: [0, 4])!),
    ("床", Tensor([Int64(-1)], shape: [])!),
  ]

  static var contents: ModelContents {
    ModelContents(
      architecture: "bert", revision: Digest(of: "architecture bert\n"),
      settings: ["heads": 2, "epsilon": .number("1e-12"), "activation": "gelu_tanh"],
      tensors: tensors.map { TensorDeclaration($0.name, $0.tensor.elementType, $0.tensor.shape) },
      attachments: [
        Attachment("vocab.txt", bytes: ByteView(Array("[PAD]\n月\n".utf8))),
        Attachment("bert_config.json", bytes: ByteView(Array("{\"hidden_size\": 4}".utf8))),
      ],
      ledger: ["source": "bert.h5"],
      probes: [
        Probe(
          inputs: [NamedTensor("token_ids", Tensor([Int32(0), 1], shape: [1, 2])!)],
          points: [
            NamedTensor("pooler", Tensor([Float(0.5)], shape: [1, 1])!),
            NamedTensor("mlm.logits", Tensor([Float(0), 1, 2, 3], shape: [1, 2, 2])!),
          ])
      ])
  }

  /// Writes the file, its tensors in any order.
  static func write(to path: String, _ contents: ModelContents = contents, reversed: Bool = false) throws {
    let writer = try ModelWriter(creating: path, contents: contents)
    for (name, tensor) in reversed ? tensors.reversed() : tensors { try writer.append(name, from: tensor) }
    try writer.finish()
  }

  /// The bytes of the file.
  static func bytes() throws -> [UInt8] {
    try inFolder { folder in
      try write(to: folder + "/tiny.ingot")
      return try ByteView(mapping: folder + "/tiny.ingot").array()
    }
  }
}

let fixtures =
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path() + "Fixtures/SafeTensors/"

let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path()

func inFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = NSTemporaryDirectory() + "ingot-models-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

func names(in folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

/// The message of the problem that `body` throws; nil when it throws none.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}
