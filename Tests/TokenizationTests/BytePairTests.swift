import Bytes
import Foundation
import JSON
import Testing

@testable import Tokenization

/// Vocabularies of GPT-2's and RoBERTa's kind, and what the slow and the fast tokenizers of transformers made of texts
/// (`tools/fixtures/BytePairs/make.py`).
@Suite("Texts split as the byte-level tokenizers of transformers split them") struct BytePairTests {
  static let folder = Fixtures.folder.deletingLastPathComponent().appending(path: "BytePairs")
  static let names = ["gpt2", "gpt2-prefix", "roberta", "roberta-prefix", "ties", "ties-prefix"]

  static func view(_ path: String) throws -> ByteView {
    var view = try ByteView(mapping: folder.appending(path: path).path)
    view.file = String(path.split(separator: "/").last!)
    return view
  }

  static func tokenizer(_ name: String, _ dialect: BytePairTokenizer.Dialect) throws -> BytePairTokenizer {
    let parts = name.split(separator: "-")
    return try BytePairTokenizer(
      vocabulary: view("\(parts[0])/vocab.json"), merges: view("\(parts[0])/merges.txt"),
      family: parts[0] == "roberta" ? .roberta : .gpt2, dialect: dialect, addsPrefixSpace: parts.count > 1)
  }

  static func cases(of name: String) throws -> [JSON] {
    let cases = try #require(JSON(parsing: view("cases.json"))[name]?.elements)
    try #require(cases.count > 180)
    return cases
  }

  static func bytes(of text: JSON) -> [UInt8]? { Data(base64Encoded: text["text"]?.string ?? "-").map { Array($0) } }

  @Test("every text has the ids that transformers gives", arguments: names, BytePairTokenizer.Dialect.allCases)
  func ids(name: String, dialect: BytePairTokenizer.Dialect) throws {
    let tokenizer = try Self.tokenizer(name, dialect)
    for expected in try Self.cases(of: name) {
      guard let bytes = Self.bytes(of: expected) else { continue }
      let ids = bytes.withUnsafeBufferPointer { tokenizer.ids(of: $0) }
      let pieces = bytes.withUnsafeBufferPointer { tokenizer.pieces(of: $0) }
      let text = Comment(rawValue: String(decoding: bytes, as: UTF8.self).debugDescription)
      #expect(ids == (expected[dialect.rawValue] ?? expected["slow"])?.integers, text)
      #expect(pieces.map(\.id) == ids, text)
      #expect(pieces.allSatisfy { tokenizer.piece(withID: $0.id) == $0.text }, text)
    }
  }

  @Test("ids are decoded to the text that transformers gives", arguments: names, BytePairTokenizer.Dialect.allCases)
  func decoding(name: String, dialect: BytePairTokenizer.Dialect) throws {
    let tokenizer = try Self.tokenizer(name, dialect)
    var compared = 0
    for expected in try Self.cases(of: name) {
      let ids = try #require((expected["ids"] ?? expected[dialect.rawValue] ?? expected["slow"])?.integers)
      let text = try #require((expected["\(dialect.rawValue)Decoded"] ?? expected["slowDecoded"])?.string)
      #expect(Array(try tokenizer.decode(ids).utf8) == Array(text.utf8))
      compared += 1
    }
    #expect(compared > 180)
  }

