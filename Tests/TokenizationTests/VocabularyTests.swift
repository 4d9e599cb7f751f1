import Bytes
import JSON
import Testing
import Tokenization

@Suite("Vocabulary") struct VocabularyTests {
  @Test("every recorded vocabulary gives the tokens and ids that bert4keras reads")
  func recorded() throws {
    let record = try #require(try Fixtures.json("vocabularies.json").members)
    #expect(record.map(\.name).sorted() == (try Fixtures.names(ending: ".txt")))
    #expect(record.count >= 29)
    for (name, expected) in record.map({ ($0.name, $0.value) }) where expected["error"] == nil {
      let vocabulary = try Vocabulary(reading: try Fixtures.view(name))
      let ids = try #require(expected["ids"]?.elements)
      #expect(vocabulary.count == ids.count, "\(name)")
      for pair in ids.compactMap(\.elements) {
        #expect(vocabulary.id(of: try #require(pair[0].string)) == pair[1].integer, "\(name)")
      }
      let tokens = try #require(expected["tokens"]?.elements).compactMap(\.elements)
      for pair in tokens {
        let token = vocabulary.token(withID: try #require(pair[0].integer))
        #expect(token.map { Array($0.utf8) } == pair[1].string.map { Array($0.utf8) }, "\(name)")
      }
      #expect((-1...vocabulary.count + 1).count { vocabulary.token(withID: $0) != nil } == tokens.count, "\(name)")
    }
  }

  @Test(
    "a vocabulary that bert4keras cannot decode is damaged at the first byte that is not UTF-8",
    arguments: [
      ("not-utf-8.txt", 32, "0xff"), ("surrogate.txt", 31, "0xed"), ("truncated-utf-8.txt", 31, "0xe4"),
      ("overlong.txt", 31, "0xc0"), ("utf-16.txt", 0, "0xff"),
    ])
  func notUTF8(name: String, position: Int, byte: String) throws {
    let problem = try #require(throws: Problem.self) { try Vocabulary(reading: Fixtures.view(name)) }
    #expect(
      problem.description == "\(name): damaged at byte \(position): found the byte \(byte), which is not UTF-8 here, "
        + "expected one token a line, in UTF-8. "
        + "Check that this is the model's vocabulary, and save it as UTF-8 if it has another encoding.")
  }

  @Test("a SentencePiece model is named, and lines that only begin like one are read")
  func sentencePiece() throws {
    let name = "sentencepiece.model"
    let problem = try #require(throws: Problem.self) { try Vocabulary(reading: Fixtures.view(name)) }
    #expect(
      problem.description == "sentencepiece.model: unsupported at byte 0: found a SentencePiece model, "
        + "expected one token a line, in UTF-8. "
        + "Give it a name that ends with .model.")
    // What trainers of 2018 wrote leaves out a score of 0.
    let old = [0x0A, 9, 0x0A, 5] + Array("<unk>".utf8) + [0x18, 2, 0x0A, 7, 0x0A, 3] + Array("<s>".utf8) + [0x18, 3]
    #expect(Vocabulary.isSentencePieceModel(ByteView(old)))
    #expect(try vocabulary("", "\u{E}", "\u{5}abcde", "f").count == 4)
  }

  @Test("every recorded failure is among those tested")
  func failures() throws {
    let record = try #require(try Fixtures.json("vocabularies.json").members)
    let failures = record.filter { $0.value["error"] != nil }.map(\.name)
    #expect(failures == ["not-utf-8.txt", "surrogate.txt", "truncated-utf-8.txt", "overlong.txt", "utf-16.txt"])
    for name in failures {
      #expect(throws: Problem.self, "\(name)") { try Vocabulary(reading: Fixtures.view(name)) }
    }
  }

  @Test("a line may have 65,536 bytes and no more")
  func longLine() throws {
    let longest = String(repeating: "a", count: 65_536)
    #expect(try vocabulary("b", longest, "c").id(of: longest) == 1)
    let problem = try #require(throws: Problem.self) { try vocabulary("b", longest + "a", "c") }
    #expect(
      problem.description == "vocab.txt: refused at byte 2: found a line of more than 65536 bytes, "
        + "expected one token a line. Check that this is the model's vocabulary, usually called vocab.txt.")
  }

  @Test("there may be as many lines as the limit says and no more")
  func manyLines() throws {
    let text = Array("a\nb\nc\nd".utf8)
    #expect(try Vocabulary(reading: ByteView(text), maximumLines: 4).count == 4)
    #expect(try Vocabulary(reading: ByteView(text + [0x0A]), maximumLines: 4).count == 4)
    let problem = try #require(throws: Problem.self) {
      try Vocabulary(reading: ByteView(text, file: "vocab.txt"), maximumLines: 3)
    }
    #expect(
      problem.description == "vocab.txt: refused at byte 6: found more than 3 lines, expected at most that many "
        + "tokens. Check that this is the model's vocabulary, usually called vocab.txt.")
  }

  @Test("a problem in a part of a larger file tells the place in the file")
  func partOfFile() throws {
    let view = try ByteView(Array("xyza\n\u{E9}".utf8.dropLast())).slice(at: 3, count: 3, of: "the vocabulary")
    #expect(try #require(throws: Problem.self) { try Vocabulary(reading: view) }.byte == 5)
  }

  @Test("tokens that Swift's strings take for equal keep their own ids")
  func canonicallyEquivalent() throws {
    let vocabulary = try vocabulary("\u{E9}", "e\u{301}", "e")
    #expect(vocabulary.id(of: "\u{E9}") == 0)
    #expect(vocabulary.id(of: "e\u{301}") == 1)
    #expect(vocabulary.id(of: "\u{301}") == nil)
  }

  @Test("a token is found whole and not by its beginning")
  func wholeTokens() throws {
    let vocabulary = try vocabulary("ab", "abcd", "##b")
    #expect(vocabulary.id(of: "abcd") == 1)
    #expect(vocabulary.id(of: "abc") == nil)
    #expect(vocabulary.id(of: "a") == nil)
    #expect(vocabulary.id(of: "abcde") == nil)
    #expect(vocabulary.id(of: "") == nil)
    #expect(vocabulary.token(withID: 3) == nil)
    #expect(vocabulary.token(withID: -1) == nil)
  }

  @Test("cut anywhere or with any byte changed, a vocabulary is read or damaged")
  func mutated() throws {
    for name in try Fixtures.names(ending: ".txt") where name != "vocab.txt" {
      let bytes = try Fixtures.view(name).array()
      for index in bytes.indices {
        var changed = bytes
        changed[index] ^= 0x81
        for mutant in [Array(bytes.prefix(index)), changed] {
          do {
            #expect(try Vocabulary(reading: ByteView(mutant)).count <= mutant.count)
          } catch let problem as Problem {
            #expect(problem.kind == .damaged, "\(name) at \(index)")
          }
        }
      }
    }
  }
}
