import Foundation
import JSON
import ModelFiles
import TestSupport
import Testing

/// References with texts, recorded by `record_transformers.py` and `record_bert4keras.py` with their own tokenizers.
@Suite("The proof begins at the text") struct TextProofTests {
  private let uncased = Fixtures.folder("Tokenizer/uncased").path
  private let recorded = Fixtures.folder("Reference/Texts").path

  @Test("a conversion compares the recorded texts, seals some, and verify does so again")
  func sealed() throws {
    let workplace = try Workplace(withModel: false)
    for (source, reference) in [(uncased, "uncased.hf4.npz"), ("Poems", "poems.tf2.npz")] {
      let convert = try workplace.ingot(
        "convert", source, "-o", "a.ingot", "--force", "--reference", "\(recorded)/\(reference)")
      #expect(convert.exitCode == 0, "\(convert.output)\(convert.error)")
      #expect(convert.output.contains(" give the recorded ids\n"))
      let verify = try workplace.ingot("verify", "a.ingot")
      #expect(verify.exitCode == 0)
      #expect(verify.output.contains("probe's texts  "), "\(verify.output)")
      let against = try workplace.ingot("verify", "a.ingot", "--against", "\(recorded)/\(reference)", "--json").json()
      #expect(against["reference's texts"]?["differing"] == 0)
      #expect(try #require(against["reference's texts"]?["compared"]?.integer) >= 3)
    }
  }

  @Test("a conversion with the other case is not written, and the case is named")
  func otherCase() throws {
    let workplace = try Workplace(withModel: false)
    let run = try workplace.ingot(
      "convert", uncased, "-o", "a.ingot", "--tokenizer", "case=kept", "--reference", "\(recorded)/uncased.hf4.npz")
    #expect(run.exitCode == 1)
    #expect(
      run.output.hasSuffix(
        """
        texts          DIFFERENT IDS: 2 of 3 texts, first "Apple is near the Amazon"
                       (batch 0, row 0), at token 1: 6 apple recorded, 1 [UNK] by Ingot
                       with case=lower all texts give the recorded ids: convert again with --tokenizer case=lower
        Nothing was written to a.ingot.

        """), "\(run.output)")
    #expect(!FileManager.default.fileExists(atPath: workplace.directory.path("a.ingot")))
  }

  @Test("verify alone fails on a model file whose tokenizer is another, by its settings or by its vocabulary")
  func wrongTokenizer() throws {
    let workplace = try Workplace(withModel: false)
    try workplace.ingot("convert", uncased, "-o", "a.ingot", "--reference", "\(recorded)/uncased.hf4.npz")
    let file = try ModelFile(mapping: workplace.directory.path("a.ingot"))
    let text = try #require(file.text?.members)
    try file.copy(to: workplace.directory.path("case.ingot")) { contents in
      contents.text = .object(text.map { $0.name == "case" ? JSON.Member("case", "kept") : $0 })
    }
    let cased = try workplace.ingot("verify", "case.ingot")
    #expect(cased.exitCode == 1)
    #expect(cased.output.contains("with case=lower all texts give the recorded ids"))
    #expect(cased.output.hasSuffix("FAILED: probe's texts.\n"), "\(cased.output)")

    let vocabulary = try #require(file.attachment("vocab.txt")).array()
    let lines = String(decoding: vocabulary, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let moved = (Array(lines[..<5]) + lines[5...].reversed()).filter { !$0.isEmpty }.joined(separator: "\n")
    try file.copy(to: workplace.directory.path("vocabulary.ingot")) { contents in
      contents.attachments = contents.attachments.map {
        $0.name == "vocab.txt" ? Attachment($0.name, bytes: .init(Array(moved.utf8))) : $0
      }
    }
    let other = try workplace.ingot("verify", "vocabulary.ingot")
    #expect(other.exitCode == 1)
    #expect(other.output.contains("DIFFERENT IDS: "))
  }
}
