import Bytes
import JSON
import Testing
import Tokenization

@Suite("Tokenizer") struct TokenizerTests {
  @Test("every recorded text gives the tokens, ids, segments and places that bert4keras gives")
  func recorded() throws {
    let cases = try #require(try Fixtures.json("cases.json").elements)
    #expect(cases.count >= 600)
    var vocabularies: [String: Vocabulary] = [:]
    for expected in cases {
      let name = try #require(expected["vocabulary"]?.string)
      let vocabulary = try vocabularies[name] ?? Vocabulary(reading: Fixtures.view(name))
      vocabularies[name] = vocabulary
      let lowercases = try #require(expected["do_lower_case"]?.bool as Bool?)
      try compare(WordPieceTokenizer(vocabulary: vocabulary, lowercases: lowercases), expected)
    }
  }

  private func compare(_ splitter: WordPieceTokenizer, _ expected: JSON) throws {
    let tokenizer = Tokenizer(splitter)
    let text = try #require(expected["text"]?.string)
    let tokens = tokenizer.tokenize(text)
    #expect(spellings(tokens) == expected["tokens"]?.spellings, "\(expected.compact)")

    let truncation: Truncation =
      switch expected["truncate_from"] {
      case nil, "right": .right
      case "left": .left
      case let index?: .index(try #require(index.integer))
      }
    let encode = {
      try tokenizer.encode(
        text, second: expected["second_text"]?.string, maximumLength: expected["maxlen"]?.integer,
        truncation: truncation)
    }
    switch expected["ids_error"]?.string {
    case nil:
      let encoding = try encode()
      #expect(encoding.ids == expected["ids"]?.integers, "\(expected.compact)")
      #expect(encoding.segments == expected["segments"]?.integers, "\(expected.compact)")
    case "AttributeError":
      #expect(throws: Problem.self, "\(expected.compact)") { try encode() }
    case "IndexError":
      #expect(throws: ImpossibleTruncation.self, "\(expected.compact)") { try encode() }
    case let error?:
      Issue.record("\(error) of bert4keras has no counterpart: \(expected.compact)")
    }

    if let places = expected["rematch"]?.elements {
      let origins = originsOfPythonIndices(text, lowercases: splitter.lowercases)
      let ranges = places.map { place -> Range<Int>? in
        guard let places = place.integers, let first = places.first, let last = places.last else { return nil }
        return origins[first]..<(origins[last] + 1)
      }
      #expect(try splitter.rematch(text, tokens) == ranges, "\(expected.compact)")
    } else {
      #expect(expected["rematch_error"] == "ValueError")
      #expect(throws: UnmatchedToken.self, "\(expected.compact)") { try splitter.rematch(text, tokens) }
    }
  }

  @Test("the vocabulary is asked for [UNK] at the first id, for other special tokens when they are needed")
  func missingSpecialTokens() throws {
    let tokenizer = Tokenizer(vocabulary: try vocabulary("a", "b"))
    #expect(tokenizer.tokenize("a") == ["[CLS]", "a", "[SEP]"])
    let problem = try #require(throws: Problem.self) { try tokenizer.encode("a") }
    #expect(
      problem.description == "vocab.txt: mismatched: found no token [UNK], expected [UNK], which stands for words "
        + "outside the vocabulary. Check that this is the vocabulary the model was trained with.")

    let withUnknown = Tokenizer(vocabulary: try vocabulary("a", "[UNK]"))
    #expect(try withUnknown.encode("a").ids == [1, 0, 1])
    for special in SpecialRole.allCases where special != .unknown {
      #expect(throws: Problem.self) { try withUnknown.id(of: special) }
    }
    #expect(try withUnknown.id(of: .unknown) == 1)
  }

