import Foundation
import Testing

/// `ingot fill-mask` on the sample.
@Suite struct FillMaskTests {
  @Test func theMoonShinesBeforeTheBed() throws {
    let run = try Workplace().ingot("fill-mask", "poems.ingot", "床前明[MASK]光")
    #expect(run.exitCode == 0)
    #expect(run.error.isEmpty)
    #expect(run.lines.count == 6)
    #expect(run.lines[0].hasPrefix("  月  "))
    #expect(run.lines.dropLast().allSatisfy { $0.hasSuffix(" %") })
  }

  @Test func severalMasksAreAnsweredInOrder() throws {
    let run = try Workplace().ingot("fill-mask", "poems.ingot", "[MASK]前明月光，疑是地[MASK]霜", "--top", "1")
    #expect(run.exitCode == 0)
    #expect(run.lines.count == 5)
    #expect(run.lines[0] == "[MASK] 1")
    #expect(run.lines[1].hasPrefix("  床  "))
    #expect(run.lines[2] == "[MASK] 2")
    #expect(run.lines[3].hasPrefix("  上  "))
  }

  @Test func theAnswerAsJSONHoldsPositionsAndProbabilities() throws {
    let json = try Workplace().ingot("fill-mask", "poems.ingot", "床前明[MASK]光", "--top", "2", "--json").json()
    #expect(json.elements?.count == 1)
    let answer = try #require(json.elements?.first)
    #expect(answer["position"] == 4)
    #expect(answer["candidates"]?.elements?.count == 2)
    #expect(answer["candidates"]?.elements?.first?["token"] == "月")
    let probability = try #require(answer["candidates"]?.elements?.first?["probability"]?.double)
    #expect(probability > 0.5 && probability <= 1)
  }

  @Test func aTextWithoutAMaskIsSentBack() throws {
    let run = try Workplace().ingot("fill-mask", "poems.ingot", "床前明月光")
    #expect(run.exitCode == 2)
    #expect(
      run.error == """
        ingot: text: mismatched: found no [MASK] in "床前明月光", expected at least one. Write [MASK] where a token is \
        to be found.

        """)
  }

  @Test func aTextBeyondThePositionsIsSentBack() throws {
    let run = try Workplace().ingot("fill-mask", "poems.ingot", "[MASK]" + String(repeating: "月", count: 40))
    #expect(run.exitCode == 2)
    #expect(
      run.error == """
        ingot: input: mismatched in token ids: found 43 tokens in a row, expected at most 40, the positions of the \
        model. Shorten the text.

        """)
  }

  @Test func aModelWithoutAnAnswerSaysWhatItLacks() throws {
    let workplace = try Workplace(withModel: false)
    try workplace.ingot("convert", "bert4keras/classifier", "-o", "model.ingot", "--extra", "drop")
    let withoutVocabulary = try workplace.ingot("fill-mask", "model.ingot", "[MASK]")
    #expect(withoutVocabulary.exitCode == 2)
    #expect(
      withoutVocabulary.error == """
        ingot: model.ingot: mismatched: found no vocabulary in the model file, expected vocab.txt or another. \
        Convert again with --vocabulary.

        """)
    try Data("[UNK]\n[CLS]\n[SEP]\n[MASK]\n".utf8).write(to: URL(filePath: workplace.directory.path("short.txt")))
    try workplace.ingot(
      "convert", "bert4keras/classifier", "-o", "model.ingot", "--force", "--extra", "drop", "--vocabulary", "short.txt"
    )
    let withoutHead = try workplace.ingot("fill-mask", "model.ingot", "[MASK]")
    #expect(withoutHead.exitCode == 2)
    #expect(
      withoutHead.error == """
        ingot: model.ingot: mismatched: found no masked-language-model head, expected the tensors mlm.*. The checkpoint \
        was saved without with_mlm; take one that was saved with it.

        """)
  }
}
