import Bytes
import ModelFiles
import SentencePiece

extension TextSettings {
  /// The settings of a model file; where it keeps none, being of version 1 or 2, what travels in it shows them.
  ///
  /// - Throws: `Problem` of kind *mismatched* when no pieces travel in it, and as ``init(finding:)`` and ``init(_:of:)`` do.
  public init(of file: ModelFile) throws {
    if let text = file.text {
      try self.init(text, of: file.path)
    } else if let found = try TextSettings(
      finding: TextSources(files: file.attachments.map { ($0.name, $0.bytes) }, architecture: file.architecture))
    {
      self = found
    } else {
      throw Problem(
        .mismatched, file: file.path, found: "no vocabulary in the model file", expected: "vocab.txt or another",
        advice: "Convert again with --vocabulary")
    }
  }
}

extension Tokenizer {
  /// Makes the tokenizer of a model file, by the settings that it keeps or, in files of version 1 and 2, that its files show.
  ///
  /// - Throws: `Problem` as ``TextSettings/init(of:)`` does, and as reading the pieces does.
  public init(of file: ModelFile) throws {
    try self.init(TextSettings(of: file)) { name in file.attachment(name) }
  }

  /// Makes a tokenizer with settings.
  ///
  /// - Parameter bytes: The contents of the file of a name.
  /// - Throws: `Problem` of kind *mismatched* when there is no such file, and as reading it does.
  public init(_ settings: TextSettings, reading bytes: (String) -> ByteView?) throws {
    guard let pieces = bytes(settings.file) else {
      throw Problem(.mismatched, file: settings.file, found: "no such file in the model file", expected: "the pieces")
    }
    let splitter: any PieceSplitter =
      switch settings.kind {
      case .wordPiece:
        try WordPieceTokenizer(settings, vocabulary: Vocabulary(reading: pieces), reading: bytes)
      case .bytePairs: try BytePairTokenizer(settings, vocabulary: pieces, reading: bytes)
      case .wordPairs:
        try WordPairTokenizer(
          vocabulary: pieces, merges: merges(of: settings, bytes), unknown: settings.special[.unknown] ?? "<unk>",
          addedTokens: settings.special.addedTokens)
      case .pipeline: try TokenizerPipeline(reading: pieces)
      case .sentencePiece: try PreparedPieceTokenizer(settings, reading: pieces)
      }
    self.init(
      splitter, special: settings.special, template: settings.template, maximumLength: settings.length)
  }
}

/// The merges that travel with a `vocab.json`.
private func merges(of settings: TextSettings, _ bytes: (String) -> ByteView?) throws -> ByteView {
  guard let merges = TextSources.merges.lazy.compactMap(bytes).first else {
    throw Problem(
      .mismatched, file: settings.file, found: "no \(TextSources.merges[0]) beside it",
      expected: "the merges of its pieces")
  }
  return merges
}

extension WordPieceTokenizer {
  /// Joins a vocabulary with settings, and with jieba's dictionary where they name one.
  fileprivate init(_ settings: TextSettings, vocabulary: Vocabulary, reading bytes: (String) -> ByteView?) throws {
    let cutter = try settings.words.map { words in
      guard let dictionary = bytes(words) else {
        throw Problem(
          .mismatched, file: words, found: "no such file in the model file", expected: "jieba's dictionary of words")
      }
      return try WordCutter(reading: dictionary)
    }
    self.init(
      vocabulary: vocabulary, dialect: settings.wordPieceDialect, lowercases: settings.lowercases,
      stripsAccents: settings.dropsAccents, separatesIdeographs: settings.separatesIdeographs, cutter: cutter,
      unknown: settings.special[.unknown] ?? "[UNK]", special: settings.special)
  }
}

extension PreparedPieceTokenizer {
  /// Reads a SentencePiece model, with the preparation and the added tokens of the settings.
  fileprivate init(_ settings: TextSettings, reading pieces: ByteView) throws {
    var preparation = settings.preparation
    preparation.lowercases = settings.lowercases
    self.init(
      SentencePieceTokenizer(try SentencePieceModel(reading: pieces), ties: settings.ties),
      dialect: settings.pieceDialect, preparation: preparation, addedTokens: settings.special.addedTokens)
  }
}

extension BytePairTokenizer {
  /// Reads `vocab.json` and the merges beside it, with the special tokens of the settings.
  fileprivate init(_ settings: TextSettings, vocabulary: ByteView, reading bytes: (String) -> ByteView?) throws {
    let special = settings.special
    try self.init(
      vocabulary: vocabulary, merges: merges(of: settings, bytes),
      family: special[.unknown] == Family.gpt2.unknown ? .gpt2 : .roberta,
      dialect: settings.bytePairDialect, addsPrefixSpace: settings.addsPrefixSpace, addedTokens: special.addedTokens)
  }
}
