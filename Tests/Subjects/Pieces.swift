import Bytes
import SentencePiece
import Tokenization

/// Texts that show what a tokenizer does: several scripts, marks, signs of models, and bytes that are no UTF-8.
private let samples: [[UInt8]] = [
  Array("床前明月光，疑是地上霜。。。。。 the ``moon'' 2026, 9,9 [MASK] \u{2581}<extra_id_0>".utf8),
  Array("Ünaffable ΑΣ\u{301} ﬁ１\u{3099}\u{1F600}\u{200B}\r\n\t x".utf8),
  [0xE4, 0xBD, 0x20, 0xFF, 0x41, 0x00, 0xF0, 0x9F, 0x98],
]

extension Subject {
  func readSentencePiece(_ bytes: ByteView) throws {
    let model = try SentencePieceModel(reading: bytes)
    try demand(model.count <= bytes.count, "\(model.count) pieces in \(bytes.count) bytes")
    for ties in TieRule.allCases {
      let tokenizer = SentencePieceTokenizer(model, ties: ties)
      for sample in samples {
        try demandPlaces(tokenizer, sample)
        let ids = sample.withUnsafeBufferPointer { tokenizer.ids(of: $0) }
        try demand(
          ids == sample.withUnsafeBufferPointer { tokenizer.pieces(of: $0) }.map(\.id), "other ids than those of pieces"
        )
        var preparation = PiecePreparation.albert
        preparation.separatesPunctuation = true
        try demandPlaces(
          PreparedPieceTokenizer(
            tokenizer, dialect: .transformers, preparation: preparation,
            addedTokens: [AddedToken("[MASK]", id: model.count, stripsLeft: true)]), sample)
      }
    }
    for id in 0..<model.count {
      try demand(model.piece(withID: id).flatMap { model.id(of: $0) } != nil, "no id for the piece \(id)")
    }
  }

  func readDictionary(_ bytes: ByteView) throws {
    let cutter = try WordCutter(reading: bytes)
    try demand(cutter.wordCount <= bytes.count, "\(cutter.wordCount) words in \(bytes.count) bytes")
    for sample in samples {
      let text = String(decoding: sample, as: UTF8.self)
      try demand(cutter.words(of: text).joined().utf8.elementsEqual(text.utf8), "words that are not the text")
    }
    try demandPlaces(WordPieceTokenizer(vocabulary: shortVocabulary, lowercases: true, cutter: cutter), samples[1])
  }

  /// Splits a text, and demands that every piece has a place in it and that the ids can be decoded.
  func demandPlaces(_ splitter: some PieceSplitter, _ text: [UInt8]) throws {
    let pieces = text.withUnsafeBufferPointer { splitter.pieces(of: $0) }
    for piece in pieces {
      try demand(
        piece.range.lowerBound >= 0 && piece.range.upperBound <= text.count,
        "a piece at \(piece.range) of \(text.count)")
    }
    _ = try splitter.decode(pieces.map(\.id).filter { $0 >= 0 })
  }
}
