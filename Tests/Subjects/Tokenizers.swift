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
