import Bytes
import JSON

/// The index of a checkpoint that lies in several files: which tensor is in which of them.
///
/// Hugging Face's libraries write it beside the files, the *shards*: `model.safetensors.index.json` beside
/// `model-00001-of-00002.safetensors`, `pytorch_model.bin.index.json` beside `pytorch_model-00001-of-00002.bin`.
struct ShardIndex {
  /// The path of the index.
  let file: String
  /// Each tensor with the name of the shard that holds it, in the order of the index.
  let entries: [(tensor: String, shard: String)]
  /// The names of the shards, in the order in which the index comes to them.
  let shards: [String]
  /// What each shard holds: its first tensor, and how many there are.
  private let contents: [Spelling: (first: String, count: Int)]
  /// What the index says of the whole, numbers and texts only.
  let metadata: [Checkpoint.Fact]

  /// Reads an index; no shard is looked at.
  ///
  /// - Throws: `Problem` of kind *damaged* when this is no index, *refused* for the name of a shard that could lead out of the
  ///   folder and for more shards than the limit.
  init(_ bytes: ByteView) throws {
    try ShardLimits.checkIndex(bytes)
    let json = try JSON(parsing: bytes)
    guard let map = json["weight_map"]?.members else {
      throw Problem(
        .damaged, file: bytes.file, found: "no weight_map", expected: "an object that names a file for each tensor")
    }
    var entries: [(String, String)] = []
    var shards: [String] = []
    var contents: [Spelling: (first: String, count: Int)] = [:]
    for member in map {
      guard let shard = member.value.string else {
        throw Problem(
          .damaged, file: bytes.file, object: "tensor \"\(member.name.prefix(4_096))\"",
          found: "a shard that is no text", expected: "the name of a file")
      }
      if contents[Spelling(shard)] == nil {
        try ShardIndex.checkName(shard, in: bytes.file)
        shards.append(shard)
      }
      contents[Spelling(shard), default: (member.name, 0)].count += 1
      entries.append((member.name, shard))
    }
    try ShardLimits.checkCount(shards.count, in: bytes.file)
    file = bytes.file
    self.entries = entries
    self.shards = shards
    self.contents = contents
    metadata = (json["metadata"]?.members ?? []).compactMap { member in
      switch member.value {
      case .number(let text), .string(let text): Checkpoint.Fact(name: member.name, value: text)
      default: nil
      }
    }
  }

  /// A shard is a file beside its index: nothing in its name may lead elsewhere, on any system.
  private static func checkName(_ name: String, in file: String) throws {
    guard FileBesideIndex.isBare(name) else {
      throw Problem(
        .refused, file: file, found: "the shard \"\(String(name.unicodeScalars.prefix(255)))\"",
        expected: "the bare name of a file beside the index",
        advice: "Get the index again from where it came")
    }
  }
}

/// The bounds of an index, far above what real ones hold.
enum ShardLimits {
  /// How many bytes an index may have.
  static let indexBytes = 100_000_000
  /// How many shards a checkpoint may have.
  static let shards = 512

  static func checkIndex(_ bytes: ByteView) throws {
    guard bytes.count <= indexBytes else {
      throw Problem(
        .refused, file: bytes.file, found: "an index of \(bytes.count) bytes", expected: "at most \(indexBytes)")
    }
  }

  static func checkCount(_ count: Int, in index: String) throws {
    guard count <= shards else {
      throw Problem(.refused, file: index, found: "\(count) shards", expected: "at most \(shards)")
    }
  }
}

extension ShardIndex {
  private static let ending = ".index.json"

  /// Returns the path of the index that a path stands for: itself, the one in a folder, or the one beside a shard.
  ///
  /// - Returns: Nil when the path stands for no checkpoint in shards.
  /// - Throws: `Problem` of kind *unavailable* for a shard without its index, *mismatched* for a folder with several indices.
  static func path(for path: String) throws -> String? {
    if try Path(path).isFolder {
      let indices = try Path(path).names().filter(isIndex)
      guard indices.count <= 1 else {
        throw Problem(
          .mismatched, file: path, found: "several checkpoints: \(indices.joined(separator: ", "))",
          expected: "one", advice: "Name the index of the checkpoint")
      }
      return indices.first.map { Path(path).appending($0).text }
    }
    let name = Path(path).name
    if isIndex(name) { return path }
    guard let index = self.name(forShard: name) else { return nil }
    let sibling = Path(path).folder.appending(index)
    guard try sibling.exists else {
      throw Problem(
        .unavailable, file: sibling.text, found: "no such file beside \(name), which is a part of a checkpoint",
        expected: "the index that says what the other parts hold",
        advice: "Get the index and the other parts from where this one came; under another name it is read alone")
    }
    return sibling.text
  }

  /// Whether a file of this name is an index.
  static func isIndex(_ name: String) -> Bool {
    name.hasSuffix(".safetensors" + ending) || name.hasSuffix(".bin" + ending)
  }

  /// The name of the index beside a shard, `model.safetensors.index.json` for `model-00001-of-00002.safetensors`; nil for the name
  /// of any other file.
  static func name(forShard name: String) -> String? {
    guard let match = name.wholeMatch(of: /(.+)-[0-9]{5}-of-[0-9]{5}\.(safetensors|bin)/) else { return nil }
    return "\(match.1).\(match.2)\(ending)"
  }

  /// Opens a shard, which must lie in the index's folder also when links are followed.
  ///
  /// - Throws: `Problem` of kind *refused* for a link that leads elsewhere, *unavailable* when there is no such file.
  func open(_ shard: String) throws -> ByteView {
    let file = try FileBesideIndex(shard, index: file)
    do {
      return try file.map()
    } catch var problem as Problem {
      if let held = contents[Spelling(shard)] {
        problem.expected = "the shard that holds \(held.count) of the \(entries.count) tensors, \(held.first) first"
      }
      problem.advice = "Get the file from where the index came"
      throw problem
    }
  }
}

extension Checkpoint {
  /// Whether a file is a part of a checkpoint whose index lies in the same folder.
  public static func isPart(_ name: String, of folder: Set<String>) -> Bool {
    ShardIndex.name(forShard: name).map(folder.contains) ?? false
  }

  /// Whether a file of this name is the index of a checkpoint in shards.
  public static func isIndex(_ name: String) -> Bool { ShardIndex.isIndex(name) }
}
