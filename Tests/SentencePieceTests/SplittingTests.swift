import Bytes
import Foundation
import JSON
import SentencePiece
import TestSupport
import Testing

/// Models that sentencepiece trained, and what it made of texts (`tools/fixtures/SentencePiece/make.py`).
@Suite("Texts split as sentencepiece splits them") struct SplittingTests {
  static let folder = Fixtures.folder("SentencePiece")

  static func models() throws -> [String] {
    try Fixtures.files(in: folder, withExtension: "model", atLeast: 12)
      .map { $0.deletingPathExtension().lastPathComponent }
  }

  static func model(_ name: String) throws -> SentencePieceModel {
    try SentencePieceModel(reading: ByteView(mapping: folder.appending(path: "\(name).model").path))
  }

  static func cases(of name: String) throws -> [JSON] {
    let file = try JSON(parsing: ByteView(mapping: folder.appending(path: "cases.json").path))
    let cases = try #require(file[name]?.elements)
    try #require(cases.count > 100)
    return cases
  }

  private static func bytes(of text: JSON) throws -> [UInt8] {
    Array(try #require(Data(base64Encoded: text["text"]?.string ?? "-")))
  }

  private static func ids(_ json: JSON?) -> [Int]? { json?.elements?.compactMap(\.integer) }

  @Test("every text has the pieces, ids and places that sentencepiece 0.2.1 gives", arguments: try models())
  func pieces(name: String) throws {
    let tokenizer = SentencePieceTokenizer(try Self.model(name))
    for expected in try Self.cases(of: name) {
      let bytes = try Self.bytes(of: expected)
      let pieces = bytes.withUnsafeBufferPointer { tokenizer.split($0) }
      let text = Comment(rawValue: String(decoding: bytes, as: UTF8.self))
      #expect(pieces.map(\.id) == Self.ids(expected["ids"]), text)
      #expect(
        pieces.map { Array($0.text.utf8) } == expected["pieces"]?.elements?.map { Array(($0.string ?? "").utf8) }, text)
      #expect(
        pieces.map { [$0.range.lowerBound, $0.range.upperBound] } == expected["places"]?.elements?.map { Self.ids($0) },
        text)
      #expect(bytes.withUnsafeBufferPointer { tokenizer.ids(of: $0) } == pieces.map(\.id), text)
    }
  }

  @Test("ties are broken as by sentencepiece 0.2.3 where the later rule is asked for", arguments: try models())
  func ties(name: String) throws {
    let tokenizer = SentencePieceTokenizer(try Self.model(name), ties: .from022)
    let cases = try Self.cases(of: name)
    for expected in cases {
      let ids = try Self.bytes(of: expected).withUnsafeBufferPointer { tokenizer.ids(of: $0) }
      #expect(ids == Self.ids(expected["ids022"]) ?? Self.ids(expected["ids"]))
    }
    // The two rules are told apart by one model at least.
    if name == "unigram-ties" { #expect(cases.contains { $0["ids022"] != nil }) }
  }

  @Test("ids are decoded to the text that sentencepiece gives", arguments: try models())
  func decoding(name: String) throws {
    let tokenizer = SentencePieceTokenizer(try Self.model(name))
    for expected in try Self.cases(of: name) {
      let decoded = try tokenizer.decode(try #require(Self.ids(expected["ids"])))
      #expect(Array(decoded.utf8) == Array((expected["decoded"]?.string ?? "").utf8))
    }
  }

  @Test("an id that no piece has is an error")
  func unknownID() throws {
    let model = try Self.model("bpe")
    let tokenizer = SentencePieceTokenizer(model)
    for id in [-1, model.count, .max] {
      let problem = #expect(throws: Problem.self) { try tokenizer.decode([id]) }
      #expect(problem?.found == "the id \(id)")
      #expect(problem?.expected == "0 to \(model.count - 1)")
    }
  }

  @Test("a piece is found by its text and by its id, and no other")
  func lookup() throws {
    let model = try Self.model("unigram-bytes")
    for id in 0..<model.count { #expect(try model.id(of: #require(model.piece(withID: id))) == id) }
    #expect(model.id(of: "no such piece") == nil)
    #expect(model.piece(withID: model.count) == nil)
    #expect(model.piece(withID: -1) == nil)
  }

  @Test("a megabyte that no piece covers is one piece, in linear time", .timeLimit(.minutes(1)))
  func unknown() throws {
    let tokenizer = SentencePieceTokenizer(try Self.model("unigram"))
    let text = String(repeating: "각", count: 300_000)
    let pieces = tokenizer.split(text)
    #expect(pieces.map(\.id).last == tokenizer.model.unknownID)
    #expect(pieces.count == 2)
    #expect(pieces.last?.range == 0..<900_000)
    #expect(pieces.last?.text.utf8.count == 900_000)
  }

  @Test("long texts without a space are split", arguments: ["unigram", "bpe"])
  func longTexts(name: String) throws {
    let tokenizer = SentencePieceTokenizer(try Self.model(name))
    for scalar in ["\u{6708}", "\u{0301}", "a"] {
      let count = 20_000
      let text = String(repeating: scalar, count: count)
      let pieces = tokenizer.split(text)
      #expect(pieces.last?.range.upperBound == text.utf8.count)
    }
  }
}
