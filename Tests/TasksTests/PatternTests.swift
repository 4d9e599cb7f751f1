import Bytes
import Conversion
import Foundation
import JSON
import Tasks
import TestSupport
import Testing

/// Labels by patterns, with the sample and what bert4keras made of it (`tools/fixtures/Patterns/make.py`).
@Suite("Patterns") struct PatternTests {
  private let directory: TemporaryDirectory
  private let session: Session

  init() throws {
    directory = try TemporaryDirectory()
    let path = directory.path("poems.ingot")
    _ = try Conversion(planning: Release(at: Fixtures.folder("Poems").path)).write(to: path)
    session = try Session(opening: path)
  }

  @Test("words, their probabilities and the texts that are cut are those of bert4keras")
  func recorded() throws {
    let file = Fixtures.folder("Patterns").appending(path: "answers.json")
    let parts = try #require(JSON(parsing: String(contentsOf: file, encoding: .utf8)).elements)
    #expect(parts.count == 6)
    for part in parts {
      let words = try #require(part["words"]?.elements).compactMap(\.string)
      let classifier = try PatternClassifier(
        session, pattern: Pattern(#require(part["pattern"]?.string)),
        labels: PatternLabels(words.joined(separator: ",")),
        maximumLength: part["maxlen"]?.integer)
      let recorded = try #require(part["answers"]?.elements)
      #expect(recorded.count == 97)
      let answers = try classifier.answers(to: recorded.compactMap { $0["text"]?.string }, truncating: true)
      for (answer, expected) in zip(answers, recorded) {
        #expect(answer.index == expected["best"]?.integer && answer.label == words[answer.index])
        let probabilities = try #require(expected["probabilities"]?.elements).compactMap(\.double)
        for (own, other) in zip(answer.probabilities, probabilities) {
          // 32 rounding units (Formats/Reference.md) of logits between 16 and 32, for each mask; that of a logarithm is relative.
          #expect(abs(own - other) <= 32 * 0x1p-20 * Double(words[0].count) * other)
        }
      }
    }
  }

  @Test("a text is the same alone and in company")
  func company() throws {
    let classifier = try classifier("[MASK]月。{text}", "明,江")
    let texts = ["床前明月光，", "危楼高百尺，手可摘星辰。", "永结无情游，"]
    #expect(try classifier.answers(to: texts) == texts.map { try classifier.answers(to: [$0])[0] })
  }

  @Test("several words have one label, whose probability is their sum; the first label wins among equals")
  func sets() throws {
    let text = ["床前明月光，"]
    let apart = try classifier("[MASK]月。{text}", "明,江,山").answers(to: text)[0]
    let joined = try classifier("[MASK]月。{text}", "山=other,明=moon,江=moon").answers(to: text)[0]
    #expect(joined.label == "moon")
    #expect(abs(joined.probabilities[1] - apart.probabilities[0] - apart.probabilities[1]) < 1e-12)
    #expect(joined.margin == log(joined.probabilities[1] / joined.probabilities[0]))
  }

  @Test("a pattern survives the cut, and what was cut is counted")
  func cut() throws {
    let classifier = try classifier("{text}何处[MASK]？", "归,来", maximumLength: 10)
    let answers = try classifier.answers(to: ["床前明月光，疑是地上霜。", "床前明月"], truncating: true)
    #expect(answers.map(\.removedCount) == [8, 0])
    #expect(try classifier.answers(to: ["床前明月"], truncating: false)[0] == answers[1])
    #expect(answers[0] == answers[1].cut(8))
  }

  @Test("what makes no pattern, no labels or no text for it is refused by name")
  func refusals() throws {
    let cases: [(() throws -> Void, String)] = [
      (
        { _ = try classifier("[MASK]月。", "明,江") },
        "pattern: mismatched: found {text} 0 times in \"[MASK]月。\", expected {text} once, where the text goes."
      ),
      (
        { _ = try classifier("{text}{text}[MASK]", "明,江") },
        "pattern: mismatched: found {text} 2 times in \"{text}{text}[MASK]\", expected {text} once, where the text goes."
      ),
      (
        { _ = try classifier("明月。{text}", "明,江") },
        "pattern: mismatched: found no [MASK] in \"明月。{text}\", expected one for each token of a label's words."
      ),
      (
        { _ = try classifier("[MASK]月。{text}", "明月,江") },
        "labels: mismatched: found the word 明月 of 2 tokens: 明 月, expected one token of the vocabulary, one for each mask."
      ),
      (
        { _ = try classifier("[MASK]月。{text}", "明,囧") },
        "labels: mismatched: found the word 囧 of 1 token: 囧 (unknown), expected one token of the vocabulary, one for each mask."
      ),
      (
        { _ = try classifier("[MASK]月。{text}", "明") },
        "labels: mismatched: found the label 明 alone, expected at least two labels."
      ),
      (
        { _ = try classifier("[MASK]月。{text}", "明=a,明=b") },
        "labels: mismatched: found the word 明 twice, expected each word once."
      ),
      (
        { _ = try classifier("[MASK]月。{text}", "明=,江=b") },
        "labels: mismatched: found \"明=\" in \"明=,江=b\", expected word=label, separated by commas."
      ),
      (
        { _ = try classifier("[MASK]月。{text}", "明,江").answers(to: ["床[MASK]"]) },
        "text 1: mismatched: found [MASK] in the text, expected [MASK] in the pattern alone."
      ),
      (
        { _ = try classifier("[MASK]月。{text}", "明,江", maximumLength: 8).answers(to: ["床前明月光"]) },
        "text 1: mismatched: found 10 tokens with the pattern, expected at most 8. Shorten the text, or have it cut with --truncate."
      ),
      (
        { _ = try classifier("[MASK]月。{text}", "明,江", maximumLength: 5).answers(to: ["床前"], truncating: true) },
        "text 1: mismatched: found 7 tokens with the pattern, expected at most 5. Shorten the text, or have it cut with --truncate."
      ),
    ]
    for (body, message) in cases {
      let error = try #require(throws: Problem.self, performing: body)
      #expect("\(error)" == message)
    }
  }

  @Test("labelled texts are read line by line, and a bad line is named")
  func labelled() throws {
    func read(_ text: String) throws -> LabelledTexts {
      try LabelledTexts(reading: ByteView(Array(text.utf8), file: "x.tsv"), labels: ["0", "1"])
    }
    let data = try read("床前\t1\n\n 明月 \t0 \r\n")
    #expect(data.texts == ["床前", "明月 "] && data.labels == [1, 0])
    let cases = [
      ("床前\n", "x.tsv: mismatched in line 1: found 1 column, expected a text, a tab and a label."),
      ("床\t1\n床\t前\t1\n", "x.tsv: mismatched in line 2: found 3 columns, expected a text, a tab and a label."),
      ("床\t2\n", "x.tsv: mismatched in line 1: found the label \"2\", expected one of 0, 1."),
      ("\n", "x.tsv: mismatched: found no line, expected texts with their labels."),
    ]
    for (text, message) in cases {
      let error = try #require(throws: Problem.self) { try read(text) }
      #expect("\(error)" == message)
    }
    let broken = try #require(throws: Problem.self) {
      try LabelledTexts(reading: ByteView([0xFF, 0x0A], file: "x.tsv"), labels: ["0"])
    }
    #expect("\(broken)" == "x.tsv: damaged in line 1: found bytes that are not UTF-8, expected a text.")
  }

  @Test("scores count what is right, by label and in all")
  func scores() throws {
    let texts = ["床前明月光，", "危楼高百尺，手可摘星辰。"]
    let answers = try classifier("[MASK]月。{text}", "明,江").answers(to: texts)
    #expect(answers.map(\.index) == [1, 0])
    let score = PatternScore(of: answers, expected: [1, 1], labelCount: 2)
    #expect(score.total.texts == 2 && score.total.correct == 1 && score.total.accuracy == 0.5)
    #expect(score.labels.map(\.texts) == [0, 2] && score.labels.map(\.correct) == [0, 1])
    #expect(score.rightMargin == answers[0].margin && score.wrongMargin == answers[1].margin)
  }

  private func classifier(_ pattern: String, _ labels: String, maximumLength: Int? = nil) throws -> PatternClassifier {
    try PatternClassifier(
      session, pattern: Pattern(pattern), labels: PatternLabels(labels), maximumLength: maximumLength)
  }
}

extension PatternClassifier.Answer {
  /// The same answer for a text of which so many tokens were cut.
  fileprivate func cut(_ count: Int) -> PatternClassifier.Answer {
    PatternClassifier.Answer(
      index: index, label: label, probabilities: probabilities, margin: margin, removedCount: count)
  }
}
