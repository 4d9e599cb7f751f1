import JSON
import TestSupport
import Testing

@Suite("ingot tokenize") struct TokenizeTests {
  private let model = Fixtures.folder("SentencePiece").appending(path: "unigram-bytes.model").path

  @Test("pieces are listed with their ids and places in the text")
  func listing() throws {
    let run = try Workplace().ingot("tokenize", model, "明月光é")
    #expect(run.exitCode == 0)
    #expect(run.output == "  262  ▁       0..<0\n    5  明月光  0..<9\n  201  <0xC3>  9..<9\n  175  <0xA9>  9..<11\n")
  }

  @Test("JSON has one object for each text, and ids lead back to it")
  func json() throws {
    let json = try Workplace().ingot("tokenize", model, "明月光", "--json").json()
    #expect(json["text"] == "明月光")
    #expect(json["tokens"] == ["▁", "明月光"])
    #expect(json["bytes"] == [[0, 0], [0, 9]])
    let ids = try #require(json["ids"]?.elements).compactMap(\.integer)
    let decoded = try Workplace().ingot("tokenize", model, ids.map(String.init).joined(separator: " "), "--decode")
    #expect(decoded.output == "明月光\n")
  }

  @Test("a file that is no tokenizer, and a word that is no id, are sent back")
  func badInput() throws {
    let table = try Workplace().ingot("tokenize", Fixtures.folder("bert4keras/classifier").path, "a")
    #expect(table.exitCode == 2)
    #expect(
      table.error.hasSuffix(
        "found no tokenizer that Ingot has, expected vocab.txt, a SentencePiece model, or vocab.json beside merges.txt.\n"
      ))
    let word = try Workplace().ingot("tokenize", model, "1 x", "--decode")
    #expect(word.exitCode == 2)
    #expect(word.error == "ingot: text: mismatched: found \"x\", expected ids, separated by spaces.\n")
  }

  @Test("a vocabulary of byte-level BPE alone has the special tokens that it shows, and its merges name it")
  func bytePairs() throws {
    func ids(_ path: String, _ text: String) throws -> JSON? {
      try Workplace().ingot("tokenize", Fixtures.folder("BytePairs").appending(path: path).path, text, "--json").json()[
        "ids"]
    }
    #expect(try ids("gpt2/vocab.json", "The moon<|endoftext|>") == [392, 322, 0])
    #expect(try ids("roberta/vocab.json", "The <mask> moon") == [395, 700, 325])
    let merges = Fixtures.folder("BytePairs").appending(path: "roberta/merges.txt").path
    let run = try Workplace().ingot("tokenize", merges, "a")
    #expect(run.exitCode == 2)
    #expect(
      run.error
        == "ingot: \(merges): mismatched: found a list of merges, expected the vocabulary beside it. Name vocab.json, and the merges "
        + "are taken with it.\n")
  }

  @Test("lines of standard input may end as Windows ends them")
  func windows() throws {
    let program = Workplace.programs.appending(path: "ingot").path
    let run = try Workplace().run(
      "/bin/sh", ["-c", #"printf '明月光\r\n明月光\n' | "$0" tokenize "$1" --json"#, program, model])
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0] == lines[1])
  }

  @Test("a model file and a folder show special tokens and segments, of one text and of two")
  func models() throws {
    let workplace = try Workplace()
    let listing = """
         2  [CLS]        0
       485  床     0..<3  0
       188  前     3..<6  0
         3  [SEP]        0
       678  明     0..<3  1
         3  [SEP]        1

      """
    for model in ["poems.ingot", "Poems"] {
      let run = try workplace.ingot("tokenize", model, "床前", "--second", "明")
      #expect(run.exitCode == 0)
      #expect(
        run.output.split(separator: "\n").map { $0.split(separator: " ") }
          == listing.split(separator: "\n").map { $0.split(separator: " ") })
    }
    let own = try workplace.ingot("tokenize", "Poems/vocab.txt", "床前", "--json").json()
    #expect(own["ids"] == [485, 188])
    #expect(try workplace.ingot("tokenize", "poems.ingot", "2 485 188 3", "--decode").output == "床前\n")
  }

  @Test("a text longer than the model reads is refused by its line, and cut where asked, which is said")
  func long() throws {
    let workplace = try Workplace()
    let text = String(repeating: "月", count: 40)
    let refused = try workplace.ingot("tokenize", "poems.ingot", text)
    #expect(refused.exitCode == 2)
    #expect(
      refused.error
        == "ingot: text: refused: found 42 tokens, expected at most 40. Shorten the text, or have it cut with --truncate.\n"
    )
    let cut = try workplace.ingot("tokenize", "poems.ingot", text, "--truncate")
    #expect(cut.exitCode == 0)
    #expect(cut.error == "ingot: text: 2 tokens of the text cut, to 40.\n")
    #expect(cut.output.split(separator: "\n").count == 40)
    let json = try workplace.ingot("tokenize", "poems.ingot", text, "--truncate", "--json").json()
    #expect(json["removed"] == 2)
  }

  @Test("settings of a tokenizer's own file are the user's, those of a model file are its own")
  func settings() throws {
    let workplace = try Workplace()
    let vocabulary = Fixtures.folder("Tokenizer/uncased").appending(path: "vocab.txt").path
    #expect(try workplace.ingot("tokenize", vocabulary, "Apple", "--json").json()["tokens"] == ["apple"])
    #expect(
      try workplace.ingot("tokenize", vocabulary, "Apple", "--json", "--tokenizer", "case=kept").json()["tokens"] == [
        "Apple"
      ])
    let model = try workplace.ingot("tokenize", "poems.ingot", "a", "--tokenizer", "case=kept")
    #expect(model.exitCode == 2)
    #expect(model.error.contains("found a model file, which keeps its settings"))
  }
}
