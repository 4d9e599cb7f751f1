import Bytes
import Foundation
import JSON
import Tensors
import TestSupport
import Testing
import Zip

@testable import Checkpoints

/// The format that Keras 2.12 brought, against what Keras itself said of each weight.
@Suite("Files of Keras 3") struct Keras3Tests {
  static let folder = Fixtures.folder("Keras3")

  /// One weight as Keras described it.
  struct Weight {
    let name: String
    let type: String
    let shape: String
    let digest: String
  }

  private static func weights(_ path: String) throws -> [Weight] {
    try String(contentsOf: folder.appending(path: path + ".tsv"), encoding: .utf8).split(separator: "\n").map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      try #require(fields.count == 4)
      return Weight(name: fields[0], type: fields[1], shape: fields[2], digest: fields[3])
    }
  }

  static let files = [
    "keras-2.15.0/containers.keras", "keras-2.15.0/transformer.keras", "keras-3.0.5/containers.keras",
    "keras-3.0.5/transformer.keras", "keras-3.15.1/containers.keras", "keras-3.15.1/transformer.weights.h5",
    "keras-3.15.1/sharded.weights.json",
  ]

  @Test("names, types and every byte are those of the living model", arguments: files)
  func weights(file: String) throws {
    let path = Self.folder.appending(path: file).path
    let checkpoint = try Checkpoint(opening: path)
    let weights = try Self.weights(stem(file))
    let ofTraining = ["optimizer/", "metrics/"]
    let tensors = checkpoint.tensors.filter { tensor in !ofTraining.contains { tensor.name.hasPrefix($0) } }
    #expect(Set(tensors.map(\.name)) == Set(weights.map(\.name)))
    #expect(tensors.count == weights.count)
    for weight in weights {
      let tensor = try checkpoint.tensor(named: weight.name)
      #expect(tensor.source.elementType.rawValue == weight.type)
      #expect(tensor.source.shape.dimensions.map(String.init).joined(separator: ",") == weight.shape)
      #expect(try digest(contents(of: tensor.source)) == weight.digest, "\(weight.name)")
    }
    #expect(checkpoint.container == (file.hasSuffix(".keras") ? .kerasArchive : .keras3Weights))
    #expect(checkpoint.remarks.isEmpty && checkpoint.unread.isEmpty && checkpoint.naming == nil)
    #expect((checkpoint.tensors.count > weights.count) == !file.contains("containers"))
    if file.hasSuffix(".keras") {
      // The order of layers is that of config.json, which is that of the model.
      #expect(tensors.map(\.name.layer).uniqued == weights.map(\.name.layer).uniqued)
      #expect(checkpoint.facts.map(\.name) == ["keras_version", "date_saved"])
    }
  }

  private func stem(_ file: String) -> String {
    let url = URL(filePath: file)
    return "\(url.deletingLastPathComponent().lastPathComponent)/\(url.lastPathComponent.prefix { $0 != "." })"
  }

  @Test("variables count as numbers, so that the eleventh does not follow the second")
  func numbers() throws {
    let checkpoint = try Checkpoint(opening: Self.folder.appending(path: "keras-2.15.0/containers.keras").path)
    let twelve = checkpoint.tensors.filter { $0.name.hasPrefix("twelve[") }
    #expect(twelve.map(\.name) == (0..<12).map { "twelve[\($0)]" })
    #expect(twelve.map(\.path) == (0..<12).map { "/layers/twelve/vars/\($0)" })
  }

  @Test("the optimizer's state is listed by its path, and so are metrics")
  func training() throws {
    let checkpoint = try Checkpoint(opening: Self.folder.appending(path: "keras-2.15.0/transformer.keras").path)
    let others = checkpoint.tensors.map(\.name).filter { $0.hasPrefix("optimizer") || $0.hasPrefix("metrics") }
    #expect(others == ["metrics/mean/vars/0", "metrics/mean/vars/1"] + (0..<14).map { "optimizer/vars/\($0)" })
  }

  @Test("weights without names are addressed by their path, and by layer when config.json lies beside them")
  func unpacked() throws {
    let archive = try ZipArchive(ByteView(mapping: Self.folder.appending(path: "bert4keras/model.keras").path))
    let directory = try TemporaryDirectory()
    func unpack(_ name: String) throws -> String {
      let member = try #require(archive.members.first { $0.name == name })
      return try directory.write(member.prefix(member.byteCount).array(), to: name)
    }
    let path = try unpack("model.weights.h5")
    let alone = try Checkpoint(opening: path)
    #expect(alone.tensors.contains { $0.name == "layers/multi_head_attention_1/q_dense/vars/0" })
    #expect(alone.remarks == ["Layers whose names the file does not tell are addressed by class and number."])
    #expect(alone.naming != nil)
    // Any other config.json, such as a BERT's, is none of a Keras model.
    _ = try directory.write(Array("{\"hidden_size\": 16}".utf8), to: "config.json")
    #expect(try Checkpoint(opening: path).naming != nil)
    _ = try unpack("config.json")
    let named = try Checkpoint(opening: path)
    #expect(named.tensors.contains { $0.name == "Transformer-1-MultiHeadSelfAttention[0]" })
    #expect(named.remarks.isEmpty && named.naming == nil)
    #expect(named.modelConfiguration?["class_name"]?.string == "Functional")
    #expect(named.layers.first == "Input-Token")
    let whole = try Checkpoint(opening: archive.bytes.file)
    #expect(whole.tensors.map(\.name) == named.tensors.map(\.name))
  }

  // Odd files

  private func odd(_ name: String) -> String { Self.folder.appending(path: "odd/\(name)").path }

  static let odd: [String: [String]] = [
    "two-of-a-name.weights.h5": ["layers/dense/vars/0", "layers/dense_1/vars/0"],
    "one-without-name.weights.h5": ["a[0]", "layers/dense_1/vars/0"],
    "other-model.keras": ["layers/dense/vars/0", "layers/dense/vars/1"],
    "stray.weights.h5": ["a[0]", "layers/dense/stray"],
    "own-class.weights.h5": [
      "top_level_model_weights[0]", "blocks/dense_2/vars/0", "blocks/dense_10/vars/0", "Embedding-Token[0]",
    ],
    "condition.weights.h5": ["norm[0]", "norm[1]", "norm[2]", "norm[3]", "norm[4]"],
    "registered-class.keras": ["answer[0]", "answer[1]"],
  ]

  @Test("names that are missing, doubled or contradicted give way to paths")
  func doubtful() throws {
    let named = ["stray.weights.h5", "registered-class.keras", "condition.weights.h5"]
    for (name, tensors) in Self.odd {
      let checkpoint = try Checkpoint(opening: odd(name))
      #expect(checkpoint.tensors.map(\.name) == tensors, "\(name)")
      #expect((checkpoint.naming == nil) == named.contains(name), "\(name)")
    }
  }

  @Test("the parts of a conditional norm count in the order in which bert4keras makes them")
  func condition() throws {
    let parts = try Checkpoint(opening: odd("condition.weights.h5")).tensors.map { $0.path.split(separator: "/")[2] }
    #expect(parts == ["vars", "vars", "hidden_dense", "beta_dense", "gamma_dense"])
  }

  static let refusals: [String: String] = [
    "gap.weights.h5": "damaged in /layers/dense: found the variable 2 and no variable 1, "
      + "expected variables numbered without a gap. Get the file, or its missing part, from where it came.",
    "named-variable.weights.h5": "unsupported in /layers/dense/vars/kernel: found a variable \"kernel\", "
      + "expected variables numbered from 0. A layer stores itself in its own way; save the model from Keras as a file "
      + "named .h5 (not .weights.h5).",
    "leading-zero.weights.h5": "unsupported in /layers/dense/vars/00: found a variable \"00\", "
      + "expected variables numbered from 0. A layer stores itself in its own way; save the model from Keras as a file "
      + "named .h5 (not .weights.h5).",
    "compressed.keras": "unsupported in model.weights.h5: found a compressed member, expected a stored one. "
      + "Unpack the archive and name the file model.weights.h5 in it.",
    "no-configuration.keras":
      "damaged: found a Keras archive without a config.json, expected the model's configuration. "
      + "Get the file again from where it came.",
    "long-configuration.keras": "refused: found 16777217 bytes of JSON, expected at most 16777216.",
    "no-hdf5.keras": "unsupported: found a Keras archive whose weights are no HDF5 file, expected model.weights.h5. "
      + "Load it in Keras where h5py is installed, and save the model again.",
  ]

  @Test("what contradicts itself or is kept in another way is not opened", arguments: refusals.keys.sorted())
  func refused(name: String) {
    let path = odd(name)
    let text = message(opening: path).replacing("\(path)(config.json): ", with: "")
    #expect(text == Self.refusals[name])
  }

  // Sharded weights

  /// The text of the problem with which an index beside the four real parts is not opened, without the folder's path.
  private func shardMessage(of text: String) throws -> String {
    let directory = try TemporaryDirectory()
    for (part, name) in [0, 1, 2, 3, 0].map({ "sharded_0000\($0).weights.h5" }).enumerated() {
      try FileManager.default.copyItem(
        at: Self.folder.appending(path: "keras-3.15.1/\(name)"),
        to: directory.url.appending(path: part < 4 ? name : "copy.h5"))
    }
    let path = try directory.write(Array(text.utf8), to: "x.weights.json")
    do {
      _ = try Checkpoint(opening: path)
      return ""
    } catch {
      return "\(error)".replacing(directory.url.path + "/", with: "")
    }
  }

  @Test(
    "a part outside the folder is refused",
    arguments: ["../a.h5", "/etc/passwd", #"a\\b.h5"#, "", "..", #"a\u0000"#, "C:a.h5"])
  func escaping(name: String) throws {
    let text = try shardMessage(of: #"{"weight_map": {"/layers/dense/vars": "\#(name)"}}"#)
    #expect(text.hasPrefix("x.weights.json: refused: found a part named \""))
    #expect(text.hasSuffix("\", expected the name of a file beside the index."))
  }

  @Test("a part that is a link out of the folder is refused, one that is a link in it is read")
  func linkedPart() throws {
    let directory = try TemporaryDirectory()
    let elsewhere = try TemporaryDirectory()
    let part = Self.folder.appending(path: "keras-3.15.1/sharded_00000.weights.h5")
    try FileManager.default.copyItem(at: part, to: elsewhere.url.appending(path: "secret"))
    try FileManager.default.createSymbolicLink(
      atPath: directory.path("a.h5"), withDestinationPath: elsewhere.path("secret"))
    let index = Array(#"{"weight_map": {"/layers/embedding/vars": "a.h5"}}"#.utf8)
    let path = try directory.write(index, to: "x.weights.json")
    #expect(
      message(about: directory.path("a.h5")) { _ = try Checkpoint(opening: path) }
        == "refused: found a link to a file in another folder, expected a file beside the index. "
        + "Put the file itself there if you trust it.")
    try FileManager.default.copyItem(at: part, to: directory.url.appending(path: "b.h5"))
    try FileManager.default.removeItem(atPath: directory.path("a.h5"))
    try FileManager.default.createSymbolicLink(atPath: directory.path("a.h5"), withDestinationPath: "b.h5")
    #expect(try Checkpoint(opening: path).tensors.map(\.path) == Checkpoint(opening: part.path).tensors.map(\.path))
  }

  @Test("an index of more parts than the limit")
  func manyParts() throws {
    let parts = (0...512).map { #""p\#($0).h5""# }.joined(separator: ", ")
    #expect(
      try shardMessage(of: #"{"weight_map": {"/layers/dense/vars": [\#(parts)]}}"#)
        == "x.weights.json: refused: found 513 shards, expected at most 512.")
  }

  static let indices: [(index: String, message: String)] = [
    (
      #"{"weights": {}}"#,
      "x.weights.json: damaged: found JSON without a weight_map, expected the index of sharded Keras weights."
    ),
    (
      #"{"weight_map": {"/layers/dense/vars": [1]}}"#,
      "x.weights.json: damaged in /layers/dense/vars: found 1, expected the name of a file."
    ),
    (
      #"{"weight_map": {"/layers/dense/vars": "sharded_00009.weights.h5"}}"#,
      "sharded_00009.weights.h5: unavailable: found no such file or directory, expected a readable regular file."
    ),
    (
      #"{"weight_map": {"/layers/dense/vars": "sharded_00000.weights.h5"}}"#,
      "sharded_00000.weights.h5: damaged: found no group /layers/dense/vars, expected what x.weights.json says is in it. "
        + "Get the files again from where they came."
    ),
    (
      #"{"weight_map": {"/optimizer/vars": ["sharded_00003.weights.h5"]}}"#,
      "x.weights.json: damaged in /optimizer: found the variable 14 and no variable 0, "
        + "expected variables numbered without a gap. Get the file, or its missing part, from where it came."
    ),
    (
      #"{"weight_map": {"/layers/embedding/vars": ["sharded_00000.weights.h5", "copy.h5"]}}"#,
      "sharded_00000.weights.h5: damaged in /layers/embedding/vars/0: found a variable that another part holds, too, "
        + "expected each variable once."
    ),
  ]

  @Test("an index that is none, and parts that are missing, incomplete or doubled", arguments: indices.indices)
  func index(number: Int) throws {
    #expect(try shardMessage(of: Self.indices[number].index) == Self.indices[number].message)
  }

  @Test("every odd file has its test")
  func complete() throws {
    let names = try Fixtures.files(in: Self.folder.appending(path: "odd"), atLeast: 13).map(\.lastPathComponent)
    #expect(Set(names) == Set(Self.refusals.keys).union(Self.odd.keys))
  }
}

extension String {
  fileprivate var layer: Substring { prefix { $0 != "[" && $0 != "/" } }
}

extension Sequence where Element: Equatable {
  /// The elements without those that repeat the one before.
  fileprivate var uniqued: [Element] {
    reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }
}

@Suite("Classes in snake case") struct SnakeCaseTests {
  @Test(
    "are spelled as Keras spells them",
    arguments: [
      ("Dense", "dense"), ("MultiHeadAttention", "multi_head_attention"), ("LSTM", "lstm"), ("Conv2D", "conv2d"),
      ("TFOpLambda", "tf_op_lambda"), ("GRUCell", "gru_cell"), ("GPT2Attention", "gpt2_attention"),
      ("ELU", "elu"), ("RoFormerV2", "ro_former_v2"), ("Custom>FeedForward", "feed_forward"), ("A", "a"), ("", ""),
    ])
  func spelling(name: String, key: String) {
    #expect(snakeCase(name) == key)
  }
}
