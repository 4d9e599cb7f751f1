import Foundation
import TestSupport
import Testing

/// The rest of the command line: help, version, `bench`, `lint`.
@Suite struct CommandLineTests {
  @Test func helpDocumentsTheExitCodes() throws {
    let run = try Workplace(withModel: false).ingot("--help")
    #expect(run.exitCode == 0)
    #expect(
      run.output.contains(
        """
        Exit codes:
          0   done
          1   a verification found a difference
          2   a file or a value does not serve; the message says why
          64  the command line is not understood

        """))
  }

  @Test(arguments: [
    ("plan", "ingot plan chinese_L-12_H-768_A-12/"),
    ("convert", "ingot convert chinese_L-12_H-768_A-12/ -o bert.ingot"),
    ("inspect", "ingot inspect bert.ingot --stats"),
    ("verify", "ingot verify bert.ingot --against reference.npz"),
    ("fill-mask", "ingot fill-mask poems.ingot \"床前明[MASK]光\""),
    ("bench", "ingot bench bert.ingot --batch 1 --length 128 --threads 2"),
    ("positions", "ingot positions alibi --heads 12 --length 128 -o alibi.png"),
    ("lint", "ingot lint Formats/Architectures/bert.names"),
    ("architectures", "ingot architectures"),
  ])
  func everyCommandsHelpHasAnExampleOnALineOfItsOwn(_ command: String, _ example: String) throws {
    let run = try Workplace(withModel: false).ingot(command, "--help")
    #expect(run.exitCode == 0)
    #expect(run.lines.contains("  \(example)"))
  }

  #if os(Linux)
    /// To load the whole of Foundation takes longer, and more memory, than to list a checkpoint.
    @Test(arguments: ["ingot", "ingot-hdf5"]) func theProgramsNeedTheEssentialsOfFoundationOnly(_ name: String) throws {
      let program = try Data(contentsOf: Workplace.programs.appending(path: name))
      #expect(program.range(of: Data("libFoundationEssentials.so\0".utf8)) != nil)
      #expect(program.range(of: Data("libFoundation.so\0".utf8)) == nil)
    }
  #endif

  @Test func theVersionIsPrinted() throws {
    let run = try Workplace(withModel: false).ingot("--version")
    #expect(run.exitCode == 0)
    #expect(run.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test(arguments: [
    ["frobnicate"], ["plan"], ["plan", "Poems", "--frobnicate"], ["plan", "Poems", "--set", "heads"],
    ["convert", "Poems"], ["convert", "Poems", "-o", "a.ingot", "--dtype", "float8"],
    ["convert", "Poems", "-o", "a.ingot", "--extra", "maybe"], ["bench", "poems.ingot", "--batch", "0"],
    ["verify", "poems.ingot", "--threads", "0"], ["fill-mask", "poems.ingot", "[MASK]", "--top", "0"],
  ])
  func aCommandLineThatIsNotUnderstoodExitsWith64(_ arguments: [String]) throws {
    let workplace = try Workplace(withModel: false)
    let run = try workplace.run(Workplace.programs.appending(path: "ingot").path, arguments)
    #expect(run.exitCode == 64)
    #expect(run.output.isEmpty)
    #expect(run.error.hasPrefix("Error: "))
    #expect(try workplace.madeFiles().isEmpty)
  }

  @Test func architecturesAreListedWithWhatStandsBehindTheirNamings() throws {
    let workplace = try Workplace(withModel: false)
    let run = try workplace.ingot("architectures")
    #expect(run.exitCode == 0)
    #expect(
      run.output.contains(
        """
        gau: Encoder of gated attention units with rotary positions (Hua et al. 2022, Su et al. 2022)

          bert4keras: files of bert4keras
            saved     2 by bert4keras 0.11.5, TensorFlow 2.15.1
            computed  as bert4keras 0.11.5, TensorFlow 2.15.1
                        float32 and float64: all 14 points of 2 models
            exported  keras, 1 loaded by bert4keras 0.11.5, Keras 2.15.0, TensorFlow 2.15.1

        """))
    #expect(!run.output.contains(" itself\n"), "every naming is tried on a file that its own program saved")
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func oneArchitectureIsListedWithEveryFile() throws {
    let workplace = try Workplace(withModel: false)
    let run = try workplace.ingot("architectures", "gau")
    #expect(run.exitCode == 0)
    #expect(
      run.output == """
        gau: Encoder of gated attention units with rotary positions (Hua et al. 2022, Su et al. 2022)

          bert4keras: files of bert4keras
            saved     by bert4keras 0.11.5, TensorFlow 2.15.1
                        Architectures/gau: float32 7/7, float64 7/7
                        Saved/gau.h5: float32 7/7, float64 7/7
            exported  gau-keras, keras
                        loaded by bert4keras 0.11.5, Keras 2.15.0, TensorFlow 2.15.1

          bert4keras-biased: files of bert4keras
            saved     by bert4keras 0.11.5, TensorFlow 2.15.1
                        Architectures/gau-squared-relu: float32 7/7, float64 7/7
                        Saved/gau-squared-relu.h5: float32 7/7, float64 7/7
            exported  gau-squared-relu-keras, keras
                        loaded by bert4keras 0.11.5, Keras 2.15.0, TensorFlow 2.15.1

        """)
    let json = try workplace.ingot("architectures", "gau", "--json").json()
    let naming = json.elements?.first?["namings"]?.elements?.first
    #expect(naming?["name"] == "bert4keras" && naming?["hasOwnFile"] == true)
    #expect(naming?["files"]?.elements?.first?["checks"]?.elements?.first?["recorded"] == 7)

    let other = try workplace.ingot("architectures", "elman")
    #expect(other.exitCode == 64)
    #expect(other.error.hasPrefix("Error: There is no architecture elman. Known are albert, bert, "))
  }

  @Test func benchPrintsMedianMinimumAndRate() throws {
    let workplace = try Workplace()
    let run = try workplace.ingot(
      "bench", "poems.ingot", "--batch", "2", "--length", "8", "--runs", "2", "--threads", "1")
    #expect(run.exitCode == 0)
    let form = /batch 2, length 8, 2 runs: median \d+\.\d\d ms, minimum \d+\.\d\d ms, \d+\.\d GFLOP\/s\n/
    #expect(run.output.wholeMatch(of: form) != nil)
    // Without a length, as many tokens as this small model takes.
    let json = try workplace.ingot("bench", "poems.ingot", "--runs", "1", "--json").json()
    #expect(json["length"] == 40)
    for number in ["medianSeconds", "minimumSeconds", "gigaflopsPerSecond"] { #expect(json[number]?.double ?? 0 > 0) }
  }

  @Test func inspectListsAndDrawsWhatAModelComputes() throws {
    let workplace = try Workplace()
    let listed = try workplace.ingot("inspect", "poems.ingot", "--graph")
    #expect(listed.exitCode == 0 && listed.output.contains("\nblock.0 to block."))
    #expect(listed.output.contains("  embed, token + segment + position  [tokens, width = "))
    let json = try workplace.ingot("inspect", "poems.ingot", "--graph", "--json").json()
    #expect(json.elements?.first?["steps"]?.elements?.first?["operation"] == "embed, token + segment + position")
    let drawn = try workplace.ingot("inspect", "poems.ingot", "--graph", "-o", "graph.svg")
    #expect(drawn.output == "Wrote graph.svg: bert: what is computed.\n")
    #expect(try workplace.ingot("inspect", "poems.ingot", "--graph", "-o", "graph.svg").exitCode == 2)
    #expect(try workplace.ingot("inspect", "poems.ingot", "-o", "graph.svg").exitCode == 64)
    #expect(try workplace.ingot("inspect", "poems.ingot", "--graph", "--stats").exitCode == 64)
  }

  @Test("bench times every kind of model, with the rate of its products")
  func benchOfEveryKind() throws {
    let workplace = try Workplace(withModel: false)
    for architecture in ["t5-gated", "t5-decoder", "bert-conditional", "gau", "nezha", "deberta", "xlnet"] {
      let folder = Fixtures.folder("Architectures/\(architecture)").path
      #expect(try workplace.ingot("convert", folder, "-o", "\(architecture).ingot").exitCode == 0)
      let run = try workplace.ingot("bench", "\(architecture).ingot", "--length", "8", "--runs", "1")
      let form = /batch 1, length 8, 1 run: median \d+\.\d\d ms, minimum \d+\.\d\d ms, \d+\.\d GFLOP\/s\n/
      #expect(run.output.wholeMatch(of: form) != nil, "\(architecture): \(run.output)\(run.error)")
    }
  }

  @Test func lintReportsEveryDefectOfATableAtOnce() throws {
    let workplace = try Workplace(withModel: false)
    let table = Fixtures.repository.appending(path: "Formats/Architectures/bert.names")
    let text = try String(contentsOf: table, encoding: .utf8)
    _ = try workplace.directory.write(Array(text.utf8), to: "bert.names")
    let sound = try workplace.ingot("lint", "bert.names")
    #expect(sound.exitCode == 0)
    #expect(
      sound.output
        == "bert.names: architecture bert, 45 rows, namings bert4keras, bert4keras-hidden-condition, google, electra-generator, "
        + "huggingface, huggingface-electra, huggingface-ernie, huggingface-ernie-tasks, huggingface-distilbert, "
        + "huggingface-tf, keras-bert, bert4keras-0-5-6, bert4keras-0-5-8\n"
    )

    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let setting = try #require(lines.firstIndex { $0.hasPrefix("  epsilon            positive") })
    let row = try #require(lines.firstIndex { $0.hasSuffix("  transpose") })
    var broken = lines
    broken[setting] = "  epsilon            positve"
    broken[row] = broken[row].replacingOccurrences(of: "transpose", with: "transpoze")
    _ = try workplace.directory.write(Array(broken.joined(separator: "\n").utf8), to: "broken.names")
    let run = try workplace.ingot("lint", "broken.names")
    #expect(run.exitCode == 2)
    #expect(run.output.isEmpty)
    #expect(run.error.contains("ingot: broken.names:\(setting + 1): damaged: found \"epsilon positve\", expected "))
    #expect(
      run.error.contains(
        "ingot: broken.names:\(row + 1): damaged: found the transform \"transpoze\", expected transpose or reshape(A,B).\n"
      ))
  }
}
