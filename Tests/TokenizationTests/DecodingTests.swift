import Testing
import Tokenization

@Suite("Decoding") struct DecodingTests {
  // The texts are what `Tokenizer.decode` of bert4keras 0.11.5 returns for the tokens.
  @Test(
    "tokens are joined as bert4keras joins them",
    arguments: [
      ([], ""),
      (["[CLS]", "un", "##aff", "##able", "[SEP]"], "unaffable"),
      (["床", "前", "明", "月", "光", "，", "疑"], "床前明月光，疑"),
      (["hello", "，", "world", "！"], "hello，world！"),
      (["月", "a", "##b", "月"], "月ab月"),
      (["don", "'", "t", "you", "'", "ll", "go"], "don't you'll go"),
      (["'", "s", "'", "t", "'", "m"], "' s' t' m"),
      (["it", "'", "s"], "it' s"),
      (["it", "'", "s", "ok"], "it's ok"),
      (["3", ".", "14", "，", "1", ".", "2", ".", "3"], "3.14，1.2. 3"),
      (["٣", ".", "٤"], "٣.٤"),
      (["(", "a", ")", "a", "-", "b", "=", "c", "+", "d", "/", "e"], "(a) a-b=c+d/e"),
      (["a", ".", "b", ",", "c"], "a. b, c"),
      (["“", "a", "”", "。"], "“a”。"),
      (["a", "·", "b"], "a·b"),
      (["a", "$", "b"], "a$ b"),
      (["##ing", "a"], "ing a"),
      (["[PAD]", "[MASK]", "[unused1]"], ""),
      (["[", "]"], "[]"),
      (["", "a"], "a"),
      (["a", "\u{3000}", "b"], "a \u{3000}b"),
      (["ひ", "カ"], "ひ カ"),
    ] as [([String], String)])
  func decode(tokens: [String], text: String) throws {
    #expect(WordPieceTokenizer(vocabulary: try vocabulary("[UNK]")).decode(tokens: tokens) == text)
  }

  @Test("a continuation without letters in front of a word, where bert4keras fails, begins the text")
  func emptyContinuation() throws {
    #expect(WordPieceTokenizer(vocabulary: try vocabulary("[UNK]")).decode(tokens: ["##", "a"]) == "a")
  }

  @Test("ids come back as text")
  func ids() throws {
    let tokenizer = Tokenizer(vocabulary: try Vocabulary(reading: Fixtures.view("vocab.txt")))
    let text = "床前明月光，疑是地上霜。"
    #expect(try tokenizer.decode(try tokenizer.encode(text).ids) == text)
  }
}
