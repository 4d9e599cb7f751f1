import Bytes

/// How a user names a checkpoint, which is several files.
enum CheckpointLocation {
  /// Returns the path that all the files begin with, `folder/bert_model.ckpt`; nil when the path stands for no checkpoint.
  ///
  /// - Throws: `Problem` of kind *mismatched* when a folder does not say which checkpoint is meant, *unavailable* when there
  ///   are data files and no index, and as ``stateOf(folder:)`` does.
  static func prefix(for path: String) throws -> String? {
    if try Path(path).isFolder { return try prefix(in: Path(path)) }
    if path.hasSuffix(".index") { return String(path.dropLast(".index".count)) }
    let (folder, name) = (Path(path).folder, Path(path).name)
    let beginning = beginning(ofData: name) ?? (name.hasSuffix(".meta") ? String(name.dropLast(".meta".count)) : name)
    let index = folder.appending(beginning + ".index")
    if try index.exists { return folder.appending(beginning).text }
    guard try folder.text.isEmpty || folder.isFolder else { return nil }
    let data = try folder.names().filter { Self.beginning(ofData: $0).map(Spelling.init) == Spelling(beginning) }
    guard let example = data.first, try data.contains(name) || !Path(path).exists else { return nil }
    throw Problem(
      .unavailable, file: index.text, found: "no such file beside \(example)",
      expected: "the index of the checkpoint", advice: "Get the missing file from where the checkpoint came")
  }

  private static func prefix(in folder: Path) throws -> String? {
    let names = try folder.names()
    let indices = names.filter { $0.hasSuffix(".index") }.map { String($0.dropLast(".index".count)) }
    if let only = indices.first, indices.count == 1 { return folder.appending(only).text }
    let variables = folder.appending("variables")
    if indices.isEmpty, try variables.appending("variables.index").exists {
      return variables.appending("variables").text
    }
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

  /// Reads the name of the last checkpoint out of the file `checkpoint`, a ``CheckpointState`` as text.
  ///
  /// The file may name another folder, where training once ran: what counts is the last part of the path, in this folder.
  private static func lastCheckpoint(in folder: Path) throws -> String? {
    let file = try ByteView(mapping: folder.appending("checkpoint").text)
    let advice = "Name the index of the checkpoint"
    let state = try CheckpointState(decodingText: file, limit: Limits.stateBytes, advice: advice)
    let path = state.modelCheckpointPath
    guard !path.isEmpty else { return nil }
    guard let name = path.split(separator: "/").last, name != "..", name != ".", !path.utf8.contains(0) else {
      throw Problem(
        .damaged, file: file.file, found: "the model_checkpoint_path \"\(path)\"", expected: "the path of a checkpoint",
        advice: advice)
    }
    return String(name)
  }

  /// The prefix in the name of a data file, `bert_model.ckpt.data-00000-of-00001`; nil for other names.
  private static func beginning(ofData name: String) -> String? {
    guard let match = name.wholeMatch(of: /(.+)\.data-[0-9]{5,}-of-[0-9]{5,}/) else { return nil }
    return String(match.1)
  }
}
