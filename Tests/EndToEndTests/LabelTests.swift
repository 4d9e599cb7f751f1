import Foundation
import TestSupport
import Testing

/// `ingot label`, from models that bert4keras saved to answers.
@Suite struct LabelCommandTests {
  private let workplace: Workplace

  init() throws {
    workplace = try Workplace()
    for model in ["crf", "pooler", "first"] {
      let folder = Fixtures.folder("Heads").appending(path: model).path
      let run = try workplace.ingot(
        "convert", "\(folder)/model.h5", "--labels", "\(folder)/labels.txt", "--reference", "\(folder)/reference.npz",
        "-o", "\(model).ingot")
      #expect(run.exitCode == 0, "\(run.error)")
      #expect(run.output.contains("answers        4 answers are the recorded ones\n"))
    }
  }

  @Test("spans have their places in the text, and the file proves its answers by itself")
  func spans() throws {
    let run = try workplace.ingot("label", "crf.ingot", "--json", "床前明月光")
    #expect(run.exitCode == 0, "\(run.error)")
    let spans = try #require(run.json()["spans"]?.elements)
    #expect(!spans.isEmpty)
    for span in spans {
      let (start, end) = (try #require(span["start"]?.integer), try #require(span["end"]?.integer))
      #expect(span["words"]?.string == String(Array("床前明月光")[start..<end]))
    }
    let verified = try workplace.ingot("verify", "crf.ingot")
    #expect(verified.output.contains("probe's answers  4 answers are the recorded ones\n"))
  }

  @Test("labels of texts are counted, and a label that is none is refused")
  func data() throws {
    _ = try workplace.directory.write(Array("床前明月光\t疑是地上霜\t0\n举头望明月\t低头思故乡\t1\n".utf8), to: "pairs.tsv")
    let run = try workplace.ingot("label", "pooler.ingot", "--data", "pairs.tsv")
    #expect(run.exitCode == 0, "\(run.error)")
    #expect(
      run.output == """
               texts  right  precision    recall       F1
          0        1      1    50.00 %  100.00 %  66.67 %
          1        1      0     0.00 %    0.00 %   0.00 %
          all      2      1    50.00 %   50.00 %  50.00 %
        accuracy: 50.00 % of 2 texts

        """)
    let windows = "床前明月光\t疑是地上霜\t0\r\n举头望明月\t低头思故乡\t1\r\n"
    _ = try workplace.directory.write(Array(windows.utf8), to: "windows.tsv")
    #expect(try workplace.ingot("label", "pooler.ingot", "--data", "windows.tsv").output == run.output)
    _ = try workplace.directory.write(Array("床前明月光\t疑是地上霜\t2\n".utf8), to: "wrong.tsv")
    let wrong = try workplace.ingot("label", "pooler.ingot", "--data", "wrong.tsv")
    #expect(wrong.exitCode == 2)
    #expect(
      wrong.error == "ingot: wrong.tsv: mismatched in line 1: found the label \"2\", expected one of 0, 1.\n")
  }

  @Test("answers go into a file as they are printed, and a file is not replaced unasked")
  func files() throws {
    _ = try workplace.directory.write(Array("床前明月光\n疑是地上霜\n".utf8), to: "texts.txt")
    let run = try workplace.ingot("label", "first.ingot", "--texts", "texts.txt", "-o", "answers.jsonl")
    #expect(run.output == "Wrote answers.jsonl: 2 answers.\n", "\(run.error)")
    let printed = try workplace.ingot("label", "first.ingot", "--texts", "texts.txt", "--json")
    #expect(
      try String(contentsOfFile: workplace.directory.path("answers.jsonl"), encoding: .utf8) == printed.output)
    let again = try workplace.ingot("label", "first.ingot", "--texts", "texts.txt", "-o", "answers.jsonl")
    #expect(again.exitCode == 2)
  }

  @Test("a model without a head is refused, and what it takes is said")
  func refusals() throws {
    let run = try workplace.ingot("label", "poems.ingot", "床前明月光")
    #expect(run.exitCode == 2)
    #expect(
      run.error.hasPrefix(
        "ingot: poems.ingot: mismatched: found nothing that says what stands on top of the model, expected a head that tells labels."
      ))
    let empty = try workplace.ingot("label", "first.ingot", "")
    #expect(empty.error == "ingot: text 1: mismatched: found an empty text, expected a text.\n")
    let several = try workplace.ingot("label", "first.ingot", "a\tb\tc")
    #expect(
      several.error == "ingot: text 1: mismatched: found 3 texts, expected a text, or two separated by a tab.\n")
  }

  @Test("NaN in a head is no answer, and the weight that holds it is named")
  func numbers() throws {
    try workplace.write("sick.h5", like: "Heads/first/model.h5", beginning: "Dense-1[1]", with: [0, 0, 0xC0, 0x7F])
    let made = try workplace.ingot(
      "convert", "sick.h5", "--config", "Heads/first/bert_config.json", "--vocabulary", "Heads/first/vocab.txt", "-o",
      "sick.ingot")
    #expect(made.exitCode == 0, "\(made.error)")
    let run = try workplace.ingot("label", "sick.ingot", "床前明月光")
    #expect(run.exitCode == 2 && run.output.isEmpty)
    #expect(
      run.error == """
        ingot: sick.ingot: damaged in head.logits: found NaN at [0,0], expected numbers, at every point of the forward \
        pass. These weights are no numbers: extra.Dense-1[1] (1 NaN). Take a checkpoint that was saved before its training broke down.

        """)
    let verified = try workplace.ingot("verify", "sick.ingot")
    #expect(verified.exitCode == 1)
  }
}
