import Testing
import Tokenization

@Suite("Hostile text") struct HostileTextTests {
  /// What is repeated, and how often: some 25 KB of each, at which a quadratic step is noticed.
  @Test(
    "much of anything is tokenized and found again",
    arguments: [
      ("\u{301}\u{316}", 8_000), ("\0", 25_000), ("a", 25_000), (String(repeating: "a", count: 200) + " ", 120),
      ("Σ'", 8_000), ("Σ\u{301}", 8_000), ("각", 8_000), ("[MASK]", 5_000), ("[MASK", 6_000), ("[", 25_000),
      ("\u{FDFA}", 8_000), ("\u{2028}", 8_000), ("'", 25_000),
    ])
  func tokenize(unit: String, count: Int) throws {
    let text = String(repeating: unit, count: count)
    for lowercases in [false, true] {
      let splitter = try splitter(lowercases: lowercases)
      let tokenizer = Tokenizer(splitter)
      #expect(try tokenizer.encode(template: text, maximumLength: 512, truncation: .left).ids.count <= 512)
      let tokens = tokenizer.tokenize(text)
      #expect(try splitter.rematch(text, tokens).count == tokens.count)
      _ = splitter.decode(tokens: tokens)
    }
  }

  @Test("marks without end that change places are sorted, and sought in vain")
  func reorderedMarks() throws {
    let text = String(repeating: "\u{302E}\u{1D165}", count: 5_000)
    let splitter = try splitter(lowercases: true)
    let tokenizer = Tokenizer(splitter)
    let sorted = String(repeating: "\u{1D165}", count: 5_000) + String(repeating: "\u{302E}", count: 5_000)
    #expect(spellings(tokenizer.tokenize(text)) == spellings(["[CLS]", sorted, "[SEP]"]))
    #expect(throws: UnmatchedToken(token: sorted, index: 1)) { try splitter.rematch(text, tokenizer.tokenize(text)) }
  }

  private func splitter(lowercases: Bool) throws -> WordPieceTokenizer {
    WordPieceTokenizer(
      vocabulary: try vocabulary("[UNK]", "[MASK]", "a", "##a", "##aa", "[", "각", "\u{1100}", "##\u{1161}\u{11A8}"),
      lowercases: lowercases)
  }
}
