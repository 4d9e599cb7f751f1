import Architectures
import Checkpoints
import Conversion
import Inference
import ModelFiles
import TestSupport
import Testing
import Verification

/// Models beside BERT, each with the model of PyTorch that transformers took its weights from.
private let twins: [(String, String?)] = [
  ("albert", "albert-huggingface"), ("deberta", "deberta-absolute"), ("deberta-v2-unshared", nil),
  ("deberta-v3", "deberta-v3"), ("electra", "electra-huggingface"), ("gpt", "gpt-huggingface"),
  ("gpt2", "gpt2-huggingface"), ("mt5", "t5-gated-huggingface"), ("roformer", "roformer-huggingface"),
  ("t5", "t5-huggingface"), ("xlnet", "xlnet"),
]

/// Models that transformers saved from TensorFlow, against what they computed there.
@Suite("tf_model.h5 of Hugging Face") struct HuggingFaceTFTests {
  static let models = ["classifier", "encoder", "masked-lm", "pretraining"]

  private static func folder(_ model: String) -> String {
    Fixtures.folder("HuggingFaceTF").appending(path: model).path
  }

  private func plan(_ model: String, settings: [String: String] = [:]) throws -> Conversion {
    try Conversion(
      planning: Release(at: Self.folder(model)), options: Conversion.Options(extras: .keep, settings: settings))
  }

  private func convert(
    _ model: String, into directory: TemporaryDirectory, settings: [String: String] = [:]
  ) throws -> ModelFile {
    let path = directory.path("\(model).ingot")
    _ = try plan(model, settings: settings).write(to: path)
    return try ModelFile(mapping: path)
  }

  private func comparison(_ file: ModelFile, _ model: String, _ precision: String) throws -> ReferenceComparison {
    let reference = try Reference(opening: "\(Self.folder(model))/reference.\(precision).npz")
    let comparison = try ReferenceComparison(of: Model(file), with: reference)
    #expect(comparison.points.count == reference.batches.reduce(0) { $0 + $1.points.count })
    return comparison
  }

  @Test(
    "converts and computes at every point what TensorFlow computed in float32, and PyTorch in float64",
    arguments: models, ["float32", "float64"])
  func agrees(model: String, precision: String) throws {
    let directory = try TemporaryDirectory()
    let comparison = try comparison(convert(model, into: directory), model, precision)
    #expect(comparison.firstDivergence == nil)
  }

  @Test(
    "every architecture that transformers has in TensorFlow computes at every point what it computed", arguments: twins
  )
  func agreesBesideBERT(model: String, twin: String?) throws {
    let directory = try TemporaryDirectory()
    let file = try convert(model, into: directory)
    #expect(try plan(model).plan.naming == "huggingface-tf" && plan(model).plan.extras.isEmpty)
    for precision in ["float32", "float64"] {
      #expect(try comparison(file, model, precision).firstDivergence == nil)
    }
  }

  @Test("the weights are those of the model of PyTorch, bit for bit", arguments: twins)
  func isTheTwin(model: String, twin: String?) throws {
    guard let twin else { return }
    let comparison = try Comparison(
      of: Release.weights(at: Self.folder(model)),
      with: Release.weights(at: Fixtures.folder("Architectures/\(twin)").path))
    // ALBERT in TensorFlow adds an output bias of its own, which PyTorch keeps in no file.
    #expect(comparison.pairs.filter { !$0.result.isEqual }.map(\.name) == (model == "albert" ? ["mlm.bias"] : []))
    #expect(comparison.onlyInFirst == [] && comparison.onlyInSecond == [] && comparison.pairs.count > 20)
  }