  @Test("an id without a token is a problem of the vocabulary")
  func unknownID() throws {
    let tokenizer = Tokenizer(vocabulary: try vocabulary("a", "b"))
    #expect(try tokenizer.tokens(of: [1, 0]) == ["b", "a"])
    let problem = try #require(throws: Problem.self) { try tokenizer.decode([0, 2]) }
    #expect(
      problem.description == "vocab.txt: mismatched: found no token with the id 2, expected a token for every id "
        + "of the model. Check that this is the vocabulary the model was trained with.")
  }

  @Test("a word longer than the limit is one token")
  func wordLength() throws {
    let tokenizer = Tokenizer(vocabulary: try vocabulary("a", "##a"), maximumWordLength: 2)
    #expect(tokenizer.tokenize("aa aaa") == ["[CLS]", "a", "##a", "aaa", "[SEP]"])
  }

  @Test("a text that cannot be shortened says so")
  func impossibleTruncation() throws {
    let tokenizer = Tokenizer(vocabulary: try vocabulary("a", "[UNK]"))
    let error = try #require(throws: ImpossibleTruncation.self) { try tokenizer.encode("a", maximumLength: 0) }
    #expect(
      error.description == "the text cannot be shortened so far: no token is left where tokens are to be removed")
    for index in [Int.min, -4, 3, Int.max] {
      #expect(throws: ImpossibleTruncation.self) {
        try tokenizer.encode("a", maximumLength: 2, truncation: .index(index))
      }
    }
    #expect(throws: ImpossibleTruncation.self) { try tokenizer.encode("a", second: "a", maximumLength: .min) }
    #expect(try tokenizer.encode("a", second: "a", maximumLength: .max).ids.count == 5)
  }
}

@Suite("Templates") struct TemplateTests {
  @Test("[MASK] in a template is the mask token, any number of times")
  func masks() throws {
    let tokenizer = Tokenizer(vocabulary: try Vocabulary(reading: Fixtures.view("vocab.txt")))
    let encoding = try tokenizer.encode(template: "床前[MASK][MASK]光")
    #expect(encoding.tokens == ["[CLS]", "床", "前", "[MASK]", "[MASK]", "光", "[SEP]"])
    #expect(encoding.ids[3...4] == [4, 4])
    #expect(encoding.positions(of: .mask) == [3, 4])
    let edges = try tokenizer.encode(template: "[MASK] hello[MASK]", second: "[MASK]")
    #expect(edges.tokens == ["[CLS]", "[MASK]", "hello", "[MASK]", "[SEP]", "[MASK]", "[SEP]"])
    #expect(edges.segments == [0, 0, 0, 0, 0, 1, 1])
  }

  @Test("only [MASK] exactly is a mask; other brackets are split as ever")
  func noMasks() throws {
    let tokenizer = Tokenizer(vocabulary: try Vocabulary(reading: Fixtures.view("vocab.txt")))
    for text in ["", "床前明月光", "[mask]", "[ MASK ]", "[CLS]", "[MAS", "MASK]"] {
      #expect(try tokenizer.encode(template: text) == (try tokenizer.encode(text)), "\(text)")
    }
    #expect(try tokenizer.encode("[MASK]").tokens == ["[CLS]", "[", "MASK", "]", "[SEP]"])
    #expect(try tokenizer.encode(template: "[[MASK]]").tokens == ["[CLS]", "[", "[MASK]", "]", "[SEP]"])
  }

  @Test("a mark behind the bracket does not hide the mask")
  func markBehindMask() throws {
    let tokenizer = Tokenizer(vocabulary: try Vocabulary(reading: Fixtures.view("vocab.txt")))
    #expect(try tokenizer.encode(template: "[MASK]\u{301}").ids.contains(4))
  }

  @Test("a vocabulary without [MASK] is a problem once a text has one")
  func missingMask() throws {
    let tokenizer = Tokenizer(vocabulary: try vocabulary("[UNK]", "a"))
    #expect(try tokenizer.encode(template: "a").ids == [0, 1, 0])
    let problem = try #require(throws: Problem.self) { try tokenizer.encode(template: "a[MASK]") }
    #expect(
      problem.description == "vocab.txt: mismatched: found no token [MASK], expected [MASK], which stands for a token "
        + "to be predicted. Check that this is the vocabulary the model was trained with.")
  }
}
