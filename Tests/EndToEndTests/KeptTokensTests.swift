import Foundation
import JSON
import TestSupport
import Testing

/// `--keep-tokens` against what bert4keras computes with the same `keep_tokens`.
@Suite struct KeptTokensTests {
  private static let bert = [
    "bert4keras/npz-google", "--vocabulary", "KeptTokens/bert/vocab.txt", "--extra", "drop",
  ]
  private static let t5 = [
    "KeptTokens/t5/weights.h5", "--config", "KeptTokens/t5/config.json", "--vocabulary", "KeptTokens/t5/spiece.model",
  ]

  @Test(
    "A BERT that keeps tokens gives the ids and the points of bert4keras' own, and is derived again from the whole checkpoint",
    arguments: [("kept", "KeptTokens/bert/kept.json", 18), ("simplified", "simplified", 33)])
  func bert(_ name: String, _ kept: String, _ count: Int) throws {
    let workplace = try Workplace(withModel: false)
    let run = try workplace.ingot(
      ["convert"] + Self.bert + [
        "--keep-tokens", kept, "-o", "model.ingot", "--reference", "KeptTokens/bert/reference.\(name).npz",
      ])
    #expect(run.exitCode == 0)
    #expect(run.output.contains("sizes          vocabulary \(count), positions 16"))
    #expect(run.output.contains("\ntexts          4 texts give the recorded ids\nreference      28 points agree; "))
    let file = kept == "simplified" ? "KeptTokens/bert/vocab.txt" : kept
    #expect(run.lines.contains("Note: \(count) of 40 rows of the token embedding are kept (\(file))."))
    #expect(
      run.lines.contains("Note: KeptTokens/bert/vocab.txt is cut to the tokens that are kept: \(count) of 40."))
    let verified = try workplace.ingot("verify", "model.ingot", "--source", "bert4keras/npz-google")
    #expect(verified.exitCode == 0)
    #expect(verified.output.contains("46 tensors derived again"))
  }

  @Test("The list of a simplified vocabulary is the one that load_vocab makes") func simplified() throws {
    let workplace = try Workplace(withModel: false)
    for (name, kept) in [("word", "simplified"), ("file", "KeptTokens/bert/simplified.json")] {
      let run = try workplace.ingot(["convert"] + Self.bert + ["--keep-tokens", kept, "-o", "\(name).ingot"])
      #expect(run.exitCode == 0)
    }
    #expect(try workplace.bytes("word.ingot") == workplace.bytes("file.ingot"))
  }

  @Test("An export has the vocabulary that is kept, and comes back the same") func export() throws {
    let workplace = try Workplace(withModel: false)
    let kept = ["--keep-tokens", "KeptTokens/bert/kept.json", "-o", "model.ingot"]
    #expect(try workplace.ingot(["convert"] + Self.bert + kept).exitCode == 0)
    for kind in ["huggingface", "keras", "tensorflow"] {
      #expect(try workplace.ingot("export", "model.ingot", "--to", kind, "-o", kind).exitCode == 0)
      #expect(try workplace.bytes("\(kind)/vocab.txt") == workplace.bytes("KeptTokens/bert/vocab.kept.txt"))
      #expect(try workplace.ingot("convert", kind, "-o", "\(kind).ingot").exitCode == 0)
      let compared = try workplace.ingot("compare", "model.ingot", "\(kind).ingot")
      #expect(compared.output.contains("46 tensors equal, 0 equal after the declared transform"))
    }
  }

  @Test(
    "Rounded weights of the tokens that are kept are derived again to the last bit", arguments: ["bfloat16", "float16"])
  func rounded(_ type: String) throws {
    let workplace = try Workplace(withModel: false)
    let kept = ["--keep-tokens", "KeptTokens/bert/kept.json", "-o", "model.ingot", "--dtype", type]
    #expect(try workplace.ingot(["convert"] + Self.bert + kept).exitCode == 0)
    #expect(try workplace.ingot("verify", "model.ingot", "--source", "bert4keras/npz-google").exitCode == 0)
  }

  @Test("A T5 that keeps pieces gives the points and ids of bert4keras' own") func t5() throws {
    let workplace = try Workplace(withModel: false)
    let run = try workplace.ingot(
      ["convert"] + Self.t5 + [
        "--keep-tokens", "KeptTokens/t5/kept.json", "-o", "model.ingot", "--reference",
        "KeptTokens/t5/reference.kept.npz",
      ])
    #expect(run.exitCode == 0)
    #expect(run.output.contains("Note: 28 of 41 rows of the token embedding are kept (KeptTokens/t5/kept.json).\n"))
    #expect(run.output.contains("KeptTokens/t5/spiece.model is cut to the pieces that are kept: 27 of 39.\n"))
    let verified = try workplace.ingot("verify", "model.ingot", "--source", "KeptTokens/t5/weights.h5")
    #expect(verified.exitCode == 0)
    let recorded = try JSON(parsing: String(decoding: workplace.bytes("KeptTokens/t5/ids.json"), as: UTF8.self))
    for pair in try #require(recorded.elements) {
      let text = try #require(pair.elements?.first?.string)
      #expect(try workplace.ingot("tokenize", "model.ingot", text, "--json").json()["ids"] == pair.elements?.last)
    }
  }

  @Test("A model whose tokenizer was cut before takes it as it is") func cutBefore() throws {
    let workplace = try Workplace(withModel: false)
    var source = Self.t5
    for (name, model) in [("whole", "spiece.model"), ("cut", "kept/spiece.model")] {
      source[4] = "KeptTokens/t5/\(model)"
      let run = try workplace.ingot(
        ["convert"] + source + ["--keep-tokens", "KeptTokens/t5/kept.json", "-o", "\(name).ingot"])
      #expect(run.exitCode == 0)
      #expect(run.output.contains("it has been cut to them before") == (name == "cut"))
    }
    // The library's own message without these pieces is the file that is written.
    #expect(try workplace.bytes("whole.ingot") == workplace.bytes("cut.ingot"))
  }

  @Test(
    "What is no list of tokens to keep is refused by the number that is wrong",
    arguments: [
      ("[]", "damaged: found an empty list, expected a list of ids, as keep_tokens of bert4keras."),
      ("{}", "damaged: found {}, expected a list of ids, as keep_tokens of bert4keras."),
      ("[0,1,2.5]", "damaged in number 2: found 2.5, expected a whole number of at least 0."),
      ("[0,-1]", "damaged in number 1: found -1, expected a whole number of at least 0."),
      ("[0,1,\"2\"]", "damaged in number 2: found \"2\", expected a whole number of at least 0."),
      ("[0,1,2,3,1]", "damaged in number 4: found 1 once more, expected every id once."),
      (
        "[0,1,2,3,40]",
        "mismatched in number 4: found the id 40, expected one below 40, the rows of the token embedding."
      ),
      (
        "[0,1,3,4]",
        "mismatched: found no 2, the id of [CLS] in KeptTokens/bert/vocab.txt, expected every special token among those "
          + "that are kept."
      ),
    ])
  func refusals(_ list: String, _ message: String) throws {
    let workplace = try Workplace(withModel: false)
    _ = try workplace.directory.write(Array(list.utf8), to: "list.json")
    let run = try workplace.ingot(["convert"] + Self.bert + ["--keep-tokens", "list.json", "-o", "model.ingot"])
    #expect(run.exitCode == 2)
    #expect(run.error == "ingot: list.json: \(message)\n")
    #expect(try !workplace.madeFiles().contains("model.ingot"))
  }

  @Test(
    "An id that a setting of the model names keeps its place",
    arguments: [
      ("[1,0,2,3]", "mismatched in number 1: found the id 0, expected 1, which the setting position.padding names."),
      ("[0]", "mismatched in number 1: found a list of 1, expected 1, which the setting position.padding names."),
      ("[0,1,3,2]", nil),
    ])
  func idsOfSettings(_ list: String, _ message: String?) throws {
    let workplace = try Workplace(withModel: false)
    _ = try workplace.directory.write(Array(list.utf8), to: "list.json")
    let source = Fixtures.folder("Architectures/roberta").path
    let run = try workplace.ingot("convert", source, "--keep-tokens", "list.json", "-o", "model.ingot")
    #expect(run.error == (message.map { "ingot: list.json: \($0)\n" } ?? ""))
    #expect(run.exitCode == (message == nil ? 0 : 2))
    guard message == nil else { return }
    #expect(try workplace.ingot("verify", "model.ingot", "--source", source).exitCode == 0)
  }

  @Test("A simplified vocabulary begins with the tokens that the user names") func beginning() throws {
    let workplace = try Workplace(withModel: false)
    let first = "simplified=[PAD],[UNK],[CLS],[SEP],[MASK]"
    let run = try workplace.ingot(["plan"] + Self.bert + ["--keep-tokens", first])
    #expect(run.output.contains("sizes          vocabulary 34, "))
    let missing = try workplace.ingot(["plan"] + Self.bert + ["--keep-tokens", "simplified=[PAD],[BOS]"])
    #expect(missing.exitCode == 2)
    #expect(
      missing.error.hasPrefix(
        "ingot: KeptTokens/bert/vocab.txt: mismatched: found no token [BOS], expected all of [PAD],"))
  }

  @Test(
    "A matrix that was simplified before beside the whole vocabulary is found by both numbers, and taken with the option"
  )
  func simplifiedBefore() throws {
    let workplace = try Workplace(withModel: false)
    let kept = ["--keep-tokens", "simplified", "-o", "model.ingot"]
    #expect(try workplace.ingot(["convert"] + Self.bert + kept).exitCode == 0)
    #expect(try workplace.ingot("export", "model.ingot", "--to", "npz", "-o", "cut").exitCode == 0)
    let weights = try #require(
      FileManager.default.contentsOfDirectory(atPath: workplace.directory.path("cut"))
        .first { $0.hasSuffix(".npz") })
    _ = try workplace.directory.write(try workplace.bytes("cut/\(weights)"), to: "\(weights)")
    let source = [
      weights, "--config", "bert4keras/npz-google/bert_config.json", "--vocabulary", "KeptTokens/bert/vocab.txt",
      "--set", "vocabulary=33",
    ]
    let refused = try workplace.ingot(["convert"] + source + ["-o", "again.ingot"])
    #expect(refused.exitCode == 2)
    #expect(refused.error.contains("found 40 tokens, expected at most 33, the rows of the token embedding"))
    #expect(refused.error.contains("--keep-tokens simplified"))
    let run = try workplace.ingot(["convert"] + source + ["--keep-tokens", "simplified", "-o", "again.ingot"])
    #expect(run.exitCode == 0)
    #expect(
      run.output.contains(
        "Note: The token embedding has 33 rows, as many as are kept: it has been cut to them before.\n"))
  }
}
