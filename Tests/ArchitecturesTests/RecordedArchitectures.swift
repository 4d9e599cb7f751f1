import Architectures
import Foundation
import Tensors
import Testing

/// A model of `Tests/Fixtures/Architectures`: what its two lists of variables must be planned as.
struct RecordedArchitecture: CustomTestStringConvertible, Sendable {
  /// The folder, which holds `variables.tsv` of the HDF5 file and `checkpoint/variables.tsv`.
  let folder: String
  /// The architecture of the HDF5 file, and of the checkpoint.
  let architecture: String
  /// The naming of the checkpoint.
  let naming: String
  /// The naming of the HDF5 file.
  var kerasNaming = "bert4keras"
  /// Other tables that account for the checkpoint just as well, so that the user has to choose.
  var rivals: [String] = []

  var testDescription: String { folder }

  static let path = root.appending(path: "Tests/Fixtures/Architectures")

  func variables(_ list: String = "variables.tsv") throws -> RecordedVariables {
    try RecordedVariables(reading: Self.path.appending(path: "\(folder)/\(list)"))
  }

  static let all = [
    // bert4keras has no variables for the positions of these two, whose checkpoints therefore look alike.
    RecordedArchitecture(folder: "roformer", architecture: "roformer", naming: "google", rivals: ["nezha (nezha)"]),
    RecordedArchitecture(folder: "roformer-sim", architecture: "roformer", naming: "google", rivals: ["nezha (nezha)"]),
    RecordedArchitecture(folder: "roformer-mlm", architecture: "roformer", naming: "google", rivals: ["nezha (nezha)"]),
    RecordedArchitecture(
      folder: "roformer-positions", architecture: "roformer", naming: "google", rivals: ["nezha (nezha)"]),
    RecordedArchitecture(
      folder: "roformer-lm-pooled", architecture: "roformer", naming: "google", rivals: ["nezha (nezha)"]),
    RecordedArchitecture(folder: "nezha", architecture: "nezha", naming: "nezha", rivals: ["roformer (google)"]),
    RecordedArchitecture(folder: "albert", architecture: "albert", naming: "google"),
    RecordedArchitecture(folder: "bert-hierarchical", architecture: "bert", naming: "google"),
    RecordedArchitecture(folder: "bert-lm-pooled", architecture: "bert", naming: "google"),
    RecordedArchitecture(folder: "bert-sim", architecture: "bert", naming: "google"),
    RecordedArchitecture(folder: "bert-shared-segments", architecture: "bert", naming: "google"),
    RecordedArchitecture(folder: "bert-conditional", architecture: "bert", naming: "google"),
    RecordedArchitecture(
      folder: "bert-conditional-hidden", architecture: "bert", naming: "google",
      kerasNaming: "bert4keras-hidden-condition"),
    RecordedArchitecture(folder: "bert-residual", architecture: "bert", naming: "google"),
    RecordedArchitecture(folder: "bert-simbert", architecture: "bert", naming: "google"),
    RecordedArchitecture(folder: "bert-labse", architecture: "bert", naming: "google"),
    RecordedArchitecture(folder: "albert-conditional", architecture: "albert", naming: "google"),
    RecordedArchitecture(folder: "electra-conditional", architecture: "electra", naming: "electra"),
    RecordedArchitecture(
      folder: "nezha-conditional", architecture: "nezha", naming: "nezha", rivals: ["roformer (google)"]),
    RecordedArchitecture(
      folder: "roformer-conditional", architecture: "roformer", naming: "google", rivals: ["nezha (nezha)"]),
    RecordedArchitecture(folder: "gpt-conditional", architecture: "gpt", naming: "tensorflow"),
    RecordedArchitecture(folder: "gpt2-conditional", architecture: "gpt2", naming: "tensorflow"),
    RecordedArchitecture(folder: "gpt2-ml-conditional", architecture: "gpt2-ml", naming: "gpt2-ml"),
    RecordedArchitecture(folder: "albert-options", architecture: "albert", naming: "google"),
    RecordedArchitecture(folder: "electra-options", architecture: "electra", naming: "electra"),
    RecordedArchitecture(
      folder: "nezha-options", architecture: "nezha", naming: "nezha", rivals: ["roformer (google)"]),
    RecordedArchitecture(
      folder: "roformer-options", architecture: "roformer", naming: "google", rivals: ["nezha (nezha)"]),
    RecordedArchitecture(folder: "roformer-v2-options", architecture: "roformer-v2", naming: "google"),
    RecordedArchitecture(folder: "gpt-options", architecture: "gpt", naming: "tensorflow"),
    RecordedArchitecture(folder: "gpt2-hierarchical", architecture: "gpt2", naming: "tensorflow"),
    RecordedArchitecture(folder: "gpt2-ml-hierarchical", architecture: "gpt2-ml", naming: "gpt2-ml"),
    RecordedArchitecture(folder: "electra", architecture: "electra", naming: "electra"),
    RecordedArchitecture(folder: "gpt", architecture: "gpt", naming: "tensorflow"),
    RecordedArchitecture(folder: "gpt-plain", architecture: "gpt", naming: "tensorflow"),
    RecordedArchitecture(folder: "gpt2", architecture: "gpt2", naming: "tensorflow"),
    RecordedArchitecture(folder: "gpt2-ml", architecture: "gpt2-ml", naming: "gpt2-ml"),
    RecordedArchitecture(folder: "roformer-v2", architecture: "roformer-v2", naming: "google"),
    RecordedArchitecture(folder: "roformer-v2-projected", architecture: "roformer-v2", naming: "google"),
    RecordedArchitecture(folder: "t5", architecture: "t5", naming: "mesh"),
    RecordedArchitecture(folder: "t5-uncrossed", architecture: "t5", naming: "mesh"),
    RecordedArchitecture(folder: "t5-encoder-relu", architecture: "t5-gated", naming: "mesh"),
    RecordedArchitecture(folder: "t5-gated", architecture: "t5-gated", naming: "mesh"),
    RecordedArchitecture(folder: "mt5", architecture: "t5-gated", naming: "mt5"),
    RecordedArchitecture(folder: "t5-encoder", architecture: "t5-gated", naming: "mesh"),
    RecordedArchitecture(folder: "t5-decoder", architecture: "t5-gated", naming: "mesh"),
  ]
}

