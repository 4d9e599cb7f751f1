import TestSupport
import Testing

/// `ingot classify` on the sample.
@Suite struct ClassifyTests {
  @Test("texts are told their labels, in columns and as JSON")
  func texts() throws {
    let workplace = try Workplace()
    let arguments = ["classify", "poems.ingot", "--pattern", "[MASK]月。{text}", "--labels", "明=bright,江=river"]
    let run = try workplace.ingot(arguments + ["床前明月光，", "危楼高百尺，手可摘星辰。"])
    #expect(run.exitCode == 0, "\(run.error)")
    #expect(run.output == "river  bright 0.87 %, river 5.49 %\nbright  bright 10.72 %, river 5.02 %\n")

    let json = try workplace.ingot(arguments + ["--json", "床前明月光，"]).json()
    #expect(json["label"] == "river")
    #expect(json["probabilities"]?["river"]?.double.map { abs($0 - 0.0549) < 1e-4 } == true)
    #expect(json["margin"]?.double.map { abs($0 - 1.839) < 1e-3 } == true)
  }

  @Test("a file of labelled texts gives the accuracy")
  func data() throws {
    let workplace = try Workplace()
    _ = try workplace.directory.write(
      Array("床前明月光，\triver\n危楼高百尺，手可摘星辰。\triver\n".utf8), to: "lines.tsv")
    let run = try workplace.ingot(
      "classify", "poems.ingot", "--pattern", "[MASK]月。{text}", "--labels", "明=bright,江=river", "--data", "lines.tsv")
    #expect(run.exitCode == 0, "\(run.error)")
    #expect(
      run.output == """
                  texts  right  accuracy
          bright      0      0
          river       2      1   50.00 %
          all         2      1   50.00 %
        mean margin: 1.839 where right, 0.7586 where wrong

        """)
  }

  @Test("a text that is too long is refused by its line, unless it may be cut")
  func tooLong() throws {
    let workplace = try Workplace()
    let arguments = [
      "classify", "poems.ingot", "--pattern", "[MASK]月。{text}", "--labels", "明,江", "--max-length", "9", "床前明月光，",
    ]
    let refused = try workplace.ingot(arguments)
    #expect(refused.exitCode == 2)
    #expect(
      refused.error == """
        ingot: text 1: mismatched: found 11 tokens with the pattern, expected at most 9. Shorten the text, or have it cut with \
        --truncate.

        """)
    #expect(try workplace.ingot(arguments + ["--truncate"]).output.hasSuffix("  cut by 2 tokens\n"))
  }
}
