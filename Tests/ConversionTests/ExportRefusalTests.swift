import Architectures
import Bytes
import Conversion
import Foundation
import ModelFiles
import TestSupport
import Testing

/// What no export can hold is said, and nothing is written.
@Suite struct ExportRefusalTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func model(
    _ fixture: String, _ options: Conversion.Options = Conversion.Options()
  ) throws -> ModelFile {
    let path = directory.path("model.ingot")
    _ = try Conversion(planning: Release(at: Fixtures.folder(fixture).path), options: options).write(
      to: path, replacing: true)
    return try ModelFile(mapping: path)
  }

  /// The problems of an export, as messages without the path of the model file.
  private func messages(_ body: () throws -> Void) -> [String] {
    func shortened(_ problem: Problem) -> String {
      problem.description.replacing(directory.path("") + "/", with: "")
    }
    do {
      try body()
      return []
    } catch let problems as Problems {
      return problems.all.map(shortened)
    } catch let problem as Problem {
      return [shortened(problem)]
    } catch {
      return ["\(error)"]
    }
  }

  /// The problems of an export.
  private func problems(_ body: () throws -> Void) -> [Problem] {
    do {
      try body()
      return []
    } catch {
      return Lifting.problems(in: error) ?? []
    }
  }

  /// The rows of a name table.
  private func rows(of table: String) throws -> [String] {
    try String(
      contentsOf: Fixtures.repository.appending(path: "Formats/Architectures/\(table).names"), encoding: .utf8
    ).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The number of the first line of a table whose words begin so.
  private func line(_ beginning: String, in table: String = "bert") throws -> Int {
    func words(_ text: String) -> String { text.split(separator: " ").joined(separator: " ") }
    return try #require(rows(of: table).firstIndex { words($0).hasPrefix(words(beginning)) }) + 1
  }

  /// A table of which one row is another one.
  private func table(_ name: String, row: String, becoming other: String) throws -> Architecture {
    var rows = try rows(of: name)
    rows[try line(row, in: name) - 1] = "  " + other
    return try Architecture(parsing: rows.joined(separator: "\n"), file: "\(name).names")
  }

  @Test func anUnknownHeadIsRefusedUnlessTheUserDecides() throws {
    let model = try model("bert4keras/classifier", Conversion.Options(extras: .keep))
    let advice =
      "Export such tensors under their own names with --extra keep, or leave them out with --extra drop."
    #expect(
      messages { _ = try Export(planning: model, to: .huggingface) }.map {
        $0.split(separator: "/").last.map(String.init)
      } == [
        "model.ingot: mismatched in extra.dense[0]: found a tensor beyond the architecture, expected a decision about it. "
          + advice,
        "model.ingot: mismatched in extra.dense[1]: found a tensor beyond the architecture, expected a decision about it. "
          + advice,
      ])
    let dropped = try Export(planning: model, to: .huggingface, options: Export.Options(extras: .drop))
    #expect(
      dropped.remarks.filter { $0.contains("extra.") } == [
        "extra.dense[0] is left out, as asked.", "extra.dense[1] is left out, as asked.",
      ])
  }

  @Test func aHeadForWhichKerasHasNoLayersHasNoPlaceAmongThem() throws {
    let model = try model("Architectures/t5-classifier")
    let kept = try Export(planning: model, to: .keras, options: Export.Options(extras: .keep))
    #expect(
      messages { _ = try kept.write(to: directory.path("out")) }.first?.hasSuffix(
        "in classification_head.dense.weight: found a name that is no weight of a Keras layer, expected LAYER[0], LAYER[1] …. Leave such "
          + "tensors out with --extra drop.") == true)
    #expect(!FileManager.default.fileExists(atPath: directory.path("out")))
  }

  /// transformers' BERT has no projection, and its ELECTRA computes what a BERT with one does.
  @Test("a projection goes where transformers has one, and its head with it")
  func projection() throws {
    let model = try model("bert4keras/projected")
    let export = try Export(planning: model, to: .huggingface)
    #expect(export.plan.naming == "huggingface-electra")
    #expect(export.configuration["model_type"] == "electra" && export.configuration["embedding_size"] != nil)
    // In transformers' own BERT it has no place, and cannot be left out.
    let first = try line("  embedding.projection.weight                -")
    let found = problems {
      _ = try Export(planning: model, to: .huggingface, options: Export.Options(naming: "huggingface"))
    }
    #expect(found.count == 2)
    #expect(
      found.first?.description.hasSuffix(
        "in embedding.projection.weight: found a tensor that huggingface never holds, expected a model without it "
          + "(bert.names:\(first)).") == true)
    #expect(found.allSatisfy { $0.ways.isEmpty })
  }

  @Test("a part that a naming never holds is left out by the user's word, and the class that holds the rest is found")
  func without() throws {
    let expected: [(fixture: String, mask: String?, without: [String], name: String, part: String, naming: String)] = [
      ("roformer-sim", "none", ["pooler"], "RoFormerForMaskedLM", "pooler", "huggingface"),
      ("roformer-sim", "lm", ["pooler"], "RoFormerForCausalLM", "pooler", "huggingface"),
      ("roformer-sim", "none", ["mlm", "pooler"], "RoFormerModel", "pooler", "huggingface"),
      ("roformer-lm-pooled", nil, ["pooler"], "RoFormerForCausalLM", "pooler", "huggingface"),
      ("bert-sim", "none", ["pooler"], "ElectraForMaskedLM", "pooler", "huggingface-electra"),
      ("bert-sim", "none", ["pooler", "mlm"], "ElectraModel", "pooler", "huggingface-electra"),
      ("bert-lm-pooled", nil, ["pooler"], "ElectraForCausalLM", "pooler", "huggingface-electra"),
    ]
    for (fixture, mask, without, name, part, naming) in expected {
      let model = try model("Architectures/\(fixture)")
      var settings = fixture.hasPrefix("roformer") ? ["mlm.epsilon": "1e-07"] : [:]
      if let mask { settings["mask"] = mask }
      let export = try Export(
        planning: model, to: .huggingface, options: Export.Options(without: without, settings: settings))
      #expect(export.configuration["architectures"] == [.string(name)] && export.plan.naming == naming)
      #expect(
        export.remarks.contains(
          "\(part) is left out, as asked (pooler.weight, pooler.bias): the exported model has no such part."))
      #expect(!export.plan.steps.contains { step in without.contains { step.tensor.hasPrefix("\($0).") } })
    }
  }

  @Test("parts that a model does not have, or that others need, are not left out")
  func partsThatAreNoParts() throws {
    let model = try model("HuggingFace/bert-pretraining")
    let row = try line("optional nsp needs pooler")
    func found(_ without: String...) -> [String] {
      messages { _ = try Export(planning: model, to: .huggingface, options: Export.Options(without: without)) }
    }
    #expect(
      found("projection", "head") == [
        "model.ingot: mismatched in head: found no part of this name in bert, expected one of segment, pooler, nsp, mlm.",
        "model.ingot: mismatched in projection: found a model without this part, expected one of segment, pooler, nsp, mlm.",
      ])
    #expect(
      found("pooler") == [
        "model.ingot: mismatched in nsp: found a part that needs pooler, expected both, or neither (bert.names:\(row)). Leave "
          + "it out too with --without nsp."
      ])
    #expect(found("pooler", "nsp") == [])
    #expect(found("nsp", "nsp") == [])
  }

  @Test("a part without which sizes do not meet cannot be left out")
  func projectionIsVital() throws {
    let model = try model("Architectures/bert-sim")
    let found = messages {
      _ = try Export(planning: model, to: .huggingface, options: Export.Options(without: ["projection", "pooler"]))
    }
    #expect(found.count == 1 && found[0].contains("found E = 10 as in "))
    #expect(found[0].contains("expected one size, as there is no projection"))
  }

  @Test func aMaskThatTheConfigurationCannotSayIsRefusedWhereALibraryChoosesTheClass() throws {
    let model = try model("bert4keras/unilm")
    let found = messages { _ = try Export(planning: model, to: .huggingface) }
    #expect(found.count == 1)
    #expect(
      found.first?.contains(
        "unsupported in mask: found unilm, expected a value that the configuration of huggingface can say") == true)
    // bert4keras is told by whoever calls it.
    #expect(
      try Export(planning: model, to: .keras).remarks == [
        "These files cannot say mask = unilm: tell the program that loads them."
      ])
  }

  /// bert4keras gives the norms of a block another epsilon than those of the embedding; transformers has one word for both.
  @Test func twoValuesForOneWordAreRefusedUntilTheUserDecides() throws {
    let model = try model("Architectures/albert")
    let row = try line("  block.epsilon       layer_norm_eps", in: "albert")
    #expect(
      messages { _ = try Export(planning: model, to: .huggingface) } == [
        "model.ingot: unsupported in block.epsilon: found 1e-07, expected 1e-12, which layer_norm_eps says of "
          + "embedding.epsilon too (albert.names:\(row)). Only if the exported model shall compute with another value, say so "
          + "with --set block.epsilon=1e-12."
      ])
    let options = Export.Options(settings: ["block.epsilon": "1e-12"])
    let export = try Export(planning: model, to: .huggingface, options: options)
    #expect(export.remarks == ["block.epsilon is 1e-12 and no longer 1e-07, as asked."])
    #expect(export.configuration["layer_norm_eps"]?.double == 1e-12)
  }

  @Test func settingsThatTheArchitectureLacksAreNamed() throws {
    let model = try model("Architectures/electra")
    let options = Export.Options(settings: ["epsilon": "small", "depth": "2"])
    #expect(
      messages { _ = try Export(planning: model, to: .huggingface, options: options) } == [
        "model.ingot: mismatched in depth: found no setting of this name in electra, expected one of heads, epsilon, "
          + "activation, hierarchical, segment.shared, attention.residual.",
        "model.ingot: mismatched in epsilon: found \"small\" (given), expected a number above 0.",
      ])
  }

  /// bert4keras scales before an output matrix of its own, and adds positions in cross attention; transformers does neither.
  @Test func whatTransformersComputesOtherwiseIsRefused() throws {
    let found = messages { _ = try Export(planning: try model("Architectures/t5-gated"), to: .huggingface) }
    #expect(found.count == 1)
    #expect(
      found.first?.hasPrefix(
        "model.ingot: unsupported: found a model with encoder, decoder, lm, cross.position = true, lm.scaled = true, "
          + "lm.tied = false, expected what one of MT5ForConditionalGeneration, MT5EncoderModel has (t5-gated.names:")
        == true)
  }

  /// bert4keras reads no epsilon and no distance from any file, and scales before every output matrix.
  @Test func whatBert4kerasComputesOtherwiseIsRefused() throws {
    let nezha = try model("Architectures/nezha-huggingface")
    func problem(_ setting: String, _ value: String, _ row: String) throws -> String {
      "model.ingot: unsupported in \(setting): found \(value), expected a value that the configuration of nezha can say "
        + "(nezha.names:\(try line("\(setting) \(row)", in: "nezha"))). "
        + "Only if the exported model shall compute with another value, say so with --set \(setting)=\(row.dropFirst(2))."
    }
    let problems = try [
      problem("relative.distance", "4", "= 64"), problem("embedding.epsilon", "1e-12", "~ 1e-07"),
      problem("block.epsilon", "1e-12", "~ 1e-07"),
    ]
    #expect(messages { _ = try Export(planning: nezha, to: .tensorflow) } == problems)
    #expect(
      messages { _ = try Export(planning: nezha, to: .keras) }
        == problems.map { $0.replacing("configuration of nezha", with: "configuration of bert4keras") })
    // NumPy computes nothing.
    #expect(try Export(planning: nezha, to: .npz).remarks == [])

    let mt5 = try model("Architectures/t5-gated-huggingface")
    #expect(
      messages { _ = try Export(planning: mt5, to: .keras) }.first?.contains(
        "unsupported in lm.scaled: found false, expected a value that the configuration of bert4keras can say") == true)
  }

  @Test func sizesThatFilesCannotHaveAreRefused() throws {
    let t5 = try model("Architectures/t5")
    let short = try table("t5", row: "B = 32", becoming: "B = 16")
    #expect(
      messages { _ = try Export(planning: t5, to: .keras, among: [short]) } == [
        "model.ingot: unsupported in buckets: found 32, expected 16, as in all files of bert4keras "
          + "(t5.names:\(try line("B = 32", in: "t5")))."
      ])
    let gpt = try model("Architectures/gpt-plain")
    let thin = try table("gpt", row: "F/H = 4", becoming: "F/H = 3")
    let options = Export.Options(settings: ["padding.zero": "false"])
    #expect(
      messages { _ = try Export(planning: gpt, to: .huggingface, options: options, among: [thin]) } == [
        "model.ingot: unsupported in feedforward/width: found 48/12, expected 3, as in all files of huggingface "
          + "(gpt.names:\(try line("F/H = 4", in: "gpt")))."
      ])
  }

  /// transformers has no padding in GPT and GPT-2, no segments in GPT, and no GPT2-ML at all.
  @Test func whatTransformersHasNotOfGPTIsRefused() throws {
    for (folder, table) in [("gpt-plain", "gpt"), ("gpt2", "gpt2")] {
      let row = try line("  padding.zero  = false", in: table)
      #expect(
        messages { _ = try Export(planning: try model("Architectures/\(folder)"), to: .huggingface) } == [
          "model.ingot: unsupported in padding.zero: found true, expected a value that the configuration of huggingface can "
            + "say (\(table).names:\(row)). Only if the exported model shall compute with another value, say so with --set "
            + "padding.zero=false."
        ])
    }
    #expect(
      messages { _ = try Export(planning: try model("Architectures/gpt"), to: .huggingface) }.first?.hasPrefix(
        "model.ingot: unsupported in embedding.segment.weight: found a tensor that huggingface never holds, expected a model "
          + "without it (gpt.names:") == true)
    #expect(
      messages { _ = try Export(planning: try model("Architectures/gpt2-ml"), to: .huggingface) } == [
        "model.ingot: unsupported: found no naming huggingface of gpt2-ml, expected one of bert4keras, bert4keras-0-7-2, gpt2-ml. Choose with "
          + "--naming."
      ])
  }

  /// GPT's class knows four words (`ACT_FNS`); any other would end its loading with an error.
  @Test func activationsThatTransformersHasNotInGPTAreRefused() throws {
    let gpt = try model("Architectures/gpt-plain")
    let row = try line("activation afn", in: "gpt")
    for activation in ["tanh", "linear", "gelu-erf"] {
      let options = Export.Options(settings: ["padding.zero": "false", "activation": activation])
      #expect(
        messages { _ = try Export(planning: gpt, to: .huggingface, options: options) } == [
          "model.ingot: unsupported in activation: found \(activation), expected a value that the configuration of "
            + "huggingface can say (gpt.names:\(row)). Only if the exported model shall compute with another value, say so "
            + "with --set activation=gelu-tanh."
        ])
    }
    for (activation, word) in [("relu", "relu"), ("swish", "silu"), ("gelu-tanh", "gelu")] {
      let options = Export.Options(settings: ["padding.zero": "false", "activation": activation])
      #expect(try Export(planning: gpt, to: .huggingface, options: options).configuration["afn"]?.string == word)
    }
  }

  /// A configuration with a word that transformers' class does not know is of another program.
  @Test func wordsThatTransformersHasNotAreNotRead() throws {
    let fixture = Fixtures.folder("Architectures/gpt-huggingface")
    let configuration = try String(contentsOf: fixture.appending(path: "config.json"), encoding: .utf8)
    #expect(configuration.contains("\"afn\": \"gelu\""))
    let changed = configuration.replacing("\"afn\": \"gelu\"", with: "\"afn\": \"tanh\"")
    _ = try directory.write(Array(changed.utf8), to: "config.json")
    _ = try directory.write(
      ByteView(mapping: fixture.appending(path: "model.safetensors").path).array(), to: "model.safetensors")
    #expect(
      messages { _ = try Conversion(planning: Release(at: directory.path(""))) } == [
        "config.json: mismatched in afn: found \"tanh\", expected gelu, relu, silu or swish for activation. "
          + "Correct the configuration, or give the value with --set activation=…."
      ])
  }

  /// bert4keras makes two segments where nothing is said: that is what rows of the token embedding need.
  @Test func aModelWhoseSegmentsAreTokensDoesNotSayThatItHasNone() throws {
    let weights = Fixtures.folder("Architectures/gpt-options").appending(path: "weights.h5").path
    _ = try directory.write(ByteView(mapping: weights).array(), to: "weights.h5")
    let settings = ["heads": "3", "hierarchical": "0.3", "segment.shared": "true", "activation": "gelu-erf"]
    _ = try Conversion(
      planning: Release(at: directory.path("weights.h5")), options: Conversion.Options(settings: settings)
    ).write(to: directory.path("model.ingot"))
    let export = try Export(planning: ModelFile(mapping: directory.path("model.ingot")), to: .keras)
    #expect(export.configuration["type_vocab_size"] == nil)
    #expect(export.configuration["shared_segment_embeddings"] == true)
    let without = Export.Options(settings: ["segment.shared": "false"])
    let other = try Export(planning: ModelFile(mapping: directory.path("model.ingot")), to: .keras, options: without)
    #expect(other.configuration["type_vocab_size"] == 0)
  }

  /// Only a program that is told so builds no segments.
  @Test func aModelWithoutSegmentsSaysSo() throws {
    let export = try Export(
      planning: try model("Architectures/gpt-huggingface"), to: .keras,
      options: Export.Options(settings: ["padding.zero": "true", "epsilon": "1e-12"]))
    #expect(export.configuration["type_vocab_size"] == 0)
    #expect(
      export.remarks == [
        "epsilon is 1e-12 and no longer 1e-05, as asked.", "padding.zero is true and no longer false, as asked.",
      ])
  }

  /// Files for other programs than bert4keras are loaded by other lines.
  @Test func linesAreOnlyPrintedForFilesThatTheyLoad() throws {
    let model = try model("bert4keras/encoder")
    #expect(try Export(planning: model, to: .keras).loading(from: "out").count == 3)
    let settings = ["epsilon": "1e-14", "activation": "gelu-tanh"]
    let other = Export.Options(naming: "keras-bert", settings: settings)
    #expect(try Export(planning: model, to: .keras, options: other).loading(from: "out") == [])
    let transformers = Export.Options(naming: "huggingface-tf")
    #expect(try Export(planning: model, to: .tensorflow, options: transformers).loading(from: "out") == [])
  }

  /// Settings of a decoder say nothing of an encoder.
  @Test func settingsOfGroupsThatAModelLacksAreNotSaid() throws {
    let export = try Export(planning: try model("Architectures/t5-encoder-relu"), to: .huggingface)
    #expect(export.configuration["architectures"] == ["MT5EncoderModel"])
    #expect(export.configuration["feed_forward_proj"] == "gated-relu")
    #expect(export.configuration["d_kv"] == 5 && export.configuration["tie_word_embeddings"] == nil)
    #expect(export.remarks == [])
  }

  /// The kind of model of the source stays, though another computes the same.
  @Test func theKindOfModelOfTheSourceStays() throws {
    let source = Fixtures.folder("Architectures/t5-gated-huggingface")
    let weights = try Data(contentsOf: source.appending(path: "model.safetensors"))
    let config = try String(contentsOf: source.appending(path: "config.json"), encoding: .utf8)
    let folder = directory.path("source")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    _ = try directory.write(Array(weights), to: "source/model.safetensors")
    for (type, name) in [("t5", "T5ForConditionalGeneration"), ("mt5", "MT5ForConditionalGeneration")] {
      _ = try directory.write(Array(config.replacing("\"mt5\"", with: "\"\(type)\"").utf8), to: "source/config.json")
      let path = directory.path("\(type).ingot")
      _ = try Conversion(planning: Release(at: folder)).write(to: path)
      let export = try Export(planning: ModelFile(mapping: path), to: .huggingface)
      #expect(export.configuration["architectures"] == [.string(name)])
      #expect(export.configuration["model_type"] == .string(type))
    }
    // Every block of this one has positions of its own.
    _ = try directory.write(Array(config.replacing("\"mt5\"", with: "\"umt5\"").utf8), to: "source/config.json")
    #expect(
      messages { _ = try Conversion(planning: Release(at: folder)) } == [
        "source/config.json: mismatched in model_type: found \"umt5\", expected \"mt5\" or \"t5\", for its tensors are named "
          + "like those of t5-gated. Only if it computes what t5-gated does, convert it with --architecture t5-gated."
      ])
  }

  @Test func sinusoidsAreComputedAndOthersAreNot() throws {
    let name = "attention.relative.weight"
    let sound = try model("Architectures/nezha")
    let options = Export.Options(settings: ["mlm.epsilon": "1e-07"])
    let export = try Export(planning: sound, to: .huggingface, options: options)
    #expect(export.remarks.contains("\(name) is left out: whoever loads these files computes it."))
    #expect(!export.plan.steps.contains { $0.tensor == name })

    let place = try #require(sound.tensor(name)?.contiguousBytes?.start)
    let bytes = try ByteView(mapping: sound.path).array()
    let path = try directory.write(patched(bytes, at: place + 6, with: [bytes[place + 6] ^ 0x40]), to: "trained.ingot")
    let row = try line("  \(name)                  -", in: "nezha")
    #expect(
      messages { _ = try Export(planning: ModelFile(mapping: path), to: .tensorflow) }.last
        == "trained.ingot: unsupported in \(name): found a tensor that nezha never holds, expected a model without it "
        + "(nezha.names:\(row)).")
  }

  @Test func aGroupThatTheLibraryMakesUpIsSaid() throws {
    let export = try Export(
      planning: try model("bert4keras/tagger", Conversion.Options(extras: .drop)), to: .huggingface)
    #expect(export.configuration["architectures"] == ["BertModel"])
    #expect(
      export.remarks.contains("BertModel also has pooler, which this model lacks: the library makes it up at random."))
  }

  @Test func elementTypesThatADestinationLacksAreRefused() throws {
    let model = try model("bert4keras/encoder", Conversion.Options(elementType: .bfloat16))
    let npz = try Export(planning: model, to: .npz)
    #expect(
      messages { _ = try npz.write(to: directory.path("out")) }.first?.contains(
        "found elements of type bfloat16, expected a type that NumPy has. Export with --dtype float32.") == true)
    let keras = try Export(planning: model, to: .keras)
    #expect(
      messages { _ = try keras.write(to: directory.path("out")) }.first?.contains(
        "found elements of type bfloat16, expected integers, float16, float32 or float64.") == true)
    #expect(!FileManager.default.fileExists(atPath: directory.path("out")))
    let wide = try Export(planning: model, to: .npz, options: Export.Options(elementType: .float32))
    #expect(try wide.write(to: directory.path("out")).narrowed.isEmpty)
  }

  @Test func damageIsNotCarriedOn() throws {
    let sound = try model("bert4keras/encoder")
    let place = try #require(sound.tensor("embedding.token.weight")?.contiguousBytes?.start)
    let bytes = try ByteView(mapping: sound.path).array()
    let path = try directory.write(patched(bytes, at: place, with: [bytes[place] ^ 1]), to: "damaged.ingot")
    let export = try Export(planning: ModelFile(mapping: path), to: .npz)
    let found = messages { _ = try export.write(to: directory.path("out")) }
    #expect(found.count == 1)
    #expect(
      found.first?.contains(
        "damaged.ingot: damaged at byte \(place), in tensor \"embedding.token.weight\": found data with the SHA-256 ")
        == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path).allSatisfy { !$0.contains("out") })
  }

  @Test func messagesNameTheFileThatWouldHaveBeenWritten() throws {
    let export = try Export(
      planning: try model("bert4keras/encoder", Conversion.Options(elementType: .bfloat16)), to: .npz)
    let problem = try #require(throws: Problem.self) { try export.write(to: directory.path("out")) }
    #expect(problem.file == directory.path("out/weights.npz"))
  }

  @Test func aFolderWithFilesInItIsNotReplaced() throws {
    let export = try Export(planning: try model("bert4keras/encoder"), to: .huggingface)
    let folder = directory.path("taken")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    _ = try directory.write([1], to: "taken/file")
    #expect(
      throws: Problem(
        .refused, file: folder, found: "something of this name", expected: "nothing, or an empty folder",
        advice: "Name another destination; a folder with files in it is never replaced")
    ) { try export.write(to: folder) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
    try FileManager.default.removeItem(atPath: folder + "/file")
    _ = try export.write(to: folder + "/")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
        "config.json", "ingot.json", "model.safetensors",
      ])
  }

  @Test func aNamingThatTheTableLacksIsNamed() throws {
    let model = try model("bert4keras/encoder")
    let found = messages { _ = try Export(planning: model, to: .npz, options: Export.Options(naming: "mesh")) }
    #expect(
      found.first?.hasSuffix(
        "found no naming mesh of bert, expected one of bert4keras, bert4keras-hidden-condition, google, "
          + "electra-generator, huggingface, huggingface-electra, huggingface-ernie, huggingface-ernie-tasks, "
          + "huggingface-distilbert, huggingface-tf, keras-bert, bert4keras-0-5-6, bert4keras-0-5-8. Choose with --naming."
      ) == true)
  }
}