  @Test("the pieces of a text stand for its bytes, one behind the other", arguments: ["gpt2", "roberta-prefix"])
  func places(name: String) throws {
    let tokenizer = try Self.tokenizer(name, .fast)
    for expected in try Self.cases(of: name) {
      guard let bytes = Self.bytes(of: expected), let text = String(validating: bytes, as: UTF8.self) else { continue }
      let pieces = tokenizer.pieces(of: text)
      #expect(pieces.first?.range.lowerBound == 0)
      #expect(pieces.last?.range.upperBound == bytes.count)
      for (one, other) in zip(pieces, pieces.dropFirst()) { #expect(one.range.upperBound == other.range.lowerBound) }
    }
  }

  @Test("what the two dialects make of one text differs where it is said to")
  func dialects() throws {
    // Pairs of one rank at once, or one by one; the space before the text, or before each stretch of it.
    #expect(try Self.texts("ties", .slow, "abcabc") == ["abc", "abc"])
    #expect(try Self.texts("ties", .fast, "abcabc") == ["abca", "bc"])
    #expect(try Self.texts("ties-prefix", .slow, "a<|endoftext|>a") == ["Ġa", "<|endoftext|>", "a"])
    #expect(try Self.texts("ties-prefix", .fast, "a<|endoftext|>a") == ["Ġa", "<|endoftext|>", "Ġa"])
    #expect(try Self.texts("ties-prefix", .slow, " a") == ["Ġ", "Ġa"])
    #expect(try Self.texts("ties-prefix", .fast, " a") == ["Ġa"])
    // White space to Python, and none to Rust.
    #expect(try Self.texts("roberta", .slow, "\u{1C}<mask>") == ["<mask>"])
    #expect(try Self.texts("roberta", .fast, "\u{1C}<mask>") == ["Ĝ", "<mask>"])
  }

  private static func texts(_ name: String, _ dialect: BytePairTokenizer.Dialect, _ text: String) throws -> [String] {
    try tokenizer(name, dialect).pieces(of: text).map(\.text)
  }

  @Test("letters and numbers are those of the program that is followed, where their Unicode versions differ")
  func classes() {
    // U+0558 came with Unicode 18.0, U+1C89 with 16.0.
    func parts(_ edition: BytePairPattern.Edition, _ text: String) -> [String] {
      Array(text.utf8).withUnsafeBufferPointer { bytes in
        var parts: [String] = []
        BytePairPattern(edition: edition).forEachPart(of: bytes) { part in
          parts.append(String(decoding: bytes[part], as: UTF8.self))
        }
        return parts
      }
    }
    #expect(parts(.tokenizers, "a\u{558}a\u{1C89}a") == ["a", "\u{558}", "a\u{1C89}a"])
    #expect(parts(.regex, "a\u{558}a\u{1C89}a") == ["a\u{558}a\u{1C89}a"])
    for edition in [BytePairPattern.Edition.tokenizers, .regex] {
      #expect(
        parts(edition, "it's 10th\u{A0} \n  x''ll\u{85}") == [
          "it", "'s", " 10", "th", "\u{A0} \n ", " x", "''", "ll", "\u{85}",
        ])
    }
  }

  @Test("bytes that are not UTF-8 count as U+FFFD, each at its place")
  func illFormed() throws {
    let tokenizer = try Self.tokenizer("gpt2", .fast)
    let pieces = ([0x61, 0xFF, 0x62] as [UInt8]).withUnsafeBufferPointer { tokenizer.pieces(of: $0) }
    #expect(pieces.map(\.range) == [0..<1, 1..<1, 1..<1, 1..<2, 2..<3])
    #expect(try tokenizer.decode(pieces.map(\.id)) == "a\u{FFFD}b")
  }

  @Test("an id that no piece has is an error")
  func unknownID() throws {
    let tokenizer = try Self.tokenizer("roberta", .fast)
    #expect(tokenizer.pieceCount == 701)
    for id in [-1, 701, .max] {
      #expect(tokenizer.piece(withID: id) == nil)
      let problem = #expect(throws: Problem.self) { try tokenizer.decode([id]) }
      #expect(
        problem?.description
          == "vocab.json: mismatched: found no token with the id \(id), expected a token for every id of "
          + "the model. Check that this is the vocabulary the model was trained with.")
    }
  }

  @Test("long parts are split in time that grows as sorting does", arguments: ["a", "ab", "\u{301}", "月", " ", "\n"])
  func long(unit: String) throws {
    let text = String(repeating: unit, count: 20_000)
    for dialect in BytePairTokenizer.Dialect.allCases {
      let tokenizer = try Self.tokenizer("gpt2", dialect)
      #expect(try tokenizer.decode(tokenizer.ids(of: text)) == text)
    }
  }
}
