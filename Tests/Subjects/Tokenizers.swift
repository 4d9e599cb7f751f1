import Bytes
import TestSupport
import Tokenization

extension Subject {
  func readTokenizerJSON(_ bytes: ByteView) throws {
    let pipeline = try TokenizerPipeline(reading: bytes)
    try demand(
      pipeline.addedTokens.count <= bytes.count, "\(pipeline.addedTokens.count) tokens in \(bytes.count) bytes")
    try split(by: pipeline) { pipeline.ids(of: $0) }
    _ = pipeline.postProcessing.sequence([0], [0])
  }

  func readBytePairs(vocabulary: ByteView, merges: ByteView) throws {
    for dialect in BytePairTokenizer.Dialect.allCases {
      try succeeds {
        let tokenizer = try BytePairTokenizer(
          vocabulary: vocabulary, merges: merges, family: .roberta, dialect: dialect, addsPrefixSpace: true)
        try split(by: tokenizer) { tokenizer.ids(of: $0) }
      }
    }
    try succeeds {
      let words = try WordPairTokenizer(vocabulary: vocabulary, merges: merges)
      try split(by: words) { words.pieces(of: $0).map(\.id) }
    }
  }

  /// Finds settings beside the pieces of each kind, keeps them as a model file does, and splits a text by them.
  func readTokenizerConfiguration(_ bytes: ByteView) throws {
    for files in try pieces() {
      try succeeds {
        let sources = TextSources(files: files + [("tokenizer_config.json", bytes)], naming: "huggingface")
        guard let settings = try TextSettings(finding: sources) else { return }
        try demand(try TextSettings(settings.json, of: "model").json == settings.json, "other settings when read again")
        let tokenizer = try Tokenizer(settings) { name in sources.files.first { $0.name == name }?.bytes }
        try demandPlaces(tokenizer.splitter, Array("The moon, 1,000 ``x'' <mask> [MASK] Ü\u{301}".utf8))
        _ = try tokenizer.encode("the moon", second: "x")
      }
    }
  }

  /// The files of pieces of each kind, called as they lie beside weights.
  private func pieces() throws -> [[(name: String, bytes: ByteView)]] {
    func file(_ path: String, _ name: String) throws -> (name: String, bytes: ByteView) {
      var bytes = try ByteView(mapping: Fixtures.folder(path).path)
      bytes.file = name
      return (name, bytes)
    }
    return [
      [try file("Tokenizer/uncased/vocab.txt", "vocab.txt")],
      [try file("PreparedPieces/albert.model", "spiece.model")],
      [try file("PreparedPieces/t5.model", "spiece.model")],
      [try file("BytePairs/gpt2/vocab.json", "vocab.json"), try file("BytePairs/gpt2/merges.txt", "merges.txt")],
    ]
  }

  /// A file of GPT-2's fixture.
  func fixture(_ name: String) throws -> ByteView {
    try ByteView(mapping: Fixtures.folder("BytePairs").appending(path: "gpt2/\(name)").path)
  }

  private func split(by splitter: some PieceSplitter, ids: (UnsafeBufferPointer<UInt8>) -> [Int]) throws {
    let text: [UInt8] = Array("the moon, 明月光 Ünaffable e\u{301} 2026 <mask> [MASK]'s\u{3000}😀  \n".utf8) + [0xFF, 0x41]
    let pieces = text.withUnsafeBufferPointer { splitter.pieces(of: $0) }
    try demand(pieces.map(\.id) == text.withUnsafeBufferPointer(ids), "other ids than pieces")
    try demand(
      pieces.allSatisfy { $0.range.lowerBound >= 0 && $0.range.upperBound <= text.count }, "a place beyond the text")
    for piece in pieces where piece.id >= 0 {
      try demand(piece.id < splitter.pieceCount, "the id \(piece.id) of \(splitter.pieceCount)")
    }
    _ = try splitter.decode(pieces.map(\.id).filter { $0 >= 0 })
  }
}
