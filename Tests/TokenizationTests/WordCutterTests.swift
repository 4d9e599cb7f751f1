import Bytes
import Foundation
import JSON
import Testing

@testable import Tokenization

/// What the real jieba recorded: Tests/Fixtures/Jieba.
@Suite("Words by jieba") struct WordCutterTests {
  static func view(_ name: String) throws -> ByteView {
    var view = try ByteView(
      mapping: Fixtures.folder.deletingLastPathComponent().appending(path: "Jieba/\(name)").path)
    view.file = name
    return view
  }

  @Test("every recorded text is cut into the words of jieba", arguments: ["dict.txt", "ties.txt", "lines.txt"])
  func recorded(name: String) throws {
    let cutter = try WordCutter(reading: Self.view(name))
    let rows = try #require(try JSON(parsing: Self.view("cuts.json"))[name]?.elements)
    #expect(rows.count >= 120)
    for row in rows {
      let text = try #require(row["text"]?.string)
      #expect(cutter.words(of: text).map { Array($0.utf8) } == row["words"]?.spellings, "\(row.compact)")
    }
  }

  @Test("words and frequencies are counted as jieba counts them")
  func counts() throws {
    let cutter = try WordCutter(reading: Self.view("lines.txt"))
    #expect(cutter.wordCount == 8)
    #expect(cutter.total == 38)
  }

  @Test("lines that jieba does not read are damage, and sizes beyond the limits are refused")
  func malformed() throws {
    let advice = " Take jieba's own dict.txt, or the dictionary that the model was trained with."
    let long = String(repeating: "a", count: 1_025)
    let cases: [(String, String)] = [
      ("", "x: damaged: found no word with a frequency above 0, expected a word on each line."),
      ("a 0\n", "x: damaged: found no word with a frequency above 0, expected a word on each line."),
      ("a 1\nb\n", "x: damaged at byte 4, in line 2: found no frequency, expected a word, a space and its frequency."),
      (
        "a 1\n\nb 1\n",
        "x: damaged at byte 4, in line 2: found no frequency, expected a word, a space and its frequency."
      ),
      (
        "a  1\n",
        "x: damaged at byte 0, in line 1: found the frequency \"\", expected a whole number, from 0 to 2⁶³ − 1."
      ),
      (
        "a -1\n",
        "x: damaged at byte 0, in line 1: found the frequency \"-1\", expected a whole number, from 0 to 2⁶³ − 1."
      ),
      (
        "a 9223372036854775808\n",
        "x: damaged at byte 0, in line 1: found the frequency \"9223372036854775808\", "
          + "expected a whole number, from 0 to 2⁶³ − 1."
      ),
      (
        "a 9223372036854775807\nb 1\n",
        "x: refused at byte 22, in line 2: found frequencies of 2⁶³ and more in all, expected less."
      ),
      ("\(long) 1\n", "x: refused at byte 0, in line 1: found a word of 1025 bytes, expected at most 1024."),
    ]
    for (text, message) in cases {
      let problem = #expect(throws: Problem.self) { try WordCutter(reading: ByteView(Array(text.utf8), file: "x")) }
      #expect(problem?.description == message + advice)
    }
    let problem = #expect(throws: Problem.self) {
      try WordCutter(reading: ByteView([0x61, 0xFF, 0x20, 0x31], file: "x"))
    }
    #expect(
      problem?.description == "x: damaged at byte 0, in line 1: found bytes that are not UTF-8, expected UTF-8."
        + advice)
  }

  @Test("a dictionary may have as many lines as the limit says and no more")
  func lines() throws {
    let bytes = Array("a 1\nb 2\nc 3\n".utf8)
    #expect(try WordCutter(reading: ByteView(bytes, file: "x"), maximumLines: 3).wordCount == 3)
    let problem = #expect(throws: Problem.self) {
      try WordCutter(reading: ByteView(bytes, file: "x"), maximumLines: 2)
    }
    #expect(
      problem?.description.hasPrefix(
        "x: refused at byte 8, in line 3: found more than 2 lines, expected at most that many words.") == true)
  }
}
