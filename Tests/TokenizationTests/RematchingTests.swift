import JSON
import Testing
import Tokenization

@Suite("Rematching") struct RematchingTests {
  @Test("the text in a token's range is the token, but for the control characters that belong to none")
  func rangesReproduceTokens() throws {
    let tokenizer = WordPieceTokenizer(vocabulary: try Vocabulary(reading: Fixtures.view("vocab.txt")))
    for text in try #require(try Fixtures.json("cases.json").elements).compactMap({ $0["text"]?.string }) {
      let scalars = Array(text.unicodeScalars)
      let tokens = Tokenizer(tokenizer).tokenize(text)
      for (token, range) in zip(tokens, try tokenizer.rematch(text, tokens)) {
        guard let range else {
          #expect(["[CLS]", "[SEP]"].contains(token), "\(text.debugDescription)")
          continue
        }
        let kept = scalars[range].filter {
          $0 != "\u{FFFD}" && ![.control, .format].contains($0.properties.generalCategory)
        }
        let stem = Array(token.unicodeScalars.dropFirst(token.utf8.starts(with: "##".utf8) ? 2 : 0))
        #expect(kept == stem, "\(text.debugDescription)")
      }
    }
  }

  @Test("lowered ranges count in the text itself, also behind characters that become two")
  func turkish() throws {
    let tokenizer = WordPieceTokenizer(vocabulary: try vocabulary("[UNK]", "i", "a"), lowercases: true)
    #expect(try tokenizer.rematch("\u{130} A", ["[CLS]", "i", "a", "[SEP]"]) == [nil, 0..<1, 2..<3, nil])
  }

  @Test("tokens may be left out, and one that does not follow is named")
  func unmatched() throws {
    let tokenizer = WordPieceTokenizer(vocabulary: try vocabulary("[UNK]"))
    #expect(try tokenizer.rematch("a b a c", ["b", "a", "##"]) == [2..<3, 4..<5, nil])
    let error = try #require(throws: UnmatchedToken.self) { try tokenizer.rematch("a b a c", ["b", "b"]) }
    #expect(error.description == "token 1, b, does not occur in the text behind the tokens before it")
  }

  @Test("a token that nearly occurs many times is sought in linear time")
  func linearSearch() throws {
    let tokenizer = WordPieceTokenizer(vocabulary: try vocabulary("[UNK]"))
    let text = String(repeating: "a", count: 20_000) + "b"
    let token = String(repeating: "a", count: 10_000) + "b"
    #expect(try tokenizer.rematch(text, [token]) == [10_000..<20_001])
  }
}
