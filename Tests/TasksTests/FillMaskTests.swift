import Bytes
import Conversion
import Foundation
import Inference
import JSON
import ModelFiles
import Tasks
import TestSupport
import Testing
import Tokenization

/// Filling masks with the sample, a BERT that bert4keras trained on classical poems.
@Suite struct FillMaskTests {
  let directory: TemporaryDirectory
  let model: Model
  let tokenizer: Tokenizer

  init() throws {
    directory = try TemporaryDirectory()
    let path = directory.path("poems.ingot")
    _ = try Conversion(planning: Release(at: Fixtures.folder("Poems").path)).write(to: path)
    let file = try ModelFile(mapping: path)
    model = try Model(file)
    tokenizer = Tokenizer(
      vocabulary: try Vocabulary(reading: #require(file.attachment("vocab.txt"))), lowercases: false)
  }

  private func task() throws -> FillMask {
    try FillMask(model: model, tokenizer: tokenizer, file: "poems.ingot")
  }

  @Test(arguments: [
    ("床前明[MASK]光", "月"), ("疑是地[MASK]霜", "上"), ("举头望[MASK]月", "明"), ("春眠不觉[MASK]", "晓"), ("白日依山[MASK]", "尽"),
  ])
  func linesThatTheModelLearntAreCompleted(_ line: String, _ character: String) throws {
    let answers = try task().answers(to: line, count: 3)
    #expect(answers.count == 1)
    #expect(answers[0].candidates.first?.token == character)
  }

  @Test func candidatesAreTokensOfDescendingProbability() throws {
    let answer = try #require(task().answers(to: "床前明[MASK]光", count: 1_624).first)
    #expect(answer.position == 4)
    #expect(answer.candidates.count == 1_624)
    let probabilities = answer.candidates.map(\.probability)
    #expect(probabilities == probabilities.sorted(by: >))
    // The softmax of 1624 scores sums to one but for the rounding of as many float32 terms.
    #expect(abs(probabilities.reduce(0, +) - 1) < 1_624 * 0x1p-24)
    #expect(Set(answer.candidates.map(\.token)).count == 1_624)
  }

  @Test func eachMaskHasItsOwnAnswer() throws {
    let answers = try task().answers(to: "[MASK]前明月光，疑是地[MASK]霜", count: 1)
    #expect(answers.map(\.position) == [1, 10])
    #expect(answers.map { $0.candidates.map(\.token) } == [["床"], ["上"]])
  }

  @Test func theNumberOfThreadsDoesNotChangeTheAnswer() throws {
    let task = try task()
    #expect(
      try task.answers(to: "床前明[MASK]光", count: 5, threads: 1) == task.answers(to: "床前明[MASK]光", count: 5, threads: 2))
  }

  @Test("a RoBERTa fills its own mask as transformers does")
  func ofRoBERTa() throws {
    let folder = Fixtures.folder("Architectures/roberta-texts")
    let path = directory.path("roberta.ingot")
    _ = try Conversion(planning: Release(at: folder.path)).write(to: path)
    let session = try Session(opening: path)
    let task = try FillMask(model: session.model, tokenizer: session.tokenizer, file: path)
    let recorded = try JSON(parsing: ByteView(mapping: folder.appending(path: "answers.json").path))
    for text in try #require(recorded.elements) {
      let words = try #require(text["text"]?.string)
      #expect(try session.tokenizer.encode(template: words).ids == text["ids"]?.elements?.compactMap(\.integer))
      let answers = try task.answers(to: words, count: 5)
      #expect(answers.map(\.position) == text["masks"]?.elements?.compactMap(\.integer), "\(words)")
      for (answer, said) in zip(answers, try #require(text["answers"]?.elements)) {
        let tokens = said["ids"]?.elements?.compactMap(\.integer).compactMap(session.tokenizer.token(withID:))
        #expect(answer.candidates.map(\.token) == tokens, "\(words)")
        for (candidate, probability) in zip(answer.candidates, try #require(said["probabilities"]?.elements)) {
          // float32 against float64, over sums of some dozens of terms.
          #expect(abs(candidate.probability - (probability.double ?? 0)) < 1e-7)
        }
      }
    }
    #expect(
      throws: Problem(
        .mismatched, file: "text", found: "no <mask> in \"moon\"", expected: "at least one",
        advice: "Write <mask> where a token is to be found")
    ) { try task.answers(to: "moon", count: 1) }
  }

  @Test func aTextWithoutAMaskIsRefused() throws {
    let task = try task()
    #expect(
      throws: Problem(
        .mismatched, file: "text", found: "no [MASK] in \"床前明月光\"", expected: "at least one",
        advice: "Write [MASK] where a token is to be found")
    ) { try task.answers(to: "床前明月光", count: 1) }
  }

  @Test func aTextThatIsTooLongIsRefused() throws {
    let task = try task()
    #expect(
      throws: Problem(
        .mismatched, file: "input", object: "token ids", found: "43 tokens in a row",
        expected: "at most 40, the positions of the model", advice: "Shorten the text")
    ) { try task.answers(to: "[MASK]" + String(repeating: "月", count: 40), count: 1) }
  }

  @Test func aModelWithoutTheHeadIsRefused() throws {
    let path = directory.path("classifier.ingot")
    let release = try Release(at: Fixtures.folder("bert4keras/classifier").path)
    _ = try Conversion(planning: release, options: Conversion.Options(extras: .drop)).write(to: path)
    let classifier = try Model(ModelFile(mapping: path))
    #expect(
      throws: Problem(
        .mismatched, file: "classifier.ingot", found: "no masked-language-model head", expected: "the tensors mlm.*",
        advice: "The checkpoint was saved without with_mlm; take one that was saved with it")
    ) { try FillMask(model: classifier, tokenizer: tokenizer, file: "classifier.ingot") }
  }
}
