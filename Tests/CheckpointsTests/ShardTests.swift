import Bytes
import Checkpoints
import Foundation
import JSON
import TestSupport
import Testing

/// Checkpoints in several safetensors files, as `transformers` writes them.
@Suite("Checkpoints in shards") struct ShardTests {
  static let bert = Fixtures.folder("PyTorch").appending(path: "bert")
  static let again = " Get the files again from where they came."

  @Test(
    "the index, the folder and each shard stand for the whole, which is the same as the one file",
    arguments: [("sharded-safetensors", 3), ("sharded-safetensors-5", 2)])
  func whole(folder: String, count: Int) throws {
    let folder = Self.bert.appending(path: folder).path
    let single = try Checkpoint(opening: Self.bert.appending(path: "safetensors/model.safetensors").path)
    let shards = (1...count).map { "model-0000\($0)-of-0000\(count).safetensors" }
    for path in [folder] + (shards + ["model.safetensors.index.json"]).map({ "\(folder)/\($0)" }) {
      let whole = try Checkpoint(opening: path)
      #expect(whole.container == .shardedSafetensors)
      #expect(whole.file == "\(folder)/model.safetensors.index.json")
      #expect(whole.unread.isEmpty && whole.remarks.isEmpty)
      #expect(Set(whole.tensors.map(\.storage)) == Set(shards))
      #expect(Set(whole.tensors.map(\.name)) == Set(single.tensors.map(\.name)))
      for tensor in whole.tensors {
        let twin = try single.tensor(named: tensor.name).source
        #expect(tensor.source.shape == twin.shape && tensor.source.elementType == twin.elementType)
        #expect(try contents(of: tensor.source) == contents(of: twin), "\(tensor.name)")
      }
      #expect(whole.facts.contains { $0.name == "total_size" } && whole.facts.contains { $0.name == "format" })
    }
  }

  @Test(
    "a shard that is missing or cut short loses its own tensors only",
    arguments: [("sharded-safetensors", "model", "safetensors"), ("sharded-zip", "pytorch_model", "bin")])
  func salvage(folder: String, stem: String, ending: String) throws {
    let source = Self.bert.appending(path: folder)
    let directory = try TemporaryDirectory()
    let copy = directory.url.appending(path: "copy")
    try FileManager.default.copyItem(at: source, to: copy)
    let index = copy.appending(path: "\(stem).\(ending).index.json").path
    let whole = try Checkpoint(opening: index)
    #expect(try Salvage(of: index).lost.isEmpty)
    let shard = try #require(whole.tensors.map(\.storage).sorted().last)
    let held = Set(whole.tensors.filter { $0.storage == shard }.map(\.name))
    let path = copy.appending(path: shard).path
    let bytes = try ByteView(mapping: path).array()

    try FileManager.default.removeItem(atPath: path)
    let missing = try Salvage(of: copy.path)
    #expect(missing.isListWhole && Set(missing.lost.map(\.name)) == held)
    #expect(missing.lost.allSatisfy { $0.problem.kind == .unavailable && $0.problem.file == path })
    #expect(missing.checkpoint.tensors.count + held.count == whole.tensors.count && !held.isEmpty)
    for tensor in missing.checkpoint.tensors {
      #expect(try contents(of: tensor.source) == contents(of: whole.tensor(named: tensor.name).source))
    }

    _ = try directory.write(Array(bytes.prefix(bytes.count * 3 / 4)), to: "copy/\(shard)")
    let cut = try Salvage(of: index)
    // The header of a safetensors file, and the pickle of PyTorch, say what the shard held.
    let lost = Set(cut.lost.map(\.name))
    #expect(lost.isSubset(of: held) && !lost.isEmpty && lost.count < held.count)
    #expect(cut.checkpoint.tensors.count + lost.count == whole.tensors.count)
  }

