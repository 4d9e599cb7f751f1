import Bytes
import Tokenization

/// The files of tokenizers that Ingot does not run: they lie beside a checkpoint and travel with the model, byte for byte.
enum TokenizerFile {
  /// The names that programs look for.
  ///
  /// Sources: `VOCAB_FILES_NAMES` of the tokenizers of transformers 4.38.2 and its `tokenization_utils_base.py`; `encoder.py` of
  /// openai/gpt-2; Microsoft's DeBERTa, whose `bpe_encoder.bin` is a pickle of text.
  private static let names: Set = [
    "added_tokens.json", "bpe_encoder.bin", "encoder.json", "merges.txt", "special_tokens_map.json", fast,
    configuration, "vocab.bpe", "vocab.json",
  ]

  /// The usual name of a list of tokens, a line for each, by which Ingot encodes texts itself.
  static let vocabulary = "vocab.txt"

  /// How a row of a table spells such a list with words of several characters, which another class reads.
  static let words = "vocab.txt(words)"

  /// What the tokenizers written in Rust read.
  static let fast = "tokenizer.json"

  /// What tells transformers the class of the tokenizer.
  static let configuration = "tokenizer_config.json"

  /// Whether a file of this name belongs to a tokenizer, whatever is in it.
  static func isNamed(_ name: String) -> Bool { names.contains(name) }

  /// The paths of those that lie in a folder, sorted.
  ///
  /// SentencePiece models go by many names (`spiece.model`, `sentencepiece_cn.model`, `spm.model`) and are known by their contents.
  ///
  /// - Throws: `Problem` of kind *unavailable* for a file named `*.model` that cannot be read.
  static func all(in folder: Path) throws -> [String] {
    try folder.names().filter { name in
      let path = folder.appending(name)
      return try isNamed(name) || name.hasSuffix(".model") && !path.isFolder && isSentencePieceModel(at: path.text)
    }.map { folder.appending($0).text }
  }

  /// Whether a file holds the pieces of SentencePiece.
  static func isSentencePieceModel(at path: String) throws -> Bool {
    try Vocabulary.isSentencePieceModel(ByteView(mapping: path))
  }

  /// The name under which the file of a model file is exported: the one that a tokenizer's class looks for.
  ///
  /// The pairs of OpenAI's GPT-2 are those of transformers under other names (`convert_slow_tokenizer.py` and the archive map of
  /// `tokenization_gpt2.py` in transformers 4.38.2).
  ///
  /// - Parameter wanted: The file by which the class was chosen; nil when none was.
  static func name(of attached: String, isPieces: Bool, for wanted: String?) -> String {
    switch (wanted, attached) {
    case (.some(let wanted), _) where isPieces && wanted.hasSuffix(".model"): wanted
    case ("merges.txt", "vocab.bpe"): "merges.txt"
    case ("merges.txt", "encoder.json"): "vocab.json"
    default: attached
    }
  }
}