  @Test("files of 2021, whose embeddings have another name, are read, and GPT-2's gelu was the one by erf")
  func ofThatYear() throws {
    for (model, settings) in [("gpt2-2021", ["activation": "gelu-erf"]), ("t5-2021", [:])] {
      let directory = try TemporaryDirectory()
      #expect(
        try comparison(convert(model, into: directory, settings: settings), model, "float32").firstDivergence == nil)
      let embedding = try #require(plan(model).plan.steps.first { $0.tensor == "embedding.token.weight" })
      #expect(embedding.source.hasSuffix("/weight"))
    }
    #expect(try plan("gpt2-2021").settings["activation"] == .choice("gelu-tanh"))
    let directory = try TemporaryDirectory()
    let told = try comparison(convert("gpt2-2021", into: directory), "gpt2-2021", "float32")
    #expect(told.firstDivergence?.point == "block.0.feedforward.output")
  }

  @Test(
    "what TensorFlow computes otherwise than PyTorch is known: GPT's gelu, ALBERT's output bias, DeBERTa's convolution")
  func differences() throws {
    #expect(try plan("gpt").settings["activation"] == .choice("gelu-erf"))
    let directory = try TemporaryDirectory()
    let tanh = try comparison(
      convert("gpt", into: directory, settings: ["activation": "gelu-tanh"]), "gpt", "float32")
    #expect(tanh.firstDivergence?.point == "block.0.feedforward.output")
    let dropped = try plan("albert").plan.dropped.filter { !$0.source.hasPrefix("predictions/albert/") }
    #expect(dropped.map(\.source) == ["predictions/bias"])
  }

  @Test("the references hold every point of the model", arguments: models + twins.map(\.0))
  func coverage(model: String) throws {
    let directory = try TemporaryDirectory()
    let file = try convert(model, into: directory)
    let recorded = try comparison(file, model, "float32").points.filter { $0.batch == 0 }.map(\.point)
    // What heads answer is recorded elsewhere (`Heads`).
    #expect(try recorded == Model(file).points.map(\.name).filter { !$0.hasPrefix("head.") })
  }

  @Test("settings are those of config.json: epsilon, and which gelu")
  func settings() throws {
    #expect(try plan("encoder").settings["epsilon"] == .number(1e-5))
    #expect(try plan("encoder").settings["activation"] == .choice("gelu-erf"))
    #expect(try plan("masked-lm").settings["epsilon"] == .number(1e-12))
    #expect(try plan("masked-lm").settings["activation"] == .choice("gelu-tanh"))
  }

  @Test("the other gelu, epsilon or head count is caught, in the first block that it changes")
  func planted() throws {
    for (model, changes, place) in [
      ("masked-lm", ["activation": "gelu-erf"], "block.0.feedforward.output"),
      ("encoder", ["epsilon": "1e-12"], "embedding.norm"),
      ("pretraining", ["heads": "2"], "block.0.attention.output"),
    ] {
      let directory = try TemporaryDirectory()
      let comparison = try comparison(convert(model, into: directory, settings: changes), model, "float32")
      #expect(comparison.firstDivergence?.point == place)
    }
  }

  @Test("a head is an extra, and the embeddings that a head lists once more are left out by a row")
  func others() throws {
    #expect(try plan("classifier").plan.extras.map(\.source).sorted() == ["classifier/bias", "classifier/kernel"])
    let dropped = try plan("pretraining").plan.dropped
    #expect(dropped.count == 5)
    #expect(dropped.allSatisfy { $0.source.hasPrefix("mlm___cls/bert/embeddings/") })
    #expect(try plan("encoder").plan.dropped.isEmpty && plan("encoder").plan.naming == "huggingface-tf")
  }

  @Test("the copies that are left out hold what the embeddings hold")
  func copies() throws {
    let checkpoint = try Release(at: Self.folder("pretraining")).checkpoint
    for copy in checkpoint.tensors where copy.name.hasPrefix("mlm___cls/bert/") {
      let shared = try checkpoint.tensor(named: String(copy.name.dropFirst("mlm___cls/".count)))
      var bytes = [[UInt8]](repeating: [], count: 2)
      for (index, tensor) in [copy, shared].enumerated() {
        try tensor.source.forEachTile(of: 1 << 10) { _, tile in bytes[index] += tile }
      }
      #expect(bytes[0] == bytes[1] && !bytes[0].isEmpty, "\(copy.name)")
    }
  }
}