  @Test(
    "a name that could lead out of the folder is refused before anything is opened",
    arguments: [
      "../x.safetensors", "/etc/x", "C:\\x", "C:x", "a/b.safetensors", "..", ".", "", "a\0b", "..\\x",
      String(repeating: "n", count: 256),
    ])
  func outside(name: String) throws {
    let place = try Place()
    try place.edit { $0[0].shard = name }
    #expect(
      message(opening: place.index)
        == "refused: found the shard \"\(printable(String(name.prefix(255))))\", expected the bare name of a file beside the index. "
        + "Get the index again from where it came.")
  }

  @Test("a link that leads out of the folder is refused, a link in the folder is followed")
  func links() throws {
    let place = try Place()
    let elsewhere = try TemporaryDirectory()
    let shard = place.path("model-00002-of-00003.safetensors")
    try FileManager.default.moveItem(atPath: shard, toPath: elsewhere.path("secret"))
    try FileManager.default.createSymbolicLink(atPath: shard, withDestinationPath: elsewhere.path("secret"))
    #expect(
      message(about: shard) { _ = try Checkpoint(opening: place.index) }
        == "refused: found a link to a file in another folder, expected a file beside the index. "
        + "Put the file itself there if you trust it.")
    try FileManager.default.moveItem(atPath: elsewhere.path("secret"), toPath: place.path("moved"))
    try FileManager.default.removeItem(atPath: shard)
    try FileManager.default.createSymbolicLink(atPath: shard, withDestinationPath: "moved")
    #expect(try Checkpoint(opening: place.index).tensors.count == 46)
    try FileManager.default.removeItem(atPath: shard)
    try FileManager.default.createSymbolicLink(
      atPath: shard, withDestinationPath: "model-00002-of-00003.safetensors")
    #expect(throws: Problem.self) { try Checkpoint(opening: place.index) }
  }

  @Test("a shard that has another name elsewhere, a hard link, is a file of the folder and is read")
  func hardLink() throws {
    let place = try Place()
    let elsewhere = try TemporaryDirectory()
    let shard = place.path("model-00002-of-00003.safetensors")
    try FileManager.default.moveItem(atPath: shard, toPath: elsewhere.path("weights"))
    try FileManager.default.linkItem(atPath: elsewhere.path("weights"), toPath: shard)
    #expect(try Checkpoint(opening: place.index).tensors.count == 46)
  }

  @Test("the cache of Hugging Face's hub, where the index and the shards are links into one folder, is read")
  func hubCache() throws {
    let place = try Place()
    let cache = try TemporaryDirectory()
    let files = FileManager.default
    for folder in ["blobs", "snapshots/1"] {
      try files.createDirectory(atPath: cache.path(folder), withIntermediateDirectories: true)
    }
    for (number, name) in try files.contentsOfDirectory(atPath: place.directory.url.path).enumerated() {
      try files.copyItem(atPath: place.path(name), toPath: cache.path("blobs/\(number)"))
      try files.createSymbolicLink(
        atPath: cache.path("snapshots/1/\(name)"), withDestinationPath: "../../blobs/\(number)")
    }
    #expect(try Checkpoint(opening: cache.path("snapshots/1")).tensors.count == 46)
  }

  @Test("a shard that is missing, one without its index, and two indices in a folder")
  func missing() throws {
    let place = try Place()
    let files = FileManager.default
    let shard = place.path("model-00003-of-00003.safetensors")
    try files.moveItem(atPath: shard, toPath: place.path("aside"))
    let first = try #require(try place.entries.first { $0.shard.hasPrefix("model-00003") })
    let count = try place.entries.filter { $0.shard == first.shard }.count
    #expect(
      message(about: shard) { _ = try Checkpoint(opening: place.index) }
        == "unavailable: found no such file or directory, expected the shard that holds \(count) of the 46 tensors, "
        + "\(first.tensor) first. Get the file from where the index came.")
    try files.moveItem(atPath: place.path("aside"), toPath: shard)
    try files.copyItem(atPath: place.index, toPath: place.path("other.safetensors.index.json"))
    #expect(
      message(opening: place.directory.url.path)
        == "mismatched: found several checkpoints: model.safetensors.index.json, other.safetensors.index.json, "
        + "expected one. Name the index of the checkpoint.")
    try files.removeItem(atPath: place.path("other.safetensors.index.json"))
    try files.removeItem(atPath: place.index)
    #expect(
      message(about: place.index) { _ = try Checkpoint(opening: shard) }
        == "unavailable: found no such file beside model-00003-of-00003.safetensors, which is a part of a checkpoint, "
        + "expected the index that says what the other parts hold. "
        + "Get the index and the other parts from where this one came; under another name it is read alone.")
  }

  @Test("a tensor that is not in its shard, or in none")
  func elsewhere() throws {
    let place = try Place()
    let name = try place.entries[0].tensor
    let other = try #require(try place.entries.last?.shard)
    try place.edit { $0[0].shard = other }
    #expect(
      message(opening: place.index)
        == "damaged in tensor \"\(name)\": found no such tensor in \(other), expected it there, as the index says."
        + Self.again)
    try place.edit { $0[0] = ("no such", other) }
    #expect(
      message(opening: place.index)
        == "damaged in tensor \"no such\": found no such tensor in \(other), expected it there, as the index says."
        + Self.again)
  }

  @Test("a tensor in two shards, whichever of them the index names")
  func twice() throws {
    let place = try Place()
    let names = ["model-00001-of-00003.safetensors", "model-00004-of-00003.safetensors"]
    try FileManager.default.copyItem(atPath: place.path(names[0]), toPath: place.path(names[1]))
    let tensors = try Checkpoint(opening: place.index).tensors.filter { $0.storage == names[0] }.map(\.name)
    let last = try #require(tensors.last)
    try FileManager.default.copyItem(atPath: place.path(names[0]), toPath: place.path("alone"))
    let first = try Checkpoint(opening: place.path("alone")).tensors[0].name
    try place.edit { entries in
      for index in entries.indices where entries[index].tensor == last { entries[index].shard = names[1] }
    }
    #expect(
      message(opening: place.index)
        == "damaged in tensor \"\(first)\": found it in two shards, \(names[0]) and \(names[1]), expected it in one."
        + Self.again)
  }

  @Test("a tensor that the index does not list is passed over, and a remark says so")
  func stray() throws {
    let place = try Place()
    let removed = try place.entries[0]
    try place.edit { $0.removeFirst() }
    let checkpoint = try Checkpoint(opening: place.index)
    #expect(checkpoint.tensors.count == 45)
    #expect(
      checkpoint.remarks
        == ["\(removed.tensor) is passed over: a tensor of \(removed.shard) that the index does not list."])
  }

  @Test(
    "an index that is none",
    arguments: [
      ("[]", "damaged: found no weight_map, expected an object that names a file for each tensor."),
      ("{\"weight_map\": 7}", "damaged: found no weight_map, expected an object that names a file for each tensor."),
      (
        "{\"weight_map\": {\"a\": 7}}",
        "damaged in tensor \"a\": found a shard that is no text, expected the name of a file."
      ),
      ("{", "damaged at byte 1: found the end of the text, expected a member's name."),
    ])
  func noIndex(text: String, expected: String) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(Array(text.utf8), to: "model.safetensors.index.json")
    #expect(message(opening: path) == expected)
  }

  @Test("an index of more than 100 MB", arguments: ["model.safetensors.index.json", "x.weights.json"])
  func longIndex(name: String) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(Array("{".utf8), to: name)
    // The rest is a hole, which takes no room on the disk.
    try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: 100_000_001)
    #expect(message(opening: path) == "refused: found an index of 100000001 bytes, expected at most 100000000.")
  }

  @Test("more shards than the limit")
  func manyShards() throws {
    let place = try Place()
    try place.edit { entries in entries = (0...512).map { ("t\($0)", "s\($0)") } }
    #expect(message(opening: place.index) == "refused: found 513 shards, expected at most 512.")
  }

  @Test("a shard of another kind")
  func otherKind() throws {
    let place = try Place()
    let shard = place.path("model-00001-of-00003.safetensors")
    try FileManager.default.removeItem(atPath: shard)
    try FileManager.default.copyItem(atPath: keras.appending(path: "keras-2.2.4/nested.h5").path, toPath: shard)
    #expect(
      message(about: shard) { _ = try Checkpoint(opening: place.index) }
        == "mismatched: found a shard that is a Keras HDF5 weights, expected a safetensors file.")
  }
}

/// A copy of a checkpoint in shards, to be spoiled.
private struct Place {
  let directory = try! TemporaryDirectory()

  init() throws {
    let source = ShardTests.bert.appending(path: "sharded-safetensors").path
    for name in try FileManager.default.contentsOfDirectory(atPath: source) {
      try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: path(name))
    }
  }

  var index: String { path("model.safetensors.index.json") }

  func path(_ name: String) -> String { directory.path(name) }

  /// What the index says.
  var entries: [(tensor: String, shard: String)] {
    get throws {
      let map = try JSON(parsing: ByteView(mapping: index))["weight_map"]?.members ?? []
      return map.map { ($0.name, $0.value.string ?? "") }
    }
  }

  /// Writes the index again with other entries.
  func edit(_ change: (inout [(tensor: String, shard: String)]) throws -> Void) throws {
    var entries = try entries
    try change(&entries)
    let map = JSON.object(entries.map { JSON.Member($0.tensor, .string($0.shard)) })
    let json: JSON = ["metadata": ["total_size": 6_920], "weight_map": map]
    _ = try directory.write(Array(json.compact.utf8), to: "model.safetensors.index.json")
  }
}
