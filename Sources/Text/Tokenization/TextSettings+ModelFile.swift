import Bytes
import ModelFiles

extension TextSettings {
  /// Finds what travels in a model file: its vocabulary, and what is said of the tokenizer.
  ///
  /// - Parameters:
  ///   - file: The model file.
  ///   - vocabulary: The vocabulary, where the model file has none, or another one.
  ///   - lowercases: The user's word on the case; nil leaves it to the files.
  /// - Throws: `Problem` of kind *mismatched* when there is no vocabulary, and as ``init(vocabulary:files:lowercases:)`` and reading the
  ///   vocabulary do.
  public init(of file: ModelFile, vocabulary: Vocabulary? = nil, lowercases: Bool? = nil) throws {
    guard let vocabulary = try vocabulary ?? file.vocabulary.map({ try Vocabulary(reading: $0.bytes) }) else {
      throw Problem(
        .mismatched, file: file.path, found: "no vocabulary in the model file", expected: "vocab.txt",
        advice: "Give it with --vocabulary")
    }
    try self.init(
      vocabulary: vocabulary, files: file.attachments.map { ($0.name, $0.bytes) }, lowercases: lowercases)
  }
}

extension Tokenizer {
  /// Makes the tokenizer of a model file: its vocabulary, and the case that ``TextSettings`` find.
  ///
  /// - Throws: `Problem` as ``TextSettings/init(of:vocabulary:lowercases:)`` does, and of kind *unsupported* when the model's files ask for
  ///   what this tokenizer does not do.
  public init(of file: ModelFile, lowercases: Bool? = nil) throws {
    try self.init(TextSettings(of: file, lowercases: lowercases))
  }
}
