import Architectures
import Bytes
import Conversion
import Foundation
import ModelFiles
import TestSupport
import Testing

/// What a folder says twice, what it says in vain, and what of it stays behind.
@Suite struct FolderTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// A folder with copies of fixtures and with texts.
  private func folder(_ fixtures: [String: String], _ texts: [String: String]) throws -> String {
    let folder = directory.url.appending(path: "model")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, fixture) in fixtures {
      try FileManager.default.copyItem(at: Fixtures.root.appending(path: fixture), to: folder.appending(path: name))
    }
    for (name, text) in texts {
      let file = folder.appending(path: name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    return folder.path
  }

  private static let huggingface = [
    "model.safetensors": "HuggingFace/bert-model/model.safetensors",
    "config.json": "HuggingFace/bert-model/config.json",
  ]

  @Test func theConfigurationOfTheNamingCountsAndTheOtherIsComparedWithIt() throws {
    let folder = try folder(
      Self.huggingface, ["bert_config.json": #"{"num_attention_heads":2,"hidden_act":"relu","vocab_size":7}"#])
    let conversion = try Conversion(planning: Release(at: folder))
    #expect(conversion.configurationPath == folder + "/config.json")
    #expect(conversion.settings["heads"] == .integer(4))
    let vocabulary = try #require(conversion.plan.size(named: "vocabulary"))
    #expect(
      conversion.remarks.first == """
        bert_config.json disagrees with config.json, which counts, being that of files of huggingface: it says vocab_size = 7 \
        (vocabulary is \(vocabulary)), num_attention_heads = 2 (heads is 4), hidden_act = "relu" (activation is gelu-erf).
        """)
    _ = try conversion.write(to: directory.path("a.ingot"))
    #expect(try ModelFile(mapping: directory.path("a.ingot")).attachments.map(\.name) == ["config.json"])
    let chosen = try Conversion(
      planning: Release(at: folder, configuration: folder + "/bert_config.json"),
      options: Conversion.Options(settings: ["vocabulary": "\(vocabulary)"]))
    #expect(chosen.settings["heads"] == .integer(2))
  }

  @Test func configurationsThatAgreeAreNoMatter() throws {
    let folder = try folder(Self.huggingface, ["bert_config.json": #"{"num_attention_heads":4,"hidden_act":"gelu"}"#])
    #expect(try Conversion(planning: Release(at: folder)).remarks.filter { $0.contains("bert_config.json") } == [])
  }

  @Test func configurationsThatDisagreeAreRefusedWhereNeitherIsTheNamingsOwn() throws {
    let folder = try folder(
      [
        "model.h5": "Poems/poem_bert.h5", "config.json": "Poems/bert_config.json",
      ], ["poem_config.json": #"{"num_attention_heads":2}"#])
    #expect(
      throws: Problem(
        .mismatched, file: folder,
        found:
          "two configurations that disagree: poem_config.json says num_attention_heads = 2 (heads is 4), by config.json",
        expected: "one", advice: "Choose one with --config")
    ) { try Conversion(planning: Release(at: folder)) }
  }

  @Test(
    "a member that only another naming reads is named where it says something else",
    arguments: [
      ("1e-05", " and files of bert4keras have no word for it: if the model computes so, tell it with --set."),
      ("-1", ", which makes no sense, and files of bert4keras have no word for it."),
      ("0", ", which makes no sense, and files of bert4keras have no word for it."),
      (#""small""#, ", which makes no sense, and files of bert4keras have no word for it."),
    ])
  func unread(value: String, end: String) throws {
    let folder = try folder(
      ["model.h5": "Poems/poem_bert.h5"],
      ["bert_config.json": #"{"num_attention_heads":4,"hidden_act":"gelu","layer_norm_eps":\#(value)}"#])
    let conversion = try Conversion(planning: Release(at: folder))
    #expect(
      conversion.remarks == ["\(folder)/bert_config.json says layer_norm_eps = \(value) (epsilon is 1e-12)\(end)"])
    let told = try Conversion(
      planning: Release(at: folder), options: Conversion.Options(settings: ["epsilon": "1e-05"]))
    #expect(told.remarks == [])
  }

  @Test func aMemberThatSaysTheSameIsNoMatter() throws {
    let folder = try folder(
      ["model.h5": "Poems/poem_bert.h5"],
      ["bert_config.json": #"{"num_attention_heads":4,"hidden_act":"gelu","layer_norm_eps":1e-12}"#])
    #expect(try Conversion(planning: Release(at: folder)).remarks == [])
  }

  @Test(arguments: ["-1", "0"]) func anEpsilonThatMakesNoSenseIsRefused(_ value: String) throws {
    let folder = try folder(
      ["model.safetensors": "HuggingFace/bert-model/model.safetensors"],
      ["config.json": #"{"num_attention_heads":4,"hidden_act":"gelu","layer_norm_eps":\#(value)}"#])
    let problems = #expect(throws: Problems.self) { try Conversion(planning: Release(at: folder)) }
    #expect(
      problems?.description == """
        \(folder)/config.json: mismatched in layer_norm_eps: found \(value), expected a number above 0 for epsilon. Correct the \
        configuration, or give the value with --set epsilon=….
        """)
  }

  @Test func whatBelongsToTheModelTravelsOrIsSaidToStay() throws {
    let folder = try folder(
      Self.huggingface,
      [
        "modules.json": "[]", "1_Pooling/config.json": #"{"pooling_mode_mean_tokens":true}"#,
        "2_Dense/config.json": "{}",
        "sentence_bert_config.json": "{}", "generation_config.json": "{}", "modeling_own.py": "", "README.md": "",
      ])
    let conversion = try Conversion(planning: Release(at: folder))
    #expect(conversion.configurationPath == folder + "/config.json")
    #expect(
      conversion.remarks == [
        "modules.json, sentence_bert_config.json, 1_Pooling/config.json travel with the model and are not used: its file will "
          + "say nothing of vectors.",
        "generation_config.json travels with the model and is not used: Ingot writes no texts by it.",
        "2_Dense/ does not travel: sentence-transformers computes its vectors with what lies there.",
        "modeling_own.py lies beside the weights and does not travel.",
      ])
    _ = try conversion.write(to: directory.path("a.ingot"))
    let model = try ModelFile(mapping: directory.path("a.ingot"))
    #expect(
      model.attachments.map(\.name) == [
        "1_Pooling.config.json", "config.json", "generation_config.json", "modules.json", "sentence_bert_config.json",
      ])
    let export = try Export(planning: model, to: .huggingface)
    #expect(
      export.remarks.contains(
        "1_Pooling/config.json, modules.json, sentence_bert_config.json of sentence-transformers stay in the model file."
      ))
    _ = try export.write(to: directory.path("out"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: directory.path("out")).sorted() == [
        "config.json", "generation_config.json", "ingot.json", "model.safetensors",
      ])
    // They come back all the same.
    let back = try Conversion(planning: Release(at: directory.path("out")))
    _ = try back.write(to: directory.path("back.ingot"))
    let files = try ModelFile(mapping: directory.path("back.ingot")).attachments
    #expect(files.map(\.name) == model.attachments.map(\.name))
    #expect(files.map { $0.bytes.array() } == model.attachments.map { $0.bytes.array() })
  }
}
