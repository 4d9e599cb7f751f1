import Bytes
import Foundation
import JSON
import Testing

@testable import Tokenization

/// What five programs recorded: Tests/Fixtures/WordPiece.
@Suite("Dialects of WordPiece") struct WordPieceDialectTests {
  static let fixtures = Fixtures.folder.deletingLastPathComponent().appending(path: "WordPiece")
  static let vocabulary = Result { try Vocabulary(reading: view("vocab.txt")) }

  static func view(_ name: String) throws -> ByteView { try ByteView(mapping: fixtures.appending(path: name).path) }

  static func tokenizer(_ row: JSON, dialect: WordPieceDialect) throws -> WordPieceTokenizer {
    WordPieceTokenizer(
      vocabulary: try vocabulary.get(), dialect: dialect, lowercases: try #require(row["lowercases"]?.bool as Bool?),
      stripsAccents: row["strips"]?.bool)
  }

  @Test(
    "every recorded text gives the ids, places and decoded text of the program", arguments: WordPieceDialect.allCases)
  func recorded(dialect: WordPieceDialect) throws {
    let rows = try #require(try JSON(parsing: Self.view("cases.json")).elements)
      .filter { $0["dialect"]?.string == dialect.rawValue }
    #expect(rows.count >= 150)
    for row in rows {
      let tokenizer = try Self.tokenizer(row, dialect: dialect)
      let text = try #require(row["text"]?.string)
      let pieces = tokenizer.pieces(of: text)
      #expect(pieces.map(\.id) == row["ids"]?.integers, "\(row.compact)")
      #expect(Array(text.utf8).withUnsafeBufferPointer { tokenizer.ids(of: $0) } == pieces.map(\.id), "\(row.compact)")
      if let decoded = row["decoded"]?.string {
        #expect(Array(try tokenizer.decode(pieces.map(\.id)).utf8) == Array(decoded.utf8), "\(row.compact)")
      }
      guard let places = row["places"]?.elements?.map({ $0.integers ?? [] }) else { continue }
      var starts = [0]
      for scalar in text.unicodeScalars { starts.append(starts[starts.count - 1] + UTF8.width(scalar)) }
      #expect(pieces.map(\.range) == places.map { starts[$0[0]]..<starts[$0[1]] }, "\(row.compact)")
    }
  }

