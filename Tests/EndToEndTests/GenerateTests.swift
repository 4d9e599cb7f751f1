import TestSupport
import Testing

/// `ingot generate` on a small SimBERT that writes the second lines of couplets.
@Suite struct GenerateTests {
  private let workplace: Workplace

  init() throws {
    workplace = try Workplace(withModel: false)
    try workplace.ingot("convert", Fixtures.folder("Poet").path, "-o", "poet.ingot")
  }

  @Test("a text is gone on with, along beams or by draws, the same for the same seed")
  func texts() throws {
    let run = try workplace.ingot("generate", "poet.ingot", "床前明月光", "--beam", "3")
    #expect(run.exitCode == 0, "\(run.error)")
    #expect(run.output == "疑是地上霜\n")
    let json = try workplace.ingot("generate", "poet.ingot", "床前明月光", "--json").json()
    #expect(json["outputs"]?.elements?.first?["text"] == "疑是地上霜")
    #expect(json["outputs"]?.elements?.first?["ids"]?.elements?.count == 6)
    #expect(json["outputs"]?.elements?.first?["score"]?.double.map { $0 < 0 && $0 > -5 } == true)

    let arguments = ["generate", "poet.ingot", "床前明月光", "--sample", "4", "--top-p", "0.95", "--temperature", "2"]
    let drawn = try workplace.ingot(arguments + ["--seed", "7"])
    #expect(drawn.lines.count == 5)
    #expect(try workplace.ingot(arguments + ["--seed", "7"]).output == drawn.output)
    #expect(try workplace.ingot(arguments + ["--seed", "8"]).output != drawn.output)
  }

  @Test("similar texts are ranked by their vectors")
  func similar() throws {
    let run = try workplace.ingot(
      "generate", "poet.ingot", "床前明月光", "--similar", "3", "--temperature", "3", "--max", "12", "--json")
    let outputs = try run.json()["outputs"]?.elements ?? []
    let cosines = outputs.compactMap { $0["cosine"]?.double }
    #expect(outputs.count == 3 && cosines == cosines.sorted(by: >))
    #expect(!outputs.contains { $0["text"] == "床前明月光" })
  }

  @Test("options that do not go together are refused")
  func options() throws {
    for options in [["--beam", "2", "--sample", "1"], ["--top-k", "5"], ["--similar", "0"]] {
      #expect(try workplace.ingot(["generate", "poet.ingot", "床"] + options).exitCode == 64)
    }
    let run = try workplace.ingot("generate", "poet.ingot", "床", "--sample", "0")
    #expect(run.exitCode == 2)
    #expect(run.error == "ingot: generation: mismatched in the number of texts: found 0, expected at least 1.\n")
  }
}
