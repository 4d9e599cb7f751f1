import Architectures
import Bytes
import Conversion
import Foundation
import TestSupport
import Testing

/// Configurations and vocabularies held against the weights.
@Suite struct PlanningTests {
  let directory: TemporaryDirectory
  let poems = Fixtures.folder("Poems")

  init() throws {
    directory = try TemporaryDirectory()
  }

  private var weights: String { poems.appending(path: "poem_bert.h5").path }
  private var vocabulary: String { poems.appending(path: "vocab.txt").path }

  /// The sample with another configuration or vocabulary.
  private func conversion(
    configuration: String? = nil, vocabulary: String? = nil, settings: [String: String] = [:]
  ) throws -> Conversion {
    let release = try Release(
      at: poems.path, configuration: configuration.map { try directory.write(Array($0.utf8), to: "config.json") },
      vocabulary: vocabulary.map { try directory.write(Array($0.utf8), to: "vocab.txt") })
    return try Conversion(planning: release, options: Conversion.Options(settings: settings))
  }

  /// The problems that `body` throws, as messages.
  private func messages(_ body: () throws -> Void) -> [String] {
    do {
      try body()
      return []
    } catch let problems as Problems {
      return problems.all.map(\.description)
    } catch {
      return ["\(error)"]
    }
  }

  @Test func headsThatDoNotDivideTheWidthAreMismatched() {
    #expect(
      messages { _ = try conversion(configuration: #"{"num_attention_heads":7,"hidden_act":"gelu"}"#) } == [
        "\(weights): mismatched in heads: found 7 (configuration: num_attention_heads = 7), expected a divisor of the "
          + "width, 80. Give the right value with --set heads=…."
      ])
  }

  @Test func aConfigurationOfAnotherModelIsMismatched() {
    let config = directory.path("config.json")
    #expect(
      messages {
        _ = try conversion(configuration: #"{"num_attention_heads":4,"hidden_act":"gelu","hidden_size":768}"#)
      } == [
        "\(config): mismatched in hidden_size: found 768, expected 80, as the shapes in \(weights) show. Give the "
          + "configuration of this checkpoint, or confirm the shapes with --set width=80."
      ])
    #expect(throws: Never.self) {
      try conversion(
        configuration: #"{"num_attention_heads":4,"hidden_act":"gelu","hidden_size":768}"#, settings: ["width": "80"])
    }
  }