  @Test("Formats/Tokenizers.md tells what the programs gave, and so does the tokenizer")
  func page() throws {
    let rows = try #require(try JSON(parsing: Self.view("differences.json")).elements)
    let lines = try Page.rows(of: "Formats/Tokenizers.md")
    for row in rows where row["tokens"] != nil {
      let text = try #require(row["text"]?.string)
      let lowercases = try #require(row["lowercases"]?.bool as Bool?)
      var cells = [[text], [lowercases ? "lower" : "kept"]]
      for dialect in WordPieceDialect.allCases {
        let tokens = try #require(row["tokens"]?[dialect.rawValue]?.elements).compactMap(\.string)
        let pieces = try Self.tokenizer(row, dialect: dialect).pieces(of: text).map(\.text)
        #expect(spellings(pieces) == spellings(tokens), "\(dialect): \(row.compact)")
        cells.append(tokens)
      }
      #expect(lines.contains { $0.dropFirst().map(spellings) == cells.map(spellings) }, "\(row.compact)")
    }
    for row in rows where row["decoded"] != nil {
      let text = try #require(row["text"]?.string)
      let decoded = try ["bert4keras", "transformers", "tokenizers"].map { [try #require(row["decoded"]?[$0]?.string)] }
      #expect(lines.contains { $0 == [[text]] + decoded }, "\(row.compact)")
    }
    #expect(lines.count { $0.count == 8 } == rows.count { $0["tokens"] != nil } + 1)
  }

  @Test("words by jieba first: the tokens, ids and decoded texts of bert4keras", arguments: ["cased", "lower"])
  func words(letterCase: String) throws {
    let rows = try #require(try JSON(parsing: WordCutterTests.view("words.json"))[letterCase]?.elements)
    #expect(rows.count >= 120)
    let tokenizer = WordPieceTokenizer(
      vocabulary: try Vocabulary(reading: WordCutterTests.view("vocab.txt")), lowercases: letterCase == "lower",
      cutter: try WordCutter(reading: WordCutterTests.view("dict.txt")))
    for row in rows {
      let text = try #require(row["text"]?.string)
      let pieces = tokenizer.pieces(of: text)
      #expect(spellings(["[CLS]"] + pieces.map(\.text) + ["[SEP]"]) == row["tokens"]?.spellings, "\(row.compact)")
      #expect([2] + pieces.map(\.id) + [3] == row["ids"]?.integers, "\(row.compact)")
      #expect(try tokenizer.decode(pieces.map(\.id)) == row["decoded"]?.string, "\(row.compact)")
      for piece in pieces {
        #expect(piece.range.lowerBound >= 0 && !piece.range.isEmpty && piece.range.upperBound <= text.utf8.count)
      }
    }
  }

  @Test("the place of a word by jieba is that in the text before it was normalised")
  func placesOfWords() throws {
    let tokenizer = WordPieceTokenizer(
      vocabulary: try vocabularyOf("[UNK]", "明月", "ab"), lowercases: true,
      cutter: try WordCutter(reading: ByteView(Array("明月 5\n明 1\n月 1\n".utf8))))
    let pieces = tokenizer.pieces(of: "\u{41}\u{301}b明\u{301}月\u{301}")
    #expect(pieces.map(\.text) == ["ab", "明月"])
    #expect(pieces.map(\.range) == [0..<4, 4..<12])
  }

  @Test("only white space splits without do_basic_tokenize")
  func whiteSpace() throws {
    let tokenizer = WordPieceTokenizer(
      vocabulary: try vocabularyOf("[UNK]", "a.", "##b", "明"), dialect: .transformers, lowercases: true,
      splitsWords: false)
    #expect(tokenizer.pieces(of: "a.b\u{1C}明 A.b").map(\.text) == ["a.", "##b", "明", "[UNK]"])
  }

  @Test("ideographs are letters without tokenize_chinese_chars")
  func ideographs() throws {
    let tokens = try vocabularyOf("[UNK]", "明", "##月")
    for dialect in WordPieceDialect.allCases {
      let tokenizer = WordPieceTokenizer(vocabulary: tokens, dialect: dialect, separatesIdeographs: false)
      #expect(tokenizer.pieces(of: "明月 明").map(\.text) == ["明", "##月", "明"], "\(dialect)")
    }
  }

  @Test(
    "long texts without a space take time in proportion", .timeLimit(.minutes(1)), arguments: WordPieceDialect.allCases)
  func longTexts(dialect: WordPieceDialect) throws {
    let tokens = try vocabularyOf("[UNK]", "a", "##a", "明", "σ", "##σ")
    let tokenizer = WordPieceTokenizer(vocabulary: tokens, dialect: dialect, lowercases: true)
    let count = 200_000
    #expect(tokenizer.pieces(of: String(repeating: "a", count: count)).count == 1)
    #expect(tokenizer.pieces(of: String(repeating: "明", count: count)).count == count)
    // A capital sigma at the end has all before it done over.
    #expect(tokenizer.pieces(of: String(repeating: "明", count: count) + "Σ").count == count + 1)
    #expect(tokenizer.pieces(of: "a" + String(repeating: "\u{323}\u{301}", count: count)).map(\.text) == ["a"])
    let marks = "a" + String(repeating: "\u{302E}\u{1D165}", count: count / 10)
    #expect(tokenizer.pieces(of: marks).count == 1)
  }

  private func vocabularyOf(_ tokens: String...) throws -> Vocabulary {
    try Vocabulary(reading: ByteView(Array(tokens.joined(separator: "\n").utf8), file: "vocab.txt"))
  }
}

/// The tables of a page, cell by cell.
private enum Page {
  /// The rows of all tables: for each cell what stands in backticks, or else its text; `\u{…}` and `a×101` are read as they are meant.
  static func rows(of path: String) throws -> [[[String]]] {
    let file = Fixtures.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: path)
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| ") }.map {
      line in
      line.dropFirst(2).dropLast(2).components(separatedBy: " | ").map { cell in
        let quoted = cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter {
          $0.offset % 2 == 1
        }
        return quoted.isEmpty ? [cell] : quoted.flatMap { meant(String($0.element)) }
      }
    }
  }

  private static func meant(_ text: String) -> [String] {
    if let repeated = text.wholeMatch(of: /(.)×(\d+)/) {
      return [String(repeating: String(repeated.1), count: Int(repeated.2)!)]
    }
    // Tokens that come again and again are written `##a×100`.
    if let repeated = text.wholeMatch(of: /(##.)×(\d+)/) {
      return Array(repeating: String(repeated.1), count: Int(repeated.2)!)
    }
    var result = String.UnicodeScalarView()
    var rest = text[...]
    while let start = rest.range(of: "\\u{"), let end = rest[start.upperBound...].firstIndex(of: "}") {
      result.append(contentsOf: rest[..<start.lowerBound].unicodeScalars)
      result.append(Unicode.Scalar(UInt32(rest[start.upperBound..<end], radix: 16)!)!)
      rest = rest[rest.index(after: end)...]
    }
    result.append(contentsOf: rest.unicodeScalars)
    return [String(result)]
  }
}
