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

  @Test("a file that is no SentencePiece model, and a word that is no id, are sent back")
  func badInput() throws {
    let table = try Workplace().ingot("tokenize", Fixtures.folder("Tokenizer").appending(path: "vocab.txt").path, "a")
    #expect(table.exitCode == 2)
    #expect(table.error.contains("vocab.txt: damaged"))
    let word = try Workplace().ingot("tokenize", model, "1 x", "--decode")
    #expect(word.exitCode == 2)
    #expect(word.error == "ingot: text: mismatched: found \"x\", expected ids, separated by spaces.\n")
  }
}
