import Bytes
import Foundation
import JSON
import SentencePiece
import Tensors
import TestSupport
import Testing
import Tokenization
import Verification

/// Texts and the ids that the original programs recorded, held against tokenizers with a mistake in them.
@Suite("Texts of a reference") struct TextComparisonTests {
  struct Text {
    let text: String
    let ids: [Int]
  }

  /// A reference with a text a batch.
  func reference(_ texts: [Text]) throws -> Reference {
    let batches = try texts.enumerated().map { number, text in
      let json = JSON.array([.string(text.text)]).compact
      return try Reference.Batch(
        inputs: [
          "token_ids": Tensor(text.ids.map(Int32.init), shape: [1, text.ids.count])!,
          "text": Tensor(.uint8, [json.utf8.count], bytes: ByteView(Array(json.utf8)))!,
        ], points: ["pooler": Tensor([Float(0)], shape: [1, 1])!], number: number, of: "reference.npz")
    }
    return Reference(file: "reference.npz", batches: batches)
  }

  /// What bert4keras gave for texts, with the case kept or lowered.
  func recordedByBERT4Keras(lowercases: Bool) throws -> [Text] {
    let cases = try JSON(parsing: ByteView(mapping: Fixtures.folder("Tokenizer").appending(path: "cases.json").path))
    let texts = (cases.elements ?? []).filter {
      $0["vocabulary"] == "vocab.txt" && $0["do_lower_case"] == .bool(lowercases) && $0["second_text"] == nil
        && $0["maxlen"] == nil && $0["ids"] != nil
    }.compactMap { json in
      json["text"]?.string.map { Text(text: $0, ids: (json["ids"]?.elements ?? []).compactMap(\.integer)) }
    }.filter { !$0.text.contains("[MASK]") }
    try #require(texts.count > 100)
    return texts
  }

