import Bytes
import JSON
import ModelFiles

/// What tells how texts become the ids of a model: the files beside its weights, what is known of the model, and the user's word.
public struct TextSources: Sendable {
  /// The files, by their names; those that belong to no tokenizer are passed over.
  public var files: [(name: String, bytes: ByteView)]
  /// The name of the architecture.
  public var architecture: String?
  /// The naming of the weights, which tells the program that they are of.
  public var naming: String?
  /// The number of learned positions; nil where any number of tokens is computed.
  public var positions: Int?
  /// The user's word: settings by their names, and special tokens by their roles.
  public var given: [String: String]

  /// Gathers sources.
  public init(
    files: [(name: String, bytes: ByteView)], architecture: String? = nil, naming: String? = nil, positions: Int? = nil,
    given: [String: String] = [:]
  ) {
    self.files = files
    self.architecture = architecture
    self.naming = naming
    self.positions = positions
    self.given = given
  }

  /// The contents of a file; nil when there is none of this name.
  func file(_ name: String) -> ByteView? { files.first { $0.name == name }?.bytes }

  /// The usual names of files of pieces.
  static let usual = ["vocab.txt", "spiece.model", "spm.model", "vocab.json"]
  /// The name under which transformers keeps the pieces of XLM-R and its like (`tokenization_xlm_roberta.py:36`).
  static let fairseq = "sentencepiece.bpe.model"
  /// The names of lists of merges, the one beside `vocab.json` and the one beside OpenAI's `encoder.json`.
  public static let merges = ["merges.txt", "vocab.bpe"]

  private func isPairVocabulary(_ name: String) -> Bool {
    ["vocab.json", "encoder.json"].contains(name) && TextSources.merges.contains { self.file($0) != nil }
  }

  /// Whether some piece of a `vocab.json` ends with `</w>`, as GPT's do where a word ends.
  private static func endsWords(_ vocabulary: ByteView) -> Bool {
    vocabulary.withUnsafeBytes { bytes in
      let ending = Array("</w>\"".utf8)
      return bytes.indices.contains { bytes[$0] == ending[0] && bytes[$0...].starts(with: ending) }
    }
  }

  /// The files of pieces of a kind, the most usual name first.
  func names(of kind: TextSettings.Kind) -> [String] {
    let names = files.filter { file in
      switch kind {
      case .wordPiece: Attachment.isVocabulary(file.name)
      case .bytePairs: isPairVocabulary(file.name) && !TextSources.endsWords(file.bytes)
      case .wordPairs: isPairVocabulary(file.name) && TextSources.endsWords(file.bytes)
      case .pipeline: file.name == "tokenizer.json"
      case .sentencePiece: file.name.hasSuffix(".model") && Vocabulary.isSentencePieceModel(file.bytes)
      }
    }.map(\.name)
    let usual = TextSources.usual
    return usual.filter(names.contains) + names.filter { !usual.contains($0) }
  }
}