/// A model of `Tests/Fixtures/Architectures` that was saved in one way only.
struct SavedOnce: CustomTestStringConvertible, Sendable {
  let folder: String
  let architecture: String
  var naming = "huggingface"
  /// What the table leaves out.
  var dropped: [String] = []
  /// Heads of fine-tuned models.
  var extras: [String] = []
  /// Whether another table accounts for the tensors just as well.
  var hasRival = false

  var testDescription: String { folder }

  static let all = [
    SavedOnce(folder: "gau", architecture: "gau", naming: "bert4keras"),
    SavedOnce(folder: "gau-squared-relu", architecture: "gau", naming: "bert4keras-biased"),
    SavedOnce(folder: "xlnet", architecture: "xlnet"),
    SavedOnce(folder: "xlnet-causal", architecture: "xlnet"),
    SavedOnce(folder: "xlnet-model", architecture: "xlnet"),
    SavedOnce(folder: "deberta", architecture: "deberta"),
    SavedOnce(folder: "deberta-absolute", architecture: "deberta"),
    SavedOnce(folder: "deberta-microsoft", architecture: "deberta", naming: "microsoft"),
    SavedOnce(folder: "deberta-model", architecture: "deberta"),
    SavedOnce(folder: "deberta-original", architecture: "deberta", naming: "microsoft"),
    SavedOnce(folder: "deberta-v2", architecture: "deberta-v2"),
    SavedOnce(folder: "deberta-v2-model", architecture: "deberta-v2"),
    SavedOnce(folder: "deberta-v2-unshared", architecture: "deberta-v2"),
    SavedOnce(folder: "deberta-v3", architecture: "deberta-v2"),
    SavedOnce(folder: "deberta-v3-original", architecture: "deberta-v2", naming: "microsoft"),
    SavedOnce(folder: "deberta-v3-microsoft", architecture: "deberta-v2", naming: "microsoft"),
    SavedOnce(folder: "albert-huggingface", architecture: "albert"),
    SavedOnce(folder: "albert-classifier", architecture: "albert", extras: ["classifier.bias", "classifier.weight"]),
    SavedOnce(folder: "electra-tagger", architecture: "electra", extras: ["classifier.bias", "classifier.weight"]),
    SavedOnce(
      folder: "roformer-classifier", architecture: "roformer", dropped: ["roformer.encoder.embed_positions.weight"],
      extras: [
        "classifier.dense.bias", "classifier.dense.weight", "classifier.out_proj.bias", "classifier.out_proj.weight",
      ]),
    SavedOnce(folder: "nezha-tagger", architecture: "nezha", extras: ["classifier.bias", "classifier.weight"]),
    SavedOnce(folder: "electra-huggingface", architecture: "electra"),
    // A generator computes what a BERT with a projection does.
    SavedOnce(folder: "electra-generator", architecture: "bert", naming: "huggingface-electra"),
    SavedOnce(folder: "ernie", architecture: "bert", naming: "huggingface-ernie"),
    SavedOnce(folder: "ernie-tasks", architecture: "bert", naming: "huggingface-ernie-tasks"),
    SavedOnce(folder: "distilbert", architecture: "bert", naming: "huggingface-distilbert"),
    SavedOnce(folder: "distilbert-relu", architecture: "bert", naming: "huggingface-distilbert"),
    SavedOnce(folder: "mpnet", architecture: "mpnet"),
    SavedOnce(folder: "mpnet-model", architecture: "mpnet"),
    SavedOnce(
      folder: "mpnet-classifier", architecture: "mpnet",
      extras: [
        "classifier.dense.bias", "classifier.dense.weight", "classifier.out_proj.bias", "classifier.out_proj.weight",
      ]),
    SavedOnce(folder: "roberta", architecture: "roberta"),
    SavedOnce(folder: "roberta-texts", architecture: "roberta"),
    SavedOnce(folder: "roberta-model", architecture: "roberta", hasRival: true),
    SavedOnce(folder: "camembert", architecture: "roberta"),
    SavedOnce(folder: "xlm-roberta", architecture: "roberta"),
    SavedOnce(
      folder: "roberta-classifier", architecture: "roberta",
      extras: [
        "classifier.dense.bias", "classifier.dense.weight", "classifier.out_proj.bias", "classifier.out_proj.weight",
      ]),
    SavedOnce(folder: "gpt-huggingface", architecture: "gpt"),
    SavedOnce(folder: "gpt2-huggingface", architecture: "gpt2"),
    SavedOnce(folder: "gpt2-unscaled", architecture: "gpt2"),
    SavedOnce(folder: "gpt2-openai", architecture: "gpt2", naming: "openai"),
    SavedOnce(folder: "xlnet-google", architecture: "xlnet", naming: "google"),
    SavedOnce(folder: "bert-google", architecture: "bert", naming: "google"),
    SavedOnce(folder: "albert-google", architecture: "albert", naming: "google"),
    SavedOnce(folder: "nezha-original", architecture: "nezha", naming: "nezha", hasRival: true),
    SavedOnce(folder: "electra-original", architecture: "electra", naming: "electra"),
    SavedOnce(folder: "gpt2-ml-original", architecture: "gpt2-ml", naming: "gpt2-ml"),
    SavedOnce(folder: "t5-mesh", architecture: "t5", naming: "mesh"),
    SavedOnce(folder: "t5-gated-mesh", architecture: "t5-gated", naming: "mesh"),
    SavedOnce(folder: "mt5-mesh", architecture: "t5-gated", naming: "mt5"),
    SavedOnce(folder: "nezha-huggingface", architecture: "nezha"),
    SavedOnce(folder: "nezha-far-huggingface", architecture: "nezha"),
    SavedOnce(
      folder: "roformer-huggingface", architecture: "roformer", dropped: ["roformer.encoder.embed_positions.weight"]),
    SavedOnce(folder: "t5-huggingface", architecture: "t5"),
    SavedOnce(
      folder: "t5-classifier", architecture: "t5",
      extras: [
        "classification_head.dense.bias", "classification_head.dense.weight", "classification_head.out_proj.bias",
        "classification_head.out_proj.weight",
      ]),
    SavedOnce(folder: "t5-gated-tagger", architecture: "t5-gated", extras: ["classifier.bias", "classifier.weight"]),
    SavedOnce(folder: "t5-gated-huggingface", architecture: "t5-gated"),
    SavedOnce(folder: "t5-gated-tied", architecture: "t5-gated"),
  ]
}

