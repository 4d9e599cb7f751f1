import Bytes
import Checkpoints
import JSON
import ModelFiles
import Tokenization

extension TextSources {
  /// Looks for a tokenizer in a folder as it was released, or takes a tokenizer's own file.
  ///
  /// Beside `vocab.json` its merges are taken too. Of a folder with weights, what is known of their architecture counts.
  ///
  /// - Parameters:
  ///   - path: A folder, or a file: `vocab.txt`, `spiece.model`, `vocab.json`.
  ///   - given: The user's word.
  /// - Throws: `Problem` of kind *unavailable* when there is nothing at the path, *mismatched* when a folder has several vocabularies.
  public init(at path: String, given: [String: String] = [:]) throws {
    guard try Path(path).isFolder else {
      let file = Path(path)
      if TextSources.merges.contains(file.name) {
        throw Problem(
          .mismatched, file: path, found: "a list of merges", expected: "the vocabulary beside it",
          advice: "Name vocab.json, and the merges are taken with it")
      }
      var files = [(name: TextSources.name(of: file.name), bytes: try ByteView(mapping: path))]
      if file.name.hasSuffix(".json") {
        for name in try file.folder.names() where TextSources.merges.contains(name) {
          files.append((name, try ByteView(mapping: file.folder.appending(name).text)))
        }
      }
      self.init(files: files, given: given)
      try takeWords()
      return
    }
    if let release = try? Release(at: path), let conversion = try? Conversion(planning: release) {
      self.init(
        files: try release.texts(), architecture: conversion.plan.architecture, naming: conversion.plan.naming,
        positions: conversion.positions, given: given)
    } else {
      try self.init(withoutWeights: Path(path), given: given)
    }
    try takeWords()
  }

  /// Reads the tokenizer's files of a folder, and what its configuration calls the model.
  private init(withoutWeights folder: Path, given: [String: String]) throws {
    let names = try folder.names()
    var files = try TokenizerFile.all(in: folder).map { (name: Path($0).name, bytes: try ByteView(mapping: $0)) }
    for name in names where Attachment.isVocabulary(name) {
      files.append((name, try ByteView(mapping: folder.appending(name).text)))
    }
    let configuration =
      try names.contains("config.json") ? JSON(parsing: ByteView(mapping: folder.appending("config.json").text)) : .null
    self.init(files: files, architecture: configuration["model_type"]?.string, given: given)
  }

  /// Reads the dictionary that the user gives by its path, and names it as it travels: by its bare name, which is no vocabulary's.
  mutating func takeWords() throws {
    guard let path = given["words"], path != "none" else { return }
    let name = TextSources.nameOfWords(at: path)
    files.append((name, try ByteView(mapping: path)))
    given["words"] = name
  }

  /// The name of a dictionary in a model file.
  static func nameOfWords(at path: String) -> String {
    let name = Path(path).name
    return Attachment.isVocabulary(name) || TokenizerFile.isNamed(name) ? "jieba.dict" : name
  }

  /// A list of tokens is known by its name; one that the user chose has any.
  private static func name(of file: String) -> String {
    file.hasSuffix(".txt") && !Attachment.isVocabulary(file) ? TokenizerFile.vocabulary : file
  }
}
