import Bytes
import Foundation
import JSON
import Testing

@testable import Tokenization

/// Files of every kind of parts, and what tokenizers 0.23.3 made of texts by them (`tools/fixtures/TokenizerJSON/make.py`).
@Suite("Texts split as tokenizers splits them by a tokenizer.json") struct PipelineTests {
  static let folder = Fixtures.folder.deletingLastPathComponent().appending(path: "TokenizerJSON")

  static let names = [
    "bert-uncased", "bert-cased", "accents", "forms", "byte-level", "few-bytes", "t5", "albert", "unigram-bytes",
    "bpe-bytes",
    "bpe-unknown",
  ]

  static func pipeline(_ name: String) throws -> TokenizerPipeline {
    var view = try ByteView(mapping: folder.appending(path: "\(name).json").path)
    view.file = "tokenizer.json"
    return try TokenizerPipeline(reading: view)
  }

  static func record() throws -> JSON {
    try JSON(parsing: ByteView(mapping: folder.appending(path: "cases.json").path))
  }

  static func cases(of name: String) throws -> [JSON] {
    let cases = try #require(record()[name]?.elements)
    try #require(cases.count > 250)
    return cases
  }

  @Test("every fixture has its cases")
  func complete() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0 != "cases.json" }
    #expect(files.sorted() == Self.names.map { "\($0).json" }.sorted())
  }

  @Test("every text has the ids that tokenizers gives", arguments: names)
  func ids(name: String) throws {
    let pipeline = try Self.pipeline(name)
    var compared = 0
    for expected in try Self.cases(of: name) {
      guard let text = expected["text"]?.string else { continue }
      let comment = Comment(rawValue: text.debugDescription)
      let ids = pipeline.ids(of: text)
      let pieces = pipeline.pieces(of: text)
      #expect(ids == expected["ids"]?.integers, comment)
      #expect(pieces.map(\.id) == ids, comment)
      let places = pieces.map { [$0.range.lowerBound, $0.range.upperBound] }
      #expect(places.allSatisfy { $0[0] <= $0[1] && $0[1] <= text.utf8.count }, comment)
      if let recorded = expected["places"]?.elements { #expect(places == recorded.map { $0.integers ?? [] }, comment) }
      compared += 1
    }
    #expect(compared > 200)
  }

  @Test("ids are decoded to the text that tokenizers gives", arguments: names)
  func decoding(name: String) throws {
    let pipeline = try Self.pipeline(name)
    for expected in try Self.cases(of: name) {
      guard let text = expected["decoded"]?.string else { continue }
      let ids = try #require(expected["ids"]?.integers)
      #expect(Array(try pipeline.decode(ids).utf8) == Array(text.utf8), "\(ids)")
    }
  }

  @Test("one text and two have the special tokens and segments that tokenizers gives them", arguments: names)
  func sequences(name: String) throws {
    let pipeline = try Self.pipeline(name)
    var compared = 0
    for expected in try Self.cases(of: name) {
      guard let first = expected["first"]?.string, let second = expected["second"]?.string else { continue }
      let pair = pipeline.postProcessing.sequence(pipeline.ids(of: first), pipeline.ids(of: second))
      #expect(pair.ids == expected["ids"]?.integers)
      #expect(pair.segments == expected["segments"]?.integers)
      #expect(pipeline.postProcessing.sequence(pipeline.ids(of: first)).ids == expected["single"]?.integers)
      compared += 1
    }
    #expect(compared == 3)
  }

  @Test("a rule that removes what begins a text leaves the beginning where it is, and dropping accents does not")
  func beginnings() throws {
    // tokenizers 0.23.3: `▁` is put only before what it takes for the beginning of the text.
    let pipeline = try Self.pipeline("albert")
    #expect(pipeline.ids(of: "moon") == [31])
    #expect(pipeline.ids(of: "\u{200B}moon") == [31])
    #expect(pipeline.ids(of: "\u{301}moon") == [44, 14, 34])
  }

  @Test("GPT-2's and RoBERTa's files give what vocab.json and merges.txt give", arguments: ["gpt2", "roberta"])
  func bytePairs(name: String) throws {
    let pipeline = try TokenizerPipeline(reading: BytePairTests.view("\(name)/tokenizer.json"))
    for expected in try BytePairTests.cases(of: name) {
      if let bytes = BytePairTests.bytes(of: expected) {
        let ids = bytes.withUnsafeBufferPointer { pipeline.ids(of: $0) }
        #expect(ids == (expected["fast"] ?? expected["slow"])?.integers)
        let tokenizer = try BytePairTests.tokenizer(name, .fast)
        #expect(
          bytes.withUnsafeBufferPointer { pipeline.pieces(of: $0) }
            == bytes.withUnsafeBufferPointer { tokenizer.pieces(of: $0) })
      }
    }
    #expect(pipeline.addedTokens == (try BytePairTests.tokenizer(name, .fast)).addedTokens.sorted { $0.id < $1.id })
  }

  @Test("a piece is found by its text and by its id, and no other")
  func lookup() throws {
    let pipeline = try Self.pipeline("t5")
    for id in 0..<pipeline.pieceCount { #expect(try pipeline.id(of: #require(pipeline.piece(withID: id))) == id) }
    #expect(pipeline.piece(withID: pipeline.pieceCount) == nil)
    #expect(pipeline.piece(withID: -1) == nil)
    #expect(pipeline.id(of: "no such piece") == nil)
    #expect(throws: Problem.self) { try pipeline.decode([pipeline.pieceCount]) }
  }

  @Test("the lower case of every scalar is that of tokenizers")
  func lowercase() throws {
    let record = try #require(Self.record()["lowercase"]?.members)
    let lower = Dictionary(record.map { (UInt32($0.name, radix: 16) ?? 0, $0.value.string ?? "") }) { $1 }
    #expect(lower.count == 1_488)
    for value in UInt32(0)..<0x110000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      var text = NormalizedText(isPlaced: false)
      text.append(value, from: 0..<0)
      let lowered = TextNormalizer.lowered(text).scalars
      if let expected = lower[value] {
        #expect(lowered == expected.unicodeScalars.map(\.value), "\(scalar.debugDescription)")
      } else if lowered != [value] {
        Issue.record("\(scalar.debugDescription) becomes \(lowered)")
      }
    }
  }

  @Test("much of anything is split", arguments: names)
  func long(name: String) throws {
    let pipeline = try Self.pipeline(name)
    for unit in ["a", "\u{301}", "月", "\u{302E}\u{1D165}", " ", "[MASK]", "각", "\u{FDFA}", "😀"] {
      let text = String(repeating: unit, count: 5_000)
      _ = try pipeline.decode(pipeline.pieces(of: text).map(\.id).filter { $0 >= 0 })
    }
  }
}
