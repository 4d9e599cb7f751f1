import Bytes
import Foundation

/// How a user names a checkpoint, which is several files.
enum CheckpointLocation {
  /// Returns the path that all the files begin with, `folder/bert_model.ckpt`; nil when the path stands for no checkpoint.
  ///
  /// - Throws: `Problem` of kind *mismatched* when a folder does not say which checkpoint is meant, *unavailable* when there
  ///   are data files and no index, and as ``stateOf(folder:)`` does.
  static func prefix(for path: String) throws -> String? {
    if isFolder(path) { return try prefix(inFolder: path) }
    if path.hasSuffix(".index") { return String(path.dropLast(".index".count)) }
    let (folder, name) = split(path)
    let beginning = beginning(ofData: name) ?? (name.hasSuffix(".meta") ? String(name.dropLast(".meta".count)) : name)
    if exists(folder + beginning + ".index") { return folder + beginning }
    let data = (try? names(in: folder))?.filter { Self.beginning(ofData: $0).map(Spelling.init) == Spelling(beginning) }
    guard let example = data?.first, name == example || !exists(path) else { return nil }
    throw Problem(
      .unavailable, file: folder + beginning + ".index", found: "no such file beside \(example)",
      expected: "the index of the checkpoint", advice: "Get the missing file from where the checkpoint came")
  }

  private static func prefix(inFolder path: String) throws -> String {
    let folder = path.hasSuffix("/") ? path : path + "/"
    let names = try names(in: folder)
    let indices = names.filter { $0.hasSuffix(".index") }.map { String($0.dropLast(".index".count)) }
    if let only = indices.first, indices.count == 1 { return folder + only }
    if indices.isEmpty, exists(folder + "variables/variables.index") { return folder + "variables/variables" }
    if names.contains("checkpoint"), let last = try lastCheckpoint(in: folder) {
      if indices.contains(where: { Spelling($0) == Spelling(last) }) { return folder + last }
      throw Problem(
        .mismatched, file: folder + "checkpoint", found: "the checkpoint \(last), which is not in the folder",
        expected: indices.isEmpty ? "one of which there is an index" : "one of \(indices.joined(separator: ", "))",
        advice: "Name the index of the checkpoint")
    }
    throw Problem(
      .mismatched, file: path,
      found: indices.isEmpty ? "a folder without an index" : "several checkpoints: \(indices.joined(separator: ", "))",
      expected: "one checkpoint, or a file named checkpoint that says which is the last",
      advice: "Name the index of the checkpoint")
  }

  /// Reads the name of the last checkpoint out of the file `checkpoint`, a `CheckpointState` as text.
  ///
  /// The file may name another folder, where training once ran: what counts is the last part of the path, in this folder.
  private static func lastCheckpoint(in folder: String) throws -> String? {
    let state = try ByteView(mapping: folder + "checkpoint")
    guard state.count <= Limits.stateBytes else {
      throw Problem(
        .refused, file: state.file, found: "a file of \(state.count) bytes", expected: "at most \(Limits.stateBytes)")
    }
    for line in state.array().split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1).map { $0.drop { $0 == 0x20 } }
      guard parts.count == 2, parts[0].elementsEqual("model_checkpoint_path".utf8) else { continue }
      guard let path = quoted(parts[1]), let name = path.split(separator: "/").last, name != "..", name != "." else {
        throw Problem(
          .damaged, file: state.file, found: "a model_checkpoint_path that is no path in quotes",
          expected: "the name of a checkpoint", advice: "Name the index of the checkpoint")
      }
      return String(name)
    }
    return nil
  }

  /// Reads a text in quotes as Protocol Buffers write it: other characters than ASCII as three octal digits a byte.
  private static func quoted(_ text: ArraySlice<UInt8>) -> String? {
    var rest = text
    while rest.last == 0x20 { rest.removeLast() }
    guard rest.count >= 2, let quote = rest.first, "\"'".utf8.contains(quote), rest.last == quote else { return nil }
    rest = rest.dropFirst().dropLast()
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(3).prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
      if let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) {
        bytes.append(value)
        rest = rest.dropFirst(digits.count)
      } else if let escaped = rest.popFirst(), "\\\"'".utf8.contains(escaped) {
        bytes.append(escaped)
      } else {
        return nil
      }
    }
    return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
  }

  /// The prefix in the name of a data file, `bert_model.ckpt.data-00000-of-00001`; nil for other names.
  private static func beginning(ofData name: String) -> String? {
    guard let match = name.wholeMatch(of: /(.+)\.data-[0-9]{5,}-of-[0-9]{5,}/) else { return nil }
    return String(match.1)
  }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path) }
    return (String(path[...slash]), String(path[path.index(after: slash)...]))
  }

  private static func names(in folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder).sorted()
    } catch {
      throw Problem(.unavailable, file: folder, found: "a folder that cannot be listed", expected: "a readable folder")
    }
  }

  private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