  /// What sentencepiece gave for texts, with the end that T5 puts behind them.
  func recordedBySentencePiece(_ name: String, end: Int) throws -> [Text] {
    let cases = try JSON(
      parsing: ByteView(mapping: Fixtures.folder("SentencePiece").appending(path: "cases.json").path))
    return try #require(cases[name]?.elements).compactMap { json in
      guard let data = Data(base64Encoded: json["text"]?.string ?? "-"), let text = String(data: data, encoding: .utf8)
      else { return nil }
      return Text(text: text, ids: (json["ids"]?.elements ?? []).compactMap(\.integer) + [end])
    }
  }

  func vocabulary(_ path: String = "Tokenizer/vocab.txt") throws -> Vocabulary {
    try Vocabulary(reading: ByteView(mapping: Fixtures.folder(path).path))
  }

  func model(_ name: String) throws -> SentencePieceModel {
    try SentencePieceModel(
      reading: ByteView(mapping: Fixtures.folder("SentencePiece").appending(path: "\(name).model").path))
  }

  func t5(_ splitter: any PieceSplitter) -> Tokenizer {
    Tokenizer(
      splitter, special: SpecialTokens([.padding: "<pad>", .unknown: "<unk>", .end: "</s>"]), template: .t5)
  }

  /// A splitter that gets something wrong.
  struct Planted: PieceSplitter {
    let base: any PieceSplitter
    let pieces: @Sendable (String, any PieceSplitter) -> [Piece]

    var file: String { base.file }
    var pieceCount: Int { base.pieceCount }
    func pieces(of text: UnsafeBufferPointer<UInt8>) -> [Piece] { pieces(String(decoding: text, as: UTF8.self), base) }
    func decode(_ ids: [Int]) throws -> String { try base.decode(ids) }
    func id(of piece: String) -> Int? { base.id(of: piece) }
    func piece(withID id: Int) -> String? { base.piece(withID: id) }
  }

  /// Takes the shortest tokens that fit.
  func shortest() throws -> Planted {
    return Planted(base: WordPieceTokenizer(vocabulary: try vocabulary(), lowercases: false)) { text, base in
      text.split(separator: " ").flatMap { word -> [Piece] in
        var rest = word
        var pieces: [Piece] = []
        while !rest.isEmpty {
          let prefix = pieces.isEmpty ? "" : "##"
          let length = (1...rest.count).first { base.id(of: prefix + rest.prefix($0)) != nil } ?? rest.count
          let piece = prefix + rest.prefix(length)
          pieces.append(Piece(text: piece, id: base.id(of: piece) ?? 1, range: 0..<0))
          rest = rest.dropFirst(length)
        }
        return pieces
      }
    }
  }

  /// Takes the unknown token for each character of a word that does not come apart.
  func unknownByPiece() throws -> Planted {
    return Planted(base: WordPieceTokenizer(vocabulary: try vocabulary(), lowercases: false)) { text, base in
      base.pieces(of: text).flatMap { piece -> [Piece] in
        guard base.id(of: piece.text) == nil, piece.text.count > 1 else { return [piece] }
        return piece.text.enumerated().map { offset, character in
          let piece = (offset == 0 ? "" : "##") + String(character)
          return Piece(text: piece, id: base.id(of: piece) ?? 1, range: 0..<0)
        }
      }
    }
  }

  /// Puts no space before a text.
  func withoutPrefix(_ tokenizer: SentencePieceTokenizer) -> Planted {
    return Planted(base: tokenizer) { text, base in
      let pieces = base.pieces(of: text)
      guard let first = pieces.first, first.text.hasPrefix("▁"), first.text != "▁" else {
        return Array(pieces.drop { $0.text == "▁" && $0.range.isEmpty })
      }
      let bare = String(first.text.dropFirst())
      return [Piece(text: bare, id: base.id(of: bare) ?? 0, range: first.range)] + pieces.dropFirst()
    }
  }

  @Test("the ids that bert4keras recorded are the tokenizer's, in either case", arguments: [false, true])
  func agrees(lowercases: Bool) throws {
    let texts = try recordedByBERT4Keras(lowercases: lowercases)
    let comparison = try #require(
      try TextComparison(
        of: Tokenizer(vocabulary: vocabulary(), lowercases: lowercases), with: reference(texts)))
    #expect(comparison.agrees)
    #expect(comparison.count == texts.count)
  }

  @Test("the other case is found, and the setting named that gives the recorded ids", arguments: [false, true])
  func otherCase(lowercases: Bool) throws {
    let reference = try reference(recordedByBERT4Keras(lowercases: lowercases))
    let bytes = try ByteView(mapping: Fixtures.folder("Tokenizer/vocab.txt").path)
    var settings = TextSettings(kind: .wordPiece, file: "vocab.txt", special: .bert, template: .bert)
    settings.lowercases = !lowercases
    let comparison = try #require(
      try TextComparison(of: Tokenizer(settings) { _ in bytes }, with: reference))
    #expect(!comparison.agrees)
    let changes = try settings.variants.filter { variant in
      try TextComparison(of: Tokenizer(variant.settings) { _ in bytes }, with: reference)?.agrees == true
    }.map(\.change)
    #expect(changes == ["case=\(lowercases ? "lower" : "kept")"])
  }

  @Test("the shortest tokens instead of the longest are found, with the first text and token that differ")
  func shortestPrefix() throws {
    let texts = [Text(text: "a unaffable", ids: try ids("[CLS]", "a", "unaffable", "[SEP]"))]
    let comparison = try #require(try TextComparison(of: Tokenizer(shortest()), with: reference(texts)))
    let difference = try #require(comparison.difference)
    #expect(difference.text.first == "a unaffable")
    #expect(difference.position == 2)
    #expect(difference.recorded == .token(id: try ids("unaffable")[0], "unaffable"))
    #expect(difference.computed == .token(id: try ids("u")[0], "u"))
  }

  @Test("[UNK] for a piece instead of the word is found in what bert4keras recorded")
  func unknownPieces() throws {
    let comparison = try #require(
      try TextComparison(of: Tokenizer(unknownByPiece()), with: reference(recordedByBERT4Keras(lowercases: false))))
    let difference = try #require(comparison.difference)
    #expect(difference.recorded == .token(id: 1, "[UNK]"))
  }

  @Test("the vocabulary of another model is found")
  func otherVocabulary() throws {
    let texts = try recordedByBERT4Keras(lowercases: false)
    let other = Tokenizer(vocabulary: try vocabulary("Tokenizer/cased/vocab.txt"), lowercases: false)
    let comparison = try #require(try TextComparison(of: other, with: reference(texts)))
    #expect(comparison.differing > 100)
  }

  @Test("a missing space before the text is found in what sentencepiece recorded")
  func noPrefix() throws {
    let tokenizer = SentencePieceTokenizer(try model("unigram"))
    let end = try #require(tokenizer.id(of: "</s>"))
    let texts = try recordedBySentencePiece("unigram", end: end)
    #expect(try TextComparison(of: t5(tokenizer), with: reference(texts))?.agrees == true)
    let difference = try #require(
      try TextComparison(of: t5(withoutPrefix(tokenizer)), with: reference(texts))?.difference)
    #expect(difference.position == 0)
  }

  @Test("the other rule of ties is found, and named")
  func ties() throws {
    let model = try model("unigram-ties")
    let end = try #require(model.id(of: "</s>"))
    let reference = try reference(recordedBySentencePiece("unigram-ties", end: end))
    #expect(try TextComparison(of: t5(SentencePieceTokenizer(model)), with: reference)?.agrees == true)
    let other = try #require(
      try TextComparison(of: t5(SentencePieceTokenizer(model, ties: .from022)), with: reference))
    #expect(!other.agrees)
    let path = Fixtures.folder("SentencePiece").appending(path: "unigram-ties.model").path
    let bytes = try ByteView(mapping: path)
    var settings = TextSettings(
      kind: .sentencePiece, file: "a.model", special: SpecialTokens([.unknown: "<unk>", .end: "</s>"]), template: .t5)
    settings.ties = .from022
    let changes = try settings.variants.filter { variant in
      try TextComparison(of: Tokenizer(variant.settings) { _ in bytes }, with: reference)?.agrees == true
    }.map(\.change)
    #expect(changes == ["ties=0.2.1"])
  }

  @Test(
    "texts of a reference are a JSON list with a text or a pair for each row",
    arguments: [
      ("[1]", "an element that is neither a text nor a pair"), ("[\"a\",\"b\"]", "2 texts for 1 rows"),
      ("{}", "no JSON list"), ("[", "no JSON list"), ("[[\"a\"]]", "an element that is neither a text nor a pair"),
    ])
  func damaged(json: String, found: String) throws {
    let problem = #expect(throws: Problem.self) {
      try Reference.Batch(
        inputs: [
          "token_ids": Tensor([Int32(1)], shape: [1, 1])!,
          "text": Tensor(.uint8, [json.utf8.count], bytes: ByteView(Array(json.utf8)))!,
        ], points: ["pooler": Tensor([Float(0)], shape: [1, 1])!], number: 3, of: "reference.npz")
    }
    #expect(problem?.found == found)
    #expect(problem?.object == "3/input/text")
  }

  func ids(_ tokens: String...) throws -> [Int] {
    let vocabulary = try vocabulary()
    return try tokens.map { try #require(vocabulary.id(of: $0)) }
  }
}
