import Bytes
import Corpora
import TestSupport
import Testing

@testable import Similarity

@Suite("Files of pairs") struct PairFileTests {
  @Test("a task's line is stripped, and must then have three fields; what is passed over is told") func task() throws {
    let file = try read("甲\t乙\t1\r\n\u{3000}丙 \t丁\t0.5 \nno fields\n\na\tb\tc\t1\n\t a\t1\n戊\t己\t0", named: "x.data")
    #expect(file.pairs.map(\.first) == ["甲", "丙 ", "戊"])
    #expect(file.pairs.map(\.second) == ["乙", "丁", "己"])
    #expect(file.pairs.map(\.score) == [1, 0.5, 0])
    #expect(file.pairs.map(\.line) == [1, 2, 7])
    #expect(file.skipped.map(\.line) == [3, 4, 5, 6])
    #expect(file.skipped.map(\.fields) == [1, 1, 4, 2])
  }

  @Test(
    "a label that is no number is damage, with its line",
    arguments: ["", "one", "nan", "inf", "0x1p3", "1,5", "1_0", "٣"])
  func label(_ label: String) {
    let problem = #expect(throws: Problem.self) {
      try read("a\tb\t1\na\tb\t\(label)x\n".replacing("x\n", with: label.isEmpty ? " .\n" : "\n"), named: "x.data")
    }
    #expect(problem?.object == "line 2")
    #expect(problem?.expected == "a number")
  }

  @Test("two columns, an empty text and an empty file are told") func faults() {
    #expect(
      message { try read("a\tb\nc\td\n", named: "x.tsv") }
        == "x.tsv: mismatched in line 1: found 2 fields, expected two texts and a score between tabs. Name the columns of another table: --columns sentence1,sentence2,score, or --columns 1,2,3."
    )
    #expect(
      message { try read("a\t \t1\n", named: "x.tsv") }
        == "x.tsv: damaged in line 1: found an empty second text, expected a text.")
    #expect(
      message { try read("", named: "x.tsv") }
        == "x.tsv: mismatched: found no pair, expected two texts and a score between tabs.")
    #expect(
      message {
        try read(
          "a\tb\t1\nc\td\u{FFFD}\t1\n".utf8.map { $0 }.replacing([0xEF, 0xBF, 0xBD], with: [0xFF]), named: "x.tsv")
      }
        == "x.tsv: damaged in line 2: found bytes that are not UTF-8, expected a text in UTF-8.")
    #expect(
      message { try read("first\tsecond\tlabel\na\tb\t1\n", named: "x.tsv") }
        == "x.tsv: damaged in line 1: found the label \"label\", expected a number. Name the columns where the first line is a heading: --columns."
    )
    #expect(
      message { try read("a\rb\tc\t1\n", named: "x.tsv") }
        == "x.tsv: damaged in line 1: found a carriage return within the line, expected one line for each pair.")
  }

  @Test("the STS benchmark has the score before two texts, and sources may follow") func benchmark() throws {
    let file = try read(
      "main-captions\tMSRvid\t2012test\t0001\t5.000\tA plane is taking off.\tAn air plane is taking off.\n"
        + "main-news\theadlines\t2013\t2\t0.5\t\"A\tB\tlicence\tsource\n", named: "sts-dev.csv")
    #expect(file.pairs.map(\.first) == ["A plane is taking off.", "\"A"])
    #expect(file.pairs.map(\.second) == ["An air plane is taking off.", "B"])
    #expect(file.pairs.map(\.score) == [5, 0.5])
    #expect(
      message {
        try read("g\tf\ty\t1\t5\ta\tb\ng\tf\ty\t1\t5\ta\n", named: "sts-dev.csv")
      } == "sts-dev.csv: mismatched in line 2: found 6 fields, expected at least 7.")
  }

  @Test("columns are named by places and by headings, between tabs and commas") func columns() throws {
    let tabs = try read(
      "n\tsentence_A\tsentence_B\tscore\n1\ta\tb\t3.5\n", named: "x.txt", ["sentence_A", "sentence_B", "score"])
    #expect(tabs.pairs == [SentencePair(first: "a", second: "b", score: 3.5, line: 2)])
    let places = try read("3.5\tb\ta\n", named: "x.txt", ["3", "2", "1"])
    #expect(places.pairs.map(\.first) == ["a"])
    let commas = try read("s,a,b\n1,\"x, \"\"y\"\"\",\"two\nlines\"\n2,z,w\n", named: "x.csv", ["a", "b", "s"])
    #expect(commas.pairs.map(\.first) == ["x, \"y\"", "z"])
    #expect(commas.pairs.map(\.second) == ["two\nlines", "w"])
    #expect(commas.pairs.map(\.line) == [2, 4])
    #expect(
      message { try read("a,b\n1,2\n", named: "x.csv", ["a", "b", "score"]) }
        == "x.csv: mismatched in line 1: found no column \"score\", expected one of \"a\", \"b\".")
    #expect(
      message { try read("a,b,c\n1,2\n", named: "x.csv", ["a", "b", "c"]) }
        == "x.csv: mismatched in line 2: found 2 fields, expected at least 3.")
    #expect(
      message { try read("a,b,1\n\"c,d,1\n", named: "x.csv") }
        == "x.csv: damaged in line 2: found a quotation mark that nothing closes, expected one at the end of the field."
    )
    #expect(
      message { try read("a,\"b\"c,1\n", named: "x.csv") }
        == "x.csv: damaged in line 1: found text behind the quotation mark that ends a field, expected fields between commas, quoted as RFC 4180 says."
    )
  }

  @Test("JSON lines have the members of CLUE, or named ones") func jsonLines() throws {
    let text =
      #"{"id": 1, "sentence1": "a", "sentence2": "b", "label": "1"}"# + "\n\n"
      + #"{"sentence1": "c", "sentence2": "d", "label": 0}"#
    let file = try read(text, named: "x.jsonl")
    #expect(file.pairs.map(\.first) == ["a", "c"])
    #expect(file.pairs.map(\.score) == [1, 0])
    #expect(file.pairs.map(\.line) == [1, 3])
    let named = try read(#"{"q": "a", "p": "b", "s": 2.5}"#, named: "x.jsonl", ["q", "p", "s"])
    #expect(named.pairs.map(\.score) == [2.5])
    #expect(
      message { try read("{\"sentence1\": \"a\"}\n", named: "x.jsonl") }
        == "x.jsonl: mismatched in line 1: found no member \"sentence2\", expected one.")
    #expect(
      message { try read(#"{"q": "a", "p": ["b"], "s": 2.5}"#, named: "x.jsonl", ["q", "p", "s"]) }
        == "x.jsonl: mismatched in line 1: found [\"b\"] as \"p\", expected a text or a number.")
    #expect(
      message { try read(#"{"q": "#, named: "x.jsonl", ["q", "p", "s"]) }?.hasPrefix(
        "x.jsonl: damaged in line 1: found ") == true)
  }

  private func read(_ text: String, named name: String, _ columns: [String]? = nil) throws -> PairFile {
    try read(Array(text.utf8), named: name, columns)
  }

  private func read(_ bytes: [UInt8], named name: String, _ columns: [String]? = nil) throws -> PairFile {
    let folder = try TemporaryDirectory()
    let path = folder.url.appending(path: name).path
    try ByteView(bytes).withUnsafeBytes { try FileDraft.write($0, to: path) }
    do {
      return try PairFile(reading: path, form: columns.map { .table(nil, $0.map(Column.init)) })
    } catch var problem as Problem {
      problem.file = name
      throw problem
    }
  }

  private func message(_ body: () throws -> PairFile) -> String? {
    do {
      _ = try body()
      return nil
    } catch {
      return "\(error)"
    }
  }
}
