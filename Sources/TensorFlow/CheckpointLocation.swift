import Bytes

/// How a user names a checkpoint, which is several files.
enum CheckpointLocation {
  /// Returns the path that all the files begin with, `folder/bert_model.ckpt`; nil when the path stands for no checkpoint.
  ///
  /// - Throws: `Problem` of kind *mismatched* when a folder does not say which checkpoint is meant, *unavailable* when there
  ///   are data files and no index, and as ``stateOf(folder:)`` does.
  static func prefix(for path: String) throws -> String? {
    if Path(path).isFolder { return try prefix(in: Path(path)) }
    if path.hasSuffix(".index") { return String(path.dropLast(".index".count)) }
    let (folder, name) = (Path(path).folder, Path(path).name)
    let beginning = beginning(ofData: name) ?? (name.hasSuffix(".meta") ? String(name.dropLast(".meta".count)) : name)
    let index = folder.appending(beginning + ".index")
    if index.exists { return folder.appending(beginning).text }
    let data = (try? folder.names())?.filter { Self.beginning(ofData: $0).map(Spelling.init) == Spelling(beginning) }
    guard let example = data?.first, data?.contains(name) == true || !Path(path).exists else { return nil }
    throw Problem(
      .unavailable, file: index.text, found: "no such file beside \(example)",
      expected: "the index of the checkpoint", advice: "Get the missing file from where the checkpoint came")
  }

  private static func prefix(in folder: Path) throws -> String? {
    let names = try folder.names()
    let indices = names.filter { $0.hasSuffix(".index") }.map { String($0.dropLast(".index".count)) }
    if let only = indices.first, indices.count == 1 { return folder.appending(only).text }
    let variables = folder.appending("variables")
    if indices.isEmpty, variables.appending("variables.index").exists { return variables.appending("variables").text }
    if names.contains("checkpoint"), let last = try lastCheckpoint(in: folder) {
      if indices.contains(where: { Spelling($0) == Spelling(last) }) { return folder.appending(last).text }
      throw Problem(
        .mismatched, file: folder.appending("checkpoint").text,
        found: "the checkpoint \(last), which is not in the folder",
        expected: indices.isEmpty ? "one of which there is an index" : "one of \(indices.joined(separator: ", "))",
        advice: "Name the index of the checkpoint")
    }
    guard !indices.isEmpty else { return nil }
    throw Problem(
      .mismatched, file: folder.text, found: "several checkpoints: \(indices.joined(separator: ", "))",
      expected: "one checkpoint, or a file named checkpoint that says which is the last",
      advice: "Name the index of the checkpoint")
  }

  /// Reads the name of the last checkpoint out of the file `checkpoint`, a `CheckpointState` as text.
  ///
  /// The file may name another folder, where training once ran: what counts is the last part of the path, in this folder.
  private static func lastCheckpoint(in folder: Path) throws -> String? {
    let state = try ByteView(mapping: folder.appending("checkpoint").text)
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
}
