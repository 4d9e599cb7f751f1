import Architectures
import Bytes
import Checkpoints
import Conversion
import Foundation
import JSON
import ModelFiles
import TestSupport
import Testing

/// Files of real programs whose names lack the usual beginning, or have another one.
@Suite("Beginnings of names") struct PrefixTests {
  private let folder = Fixtures.folder("Prefixes")

  private func plan(_ path: String, _ options: Conversion.Options = Conversion.Options()) throws -> Conversion {
    try Conversion(planning: Release(at: folder.appending(path: path).path), options: options)
  }

  @Test(
    "the base classes of transformers have none, and the configuration says which of them it is",
    arguments: [
      ("albert", "albert"), ("bert", "bert"), ("deberta", "deberta"), ("deberta-v2", "deberta-v2"),
      ("electra", "electra"),
      ("gpt", "gpt"), ("gpt2", "gpt2"), ("nezha", "nezha"), ("roformer", "roformer"), ("t5", "t5"),
      ("t5-encoder", "t5-gated"),
      ("xlnet", "xlnet"),
    ])
  func bases(name: String, architecture: String) throws {
    let conversion = try self.plan("base/\(name)")
    #expect(conversion.plan.architecture == architecture && conversion.plan.naming == "huggingface")
    #expect(conversion.plan.prefix == "" && conversion.plan.extras.isEmpty)
    #expect(conversion.plan.dropped.map(\.source) == (name == "roformer" ? ["encoder.embed_positions.weight"] : []))
  }

  @Test("a checkpoint of Lightning, found in its folder, is a model behind model.")
  func lightning() throws {
    let conversion = try self.plan("lightning", Conversion.Options(extras: .keep))
    #expect(conversion.plan.prefix == "model.bert." && conversion.plan.steps.count == 23)
    #expect(conversion.plan.extras.map(\.source) == ["model.classifier.weight", "model.classifier.bias"])
  }

  @Test("a head behind the beginning of its model is a head, and leaves without the beginning")
  func headBehindBeginning() throws {
    let directory = try TemporaryDirectory()
    let source = folder.appending(path: "lightning")
    for name in ["config.json", "epoch=0-step=1.ckpt"] {
      _ = try directory.write(Array(Data(contentsOf: source.appending(path: name))), to: name)
    }
    let config = try String(contentsOfFile: directory.path("config.json"), encoding: .utf8)
    let named = config.replacing(
      "{\n  \"attention", with: "{\n  \"architectures\": [\"BertForSequenceClassification\"],\n  \"attention")
    try #require(named != config)
    _ = try directory.write(Array(named.utf8), to: "config.json")
    let conversion = try Conversion(planning: Release(at: directory.url.path))
    #expect(conversion.plan.head?.kind == "sequence" && conversion.plan.head?.labels == 3)
    #expect(conversion.plan.head?.parts.map(\.source) == ["model.classifier.weight", "model.classifier.bias"])
    _ = try conversion.write(to: directory.path("model.ingot"))
    let export = try Export(planning: ModelFile(mapping: directory.path("model.ingot")), to: .huggingface)
    #expect(export.configuration["architectures"] == ["BertForSequenceClassification"])
    #expect(export.plan.extras.map(\.source) == ["classifier.weight", "classifier.bias"])
  }

  @Test("an encoder inside a layer is read with the mask that the description of that layer tells")
  func nested() throws {
    for (name, mask) in [("nested", "none"), ("nested-saved", "unilm")] {
      let conversion = try self.plan("bert4keras/\(name).h5", Conversion.Options(extras: .keep))
      #expect(conversion.plan.prefix == "model/" && conversion.plan.naming == "bert4keras")
      #expect(conversion.settings["mask"] == .choice(mask))
      #expect(conversion.plan.extras.map(\.source) == ["score[0]", "score[1]"])
    }
  }

  @Test("what TFBertModel.save_weights wrote is planned as its tf_model.h5 is")
  func objects() throws {
    let plan = try self.plan("tf-save-weights").plan
    #expect(plan.architecture == "bert" && plan.naming == "huggingface-tf" && plan.steps.count == 39)
  }

  @Test("an ERNIE is planned as one, and as a BERT where the user says so")
  func ernie() throws {
    let plan = try self.plan("ernie").plan
    #expect(plan.naming == "huggingface-ernie" && plan.prefix.isEmpty && plan.groups.contains("mlm"))
    let told = try self.plan("ernie", Conversion.Options(architecture: "bert", prefix: "ernie")).plan
    #expect(told.prefix == "ernie." && told.groups.contains("mlm"))
  }

  @Test(
    "of two models in one file each is converted, and derived again from the whole file",
    arguments: ["teacher", "student"])
  func parts(name: String) throws {
    let directory = try TemporaryDirectory()
    let options = Conversion.Options(architecture: "bert", prefix: name, settings: ["heads": "2"])
    let conversion = try self.plan("distilled.pt", options)
    #expect(conversion.plan.parts.map(\.prefix) == ["teacher.", "student."])
    _ = try conversion.write(to: directory.path("model.ingot"))
    let model = try ModelFile(mapping: directory.path("model.ingot"))
    let ledger = try Ledger(#require(try model.ledger()), file: model.path)
    #expect(ledger.rows.allSatisfy { $0.source.hasPrefix("\(name).") })
    let named = Set(ledger.rows.map(\.source) + ledger.dropped.map(\.source))
    #expect(named == Set(conversion.release.checkpoint.tensors.map(\.name)))
  }

  @Test("ELECTRA's generator is a BERT that lies beside the discriminator; alone, the discriminator is planned")
  func generator() throws {
    let whole = try plan("electra-pretraining").plan
    #expect(whole.architecture == "electra" && whole.dropped.count == 39)
    #expect(
      whole.parts.map(\.description) == [
        "electra/ (39 tensors, electra (electra))", "generator/ (34 tensors, bert (electra-generator))",
      ])
    let problems = #expect(throws: (any Error).self) {
      try plan("electra-pretraining", Conversion.Options(prefix: "generator"))
    }
    #expect("\(try #require(problems))".contains("in heads: found no value"))
    let part = try plan("electra-pretraining", Conversion.Options(prefix: "generator", settings: ["heads": "2"])).plan
    #expect(part.architecture == "bert" && part.naming == "electra-generator" && part.groups.contains("mlm"))
    #expect(part.steps.filter { $0.source.hasPrefix("electra/embeddings/") }.count == 5)
    #expect(part.dropped.allSatisfy { $0.reason == "no part of generator/" } && part.dropped.count == 38)
  }

  @Test("an array that is alone in its folder is opened, and no model")
  func lone() throws {
    let directory = try TemporaryDirectory()
    let array = try Fixtures.files(in: Fixtures.folder("NumPy"), withExtension: "npy", atLeast: 1)[0]
    try FileManager.default.copyItem(at: array, to: directory.url.appending(path: "a.npy"))
    #expect(try Release.weights(at: directory.url.path).container == .numpyArray)
  }

  @Test("an architecture that does not exist is answered with the nearest")
  func mistyped() {
    let problem = #expect(throws: Problem.self) { try plan("base/bert", Conversion.Options(architecture: "brt")) }
    #expect(problem?.advice == "Did you mean bert?")
  }
}