@Suite("Variables of every architecture of bert4keras") struct RecordedArchitectureTests {
  @Test("every list is tested")
  func discovered() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: RecordedArchitecture.path.path)
    let tested = RecordedArchitecture.all.map(\.folder) + SavedOnce.all.map(\.folder) + ["albert-unshared"]
    #expect(folders.sorted() == tested.sorted())
  }

  @Test("of other programs are planned to the last tensor, by one table alone", arguments: SavedOnce.all)
  func other(model: SavedOnce) throws {
    let list = try RecordedVariables(
      reading: RecordedArchitecture.path.appending(path: "\(model.folder)/variables.tsv"))
    let tables = Architecture.all.filter { !model.hasRival || $0.name == model.architecture }
    let plan = try Architecture.plan(
      for: list.tensors, of: list.name, among: tables, extras: model.extras.isEmpty ? .refuse : .keep)
    #expect(plan.architecture == model.architecture && plan.naming == model.naming)
    #expect(plan.dropped.map(\.source) == model.dropped)
    let sources = Set(plan.steps.map { TensorPart(addressedAs: $0.source)?.whole ?? $0.source })
    #expect(plan.extras.map(\.source) == model.extras)
    #expect(sources.count + plan.dropped.count + plan.extras.count == list.tensors.count)
  }

  @Test("in HDF5 are planned to the last tensor, by one table alone", arguments: RecordedArchitecture.all)
  func keras(model: RecordedArchitecture) throws {
    let list = try model.variables()
    let plan = try Architecture.plan(for: list.tensors, of: list.name)
    #expect(plan.architecture == model.architecture && plan.naming == model.kerasNaming)
    #expect(plan.steps.count == list.tensors.count && plan.dropped.isEmpty)
  }

  @Test("in a checkpoint are planned to the last tensor", arguments: RecordedArchitecture.all)
  func checkpoint(model: RecordedArchitecture) throws {
    let list = try model.variables("checkpoint/variables.tsv")
    let architecture = try #require(Architecture.named(model.architecture))
    let plan = try architecture.plan(for: list.tensors, of: list.name)
    #expect(plan.naming == model.naming)
    #expect(plan.steps.count == list.tensors.count && plan.dropped.isEmpty)
    if model.rivals.isEmpty {
      #expect(try Architecture.plan(for: list.tensors, of: list.name) == plan)
    } else {
      let titles = (model.rivals + ["\(model.architecture) (\(model.naming))"]).sorted().joined(separator: " and ")
      let problems = #expect(throws: Problems.self) { try Architecture.plan(for: list.tensors, of: list.name) }
      #expect(
        problems?.description
          == "checkpoint: mismatched: found tensors that fit \(titles), expected one of them. Choose with "
          + "--architecture and --naming.")
    }
  }

  @Test("become the same canonical tensors from either", arguments: RecordedArchitecture.all)
  func same(model: RecordedArchitecture) throws {
    let architecture = try #require(Architecture.named(model.architecture))
    let keras = try architecture.plan(for: model.variables().tensors, of: "x.h5")
    let checkpoint = try architecture.plan(for: model.variables("checkpoint/variables.tsv").tensors, of: "x.ckpt")
    let absent = Set(architecture.naming(model.naming)?.absences.map(\.tensor) ?? [])
    let expected = keras.steps.filter {
      !absent.contains($0.tensor) && !absent.contains($0.tensor.replacing(/block\.[0-9]+\./, with: "block.{L}."))
    }
    #expect(checkpoint.steps.map(\.tensor) == expected.map(\.tensor))
    #expect(checkpoint.steps.map(\.shape) == expected.map(\.shape))
  }

  @Test("of an ALBERT whose blocks share nothing any more are a BERT's in HDF5, and in a checkpoint nobody's")
  func unshared() throws {
    let folder = RecordedArchitecture(folder: "albert-unshared", architecture: "bert", naming: "")
    let plan = try Architecture.plan(for: folder.variables().tensors, of: "x.h5")
    #expect(plan.architecture == "bert" && plan.steps.count == 48)
    // bert4keras gives the variables of all blocks one name, and TensorFlow numbers the second of each.
    let list = try folder.variables("checkpoint/variables.tsv")
    let problems = #expect(throws: Problems.self) { try Architecture.plan(for: list.tensors, of: "x.ckpt") }
    #expect(problems?.all.count == 16)
    #expect(
      problems?.all.first?.description
        == "x.ckpt: mismatched in bert/encoder/transformer/group_0/inner_group_0/LayerNorm/beta_1: found a second tensor of "
        + "the name bert/encoder/transformer/group_0/inner_group_0/LayerNorm/beta, which TensorFlow numbers, expected one, for "
        + "albert has one. The blocks of such a model do not share their weights, and its checkpoint does not tell whose is "
        + "whose: convert what Keras itself saved.")
    // Nobody may leave out the second block.
    for policy in [ExtraPolicy.drop, .keep] {
      let again = #expect(throws: Problems.self) {
        try Architecture.plan(for: list.tensors, of: "x.ckpt", extras: policy)
      }
      #expect(again?.description == problems?.description)
    }
  }

  @Test("without the table of relative positions are no NEZHA, where its files always hold it")
  func presence() throws {
    let nezha = try #require(Architecture.named("nezha"))
    let presence = try #require(nezha.naming("bert4keras")?.presences.first)
    let recorded = try #require(RecordedArchitecture.all.first { $0.folder == "nezha" })
    let tensors = try recorded.variables().tensors.without("Embedding-Relative-Position[0]")
    let problems = #expect(throws: Problems.self) {
      try nezha.plan(for: tensors, of: "x.h5", naming: "bert4keras")
    }
    #expect(
      problems?.description
        == "x.h5: mismatched: found nothing of the group relative, expected all of it, as in every file of bert4keras "
        + "(nezha.names:\(presence.line)).")
  }

  @Test("with neither encoder nor decoder are no T5")
  func presenceOfOne() throws {
    let architecture = try #require(Architecture.named("t5"))
    let presence = try #require(architecture.naming("bert4keras")?.presences.first)
    let problems = #expect(throws: Problems.self) {
      try architecture.plan(for: [float32("Embedding-Token[0]", [4, 2])], of: "x.h5", naming: "bert4keras")
    }
    #expect(
      problems?.description
        == "x.h5: mismatched: found nothing of the group encoder or decoder, expected all of it, as in every file of "
        + "bert4keras (t5.names:\(presence.line)).")
  }
}