  @Test func withoutAConfigurationTheMessageSaysHowToGiveOne() throws {
    let lonely = directory.path("lonely.h5")
    try FileManager.default.copyItem(atPath: weights, toPath: lonely)
    #expect(
      messages { _ = try Conversion(planning: Release(at: lonely)) } == [
        "\(lonely): mismatched in heads: found no value, expected num_attention_heads in the configuration. Give the "
          + "configuration with --config, or the value with --set heads=….",
        "\(lonely): mismatched in activation: found no value, expected hidden_act in the configuration. Give the "
          + "configuration with --config, or the value with --set activation=….",
      ])
  }

  @Test func whatIsNoConfigurationIsDamaged() {
    let config = directory.path("config.json")
    #expect(
      messages { _ = try conversion(configuration: "[PAD]\n[UNK]\n") }
        == ["\(config): damaged at byte 1: found \"P\", expected a JSON value."])
    #expect(
      messages { _ = try conversion(configuration: "[4]") }.first
        == "\(config): mismatched: found no JSON object, expected a configuration's members.")
  }

  @Test func anArchitectureThatIsNotKnownIsMismatched() throws {
    #expect(
      messages {
        _ = try Conversion(
          planning: Release(at: poems.path), options: Conversion.Options(architecture: "transformer"))
      } == [
        "\(weights): mismatched: found no architecture transformer, expected one of "
          + "\(Architecture.all.map(\.name).joined(separator: ", "))."
      ])
  }

  @Test("a RoBERTa has the positions behind its padding token, which the configuration names")
  func positionsBehindPadding() throws {
    for (name, padding) in [("roberta", 1), ("camembert", 3)] {
      let folder = Fixtures.folder("Architectures/\(name)").path
      let conversion = try Conversion(planning: Release(at: folder))
      #expect(conversion.plan.architecture == "roberta" && conversion.positions == 18 - padding - 1)
      let entry = conversion.settings.entries.first { $0.name == "position.padding" }
      #expect(entry?.value == .integer(padding))
      #expect(entry?.origin.description == "configuration: pad_token_id = \(padding)")
    }
  }

  @Test func aRoBERTaIsNotTakenForTheBERTThatItsNamesAreLike() throws {
    let release = try Release(at: Fixtures.folder("Architectures/roberta-model").path)
    #expect(try Conversion(planning: release).plan.architecture == "roberta")
    // Whoever thinks to know better hears what else is different.
    let complaints = messages {
      _ = try Conversion(planning: release, options: Conversion.Options(architecture: "bert"))
    }
    #expect(complaints.count == 1)
    #expect(
      complaints.first?.hasPrefix(
        "\(release.configurationPath!): unsupported in pad_token_id: found 1, expected 0: the token that no other sees is 0"
      )
        == true)
  }

  @Test func whatABlockComputedWithAndTheModelDoesWithoutIsARemark() throws {
    let folder = Fixtures.folder("HuggingFace/bert-relative-key")
    let options = Conversion.Options(extras: .keep)
    let refused = messages { _ = try Conversion(planning: Release(at: folder.path), options: options) }
    #expect(refused.count == 1)
    #expect(refused.first?.contains("unsupported in position_embedding_type: found \"relative_key\"") == true)
    // Where no configuration says it, the names of the tensors still make one think.
    let text = try String(contentsOf: folder.appending(path: "config.json"), encoding: .utf8)
    let silent = try directory.write(Array(text.replacing("relative_key", with: "absolute").utf8), to: "config.json")
    let release = try Release(at: folder.appending(path: "model.safetensors").path, configuration: silent)
    let conversion = try Conversion(planning: release, options: options)
    #expect(
      conversion.remarks == [
        "\"encoder.layer.0.attention.self.distance_embedding.weight\", "
          + "\"encoder.layer.1.attention.self.distance_embedding.weight\" lie in blocks and are no part of bert: unless training "
          + "alone used them, the model does not compute what it did."
      ])
  }

  @Test func aVocabularyThatFitsNeedsNoRemark() throws {
    #expect(try conversion().remarks.isEmpty)
  }

  @Test func aVocabularyWithMoreTokensThanRowsIsMismatched() throws {
    let text = try String(contentsOfFile: vocabulary, encoding: .utf8)
    #expect(
      throws: Problem(
        .mismatched, file: directory.path("vocab.txt"), found: "1626 tokens",
        expected: "at most 1624, the rows of the token embedding in \(weights)",
        advice: "Give the vocabulary that this model was trained with by --vocabulary")
    ) { try conversion(vocabulary: text + "moon\nsun\n") }
  }

  @Test func aSmallerVocabularyIsARemark() throws {
    let lines = try String(contentsOfFile: vocabulary, encoding: .utf8).split(separator: "\n")
    let remarks = try conversion(vocabulary: lines.prefix(1_600).joined(separator: "\n")).remarks
    #expect(remarks == ["\(directory.path("vocab.txt")) has 1600 tokens, the token embedding 1624 rows."])
  }

  @Test func tokensThatShareAnIdAreARemark() throws {
    let remarks = try conversion(vocabulary: "[PAD]\n[UNK]\n[CLS]\n[SEP]\n春\n春\n月\n").remarks
    #expect(
      remarks == [
        "\(directory.path("vocab.txt")) has 6 tokens, the token embedding 1624 rows.",
        "\(directory.path("vocab.txt")) repeats tokens, so that 1 of them share an id with another.",
      ])
  }

  @Test func aVocabularyWithoutSpecialTokensIsARemark() throws {
    let remarks = try conversion(vocabulary: "春\n[SEP]\n").remarks
    #expect(remarks.last == "\(directory.path("vocab.txt")) has no [CLS], [UNK].")
  }

  /// NEZHA and RoFormer name their tensors alike in TensorFlow; NEZHA's own releases say how it has its positions.
  @Test func aConfigurationDecidesBetweenNEZHAAndRoFormer() throws {
    let fixture = Fixtures.folder("Architectures/nezha/checkpoint")
    let told = try String(contentsOf: fixture.appending(path: "bert_config.json"), encoding: .utf8)
    func plan(adding member: String) throws -> Conversion {
      let directory = try TemporaryDirectory()
      for name in ["bert_model.ckpt.index", "bert_model.ckpt.data-00000-of-00001"] {
        _ = try directory.write(ByteView(mapping: fixture.appending(path: name).path).array(), to: name)
      }
      let brace = try #require(told.firstIndex(of: "{"))
      _ = try directory.write(Array("{\(member)\(told[told.index(after: brace)...])".utf8), to: "bert_config.json")
      return try Conversion(planning: Release(at: directory.url.path))
    }
    #expect(try plan(adding: "\"use_relative_position\": true,").architecture.name == "nezha")
    for member in ["", "\"use_relative_position\": false,"] {
      let problems = #expect(throws: Problems.self) { try plan(adding: member) }
      #expect(problems?.all.map(\.found) == ["tensors that fit nezha (nezha) and roformer (google)"])
    }
  }

  @Test(
    "a release of the authors says in what their code computes otherwise, unless the user chose",
    arguments: [
      ("bert-google", [:], ["activation = gelu-erf"]),
      ("bert-google", ["activation": "gelu-erf"], []),
      ("bert-google", ["activation": "gelu-tanh"], []),
      ("albert-google", [:], ["block.epsilon = 1e-07", "activation = gelu-erf"]),
      ("nezha-original", ["activation": "gelu-tanh"], ["embedding.epsilon = 1e-07", "block.epsilon = 1e-07"]),
      // The code of ELECTRA's authors computes gelu by erf, too.
      ("electra-original", [:], []),
      // Its configuration says what bert4keras would do otherwise, but for the output matrix.
      ("t5-gated-mesh", [:], ["lm.scaled = true"]),
      ("t5-mesh", ["cross.position": "true"], []),
    ] as [(String, [String: String], [String])])
  func caveats(fixture: String, given: [String: String], said: [String]) throws {
    let architecture = fixture == "nezha-original" ? "nezha" : nil
    let plan = try Conversion(
      planning: Release(at: Fixtures.folder("Architectures/\(fixture)").path),
      options: Conversion.Options(architecture: architecture, settings: given))
    let doubted = plan.settings.assumed.filter { $0.assumption?.contains("the authors' code") == true }
    #expect(doubted.map { "\($0.name) = \($0.value)" } == said)
    if fixture == "bert-google", given.isEmpty {
      #expect(
        doubted.map(\.assumption) == [
          "as in bert4keras; the authors' code has gelu by tanh: --set activation=gelu-tanh"
        ])
    }
  }
}
