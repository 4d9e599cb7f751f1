import JSON
import ModelFiles
import Synchronization
import Tensors
import TestSupport
import Testing
import Verification

@testable import Inference

/// Mistakes in the computation of an architecture: each must be caught, and located where it was made.
@Suite("Planted mistakes of computation") struct PlantedComputationTests {
  /// A model with something wrong in it.
  struct Planted: WeightStore {
    let model: ModelFile
    /// The settings, by name.
    var settings: [String: JSON]
    /// What is done to the graph.
    var rewriting: @Sendable (inout Graph) -> Void = { _ in }
    /// Whether positions that are given are left out.
    var overlooksPositionIDs = false
    /// What stands in the place of a weight.
    var weights: [String: @Sendable (Planted, Tensor) -> Tensor] = [:]

    /// Weights that the model does not have, each a copy of one that it has.
    var copies: [String: String] = [:]

    init(_ model: ModelFile) {
      self.model = model
      settings = Dictionary(uniqueKeysWithValues: (model.settings.members ?? []).map { ($0.name, $0.value) })
    }

    /// The model, with everything that is wrong in it.
    func runtime() throws -> Model {
      try Model(
        weights: self, design: #require(Design(named: model.architecture)),
        settings: .object(settings.map { JSON.Member($0.key, $0.value) }), rewriting: rewriting)
    }

    var file: String { model.file }
    var names: [String] { model.names + copies.keys }
    func weight(_ name: String) -> Tensor? {
      model.weight(copies[name] ?? name).map { weight in weights[name].map { $0(self, weight) } ?? weight }
    }
  }

  struct Mistake: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let model: String
    let point: String
    /// The batch in which it shows first.
    var batch = 0
    /// Whether it is too small for float32 to show.
    var isSmall = false
    let plant: @Sendable (inout Planted) -> Void

    init(
      _ description: String, in model: String, at point: String, batch: Int = 0, isSmall: Bool = false,
      plant: @escaping @Sendable (inout Planted) -> Void
    ) {
      (testDescription, self.model, self.point, self.batch) = ("\(model): \(description)", model, point, batch)
      (self.isSmall, self.plant) = (isSmall, plant)
    }
  }

  /// Leaves the turns of queries and keys out.
  private static let unturned: @Sendable (inout Planted) -> Void = {
    $0.rewriting = { $0.bypass { if case .turn = $0.operation { true } else { false } } }
  }

  /// Changes every attention of a graph, knowing how many features the queries of a head have.
  static func attentions(
    _ change: @escaping @Sendable (inout Attend, _ headWidth: Int) -> Void
  ) -> @Sendable (inout Planted) -> Void {
    {
      $0.rewriting = { graph in
        for index in graph.nodes.indices {
          guard case .attend(var attend) = graph.nodes[index].operation else { continue }
          change(&attend, graph.count(graph.nodes[index].inputs[0].features) / attend.heads)
          graph.nodes[index].operation = .attend(attend)
        }
      }
    }
  }

  /// Exchanges what two names hold.
  static func exchange(_ one: String, _ other: String) -> @Sendable (inout Planted) -> Void {
    { planted in
      planted.weights[one] = { $0.model.weight(other) ?? $1 }
      planted.weights[other] = { $0.model.weight(one) ?? $1 }
    }
  }

  /// Moves the rows of a matrix.
  static func rows(_ tensor: Tensor, _ source: (Int) -> Int) -> Tensor {
    let (count, width) = (tensor.shape.dimensions[0], tensor.shape.elementCount / tensor.shape.dimensions[0])
    let values: [Float] = tensor.withElements { Array($0) }
    return Tensor(
      (0..<count).flatMap { values[source($0) * width..<(source($0) + 1) * width] }, shape: tensor.shape)!
  }

  /// Pairs the features of each head of 4 by halves, (0, 2) and (1, 3), in place of neighbours.
  private static let halves: @Sendable (inout Planted) -> Void = { planted in
    for name in ["query.weight", "query.bias", "key.weight", "key.bias"] {
      planted.weights["block.0.attention.\(name)"] = { rows($1) { $0 / 4 * 4 + [0, 2, 1, 3][$0 % 4] } }
    }
  }

  /// Moves the columns of a matrix, and perhaps turns their signs.
  static func columns(_ tensor: Tensor, _ source: (Int) -> (column: Int, sign: Float)) -> Tensor {
    let (count, width) = (tensor.shape.dimensions[0], tensor.shape.dimensions[1])
    let values: [Float] = tensor.withElements { Array($0) }
    let moved = (0..<count * width).map { index in
      let (column, sign) = source(index % width)
      return sign * values[index / width * width + column]
    }
    return Tensor(moved, shape: tensor.shape)!
  }

  static let mistakes: [Mistake] = [
    Mistake("rotary pairs by halves", in: "roformer", at: "block.0.attention.output", plant: halves),
    Mistake("rotary pairs by halves", in: "roformer-v2", at: "block.0.attention.output", plant: halves),
    Mistake("no positions", in: "roformer", at: "block.0.attention.output", plant: unturned),
    Mistake("distances clipped one too early", in: "nezha", at: "block.0.attention.output", batch: 3) { planted in
      planted.settings["relative.distance"] = 63
      planted.weights["attention.relative.weight"] = { _, table in
        let values: [Float] = table.withElements { Array($0) }
        return Tensor(Array(values[4..<values.count - 4]), shape: [127, 4])!
      }
    },
    Mistake("buckets off by one in the encoder", in: "t5", at: "encoder.block.0.attention.output") {
      $0.weights["encoder.attention.relative.weight"] = { rows($1) { min($0 + 1, 31) } }
    },
    Mistake("buckets off by one in the decoder", in: "t5-gated", at: "decoder.block.0.attention.output") {
      $0.weights["decoder.attention.relative.weight"] = { rows($1) { min($0 + 1, 31) } }
    },
    Mistake("far distances in too few buckets", in: "t5", at: "encoder.block.0.attention.output", batch: 2) {
      $0.settings["relative.distance"] = 64
    },
    Mistake("cross attention without positions", in: "t5", at: "decoder.block.0.cross.output") {
      $0.settings["cross.position"] = false
    },
    Mistake(
      "query for value in cross attention", in: "t5", at: "decoder.block.1.cross.output",
      plant: exchange("decoder.block.1.cross.query.weight", "decoder.block.1.cross.value.weight")),
    Mistake(
      "the gate for what it lets through", in: "mt5", at: "encoder.block.0.feedforward.output",
      plant: exchange("encoder.block.0.feedforward.gate.weight", "encoder.block.0.feedforward.intermediate.weight")),
    Mistake(
      "the norms of GPT2-ML exchanged", in: "gpt2-ml", at: "block.0.feedforward.norm",
      plant: exchange("block.0.feedforward.norm.gamma", "block.0.norm.gamma")),
    Mistake("a bidirectional decoder", in: "gpt", at: "block.0.attention.output") {
      $0.rewriting = { $0.stacks[0].mask = .none }
    },
    Mistake("the coarser position weighed as the finer one", in: "bert-hierarchical", at: "embedding.norm", batch: 1) {
      $0.settings["hierarchical"] = .double(0.6)
    },
    Mistake("positions counted that are given", in: "bert-hierarchical", at: "embedding.norm", batch: 1) {
      $0.overlooksPositionIDs = true
    },
    Mistake("segment 0 not hidden", in: "bert-shared-segments", at: "block.0.attention.output") {
      $0.settings["segment.shared"] = false
      $0.copies["embedding.segment.weight"] = "embedding.token.weight"
    },
    Mistake(
      "the condition's gamma for its beta", in: "bert-conditional", at: "embedding.norm",
      plant: exchange("embedding.norm.condition.gamma.weight", "embedding.norm.condition.beta.weight")),
    Mistake(
      "the condition's gamma for its beta", in: "bert-conditional", at: "mlm.norm",
      plant: exchange("mlm.norm.condition.gamma.weight", "mlm.norm.condition.beta.weight")),
    Mistake("no activation of the condition", in: "bert-conditional-hidden", at: "embedding.norm") {
      $0.settings["condition.activation"] = "linear"
    },
    Mistake("no scores of the block before", in: "bert-residual", at: "block.1.attention.output") {
      $0.settings["attention.residual"] = false
    },
    Mistake("a word taken for padding", in: "gpt2-huggingface", at: "block.0.attention.output", batch: 1) {
      $0.settings["padding.zero"] = true
    },
    Mistake("the gelu of BERT", in: "gpt2-huggingface", at: "block.0.feedforward.output") {
      $0.settings["activation"] = "gelu-erf"
    },
    Mistake(
      "the second third of the columns for the first", in: "gpt-huggingface", at: "block.0.attention.output",
      plant: exchange("block.0.attention.query.weight", "block.0.attention.key.weight")),
    Mistake("the epsilon of the embedding in the block", in: "albert", at: "block.0.attention.norm", isSmall: true) {
      $0.settings["block.epsilon"] = .double(1e-12)
    },
    Mistake("the gate for the value", in: "gau", at: "block.0.attention.output") {
      $0.weights["block.0.attention.intermediate.weight"] = { rows($1) { $0 < 20 ? $0 + 20 : $0 < 40 ? $0 - 20 : $0 } }
    },
    Mistake(
      "the scales of query and key exchanged", in: "gau-squared-relu", at: "block.0.attention.output",
      plant: exchange("block.0.attention.query.beta", "block.0.attention.key.beta")),
    Mistake("scores that do not grow with the text", in: "gau", at: "block.0.attention.output") {
      $0.settings["attention.normalization"] = "softmax"
    },
    Mistake("no positions", in: "gau", at: "block.0.attention.output", plant: unturned),
    Mistake("scores divided by the root of the width", in: "gpt2-unscaled", at: "block.0.attention.output") {
      $0.settings["attention.scaled"] = true
    },
    Mistake("scores not divided by the number of the block", in: "gpt2-unscaled", at: "block.1.attention.output") {
      $0.settings["attention.by-depth"] = false
    },
    Mistake(
      "query for key", in: "gpt2-openai", at: "block.0.attention.output",
      plant: exchange("block.0.attention.query.weight", "block.0.attention.key.weight")),
    Mistake(
      "the biases of another block", in: "xlnet-google", at: "block.0.attention.output",
      plant: exchange("block.0.attention.content.bias", "block.1.attention.content.bias")),
    Mistake("the epsilon of T5 in GPT-2", in: "gpt2", at: "block.0.attention.norm") {
      $0.settings["epsilon"] = .double(1e-6)
    },
  ]

  static let everyMistake = mistakes + xlnet + deberta + debertaV2 + common + options

  @Test("are there for every architecture")
  func everyArchitecture() throws {
    let models = Set(Self.everyMistake.map(\.model))
    let architectures = try models.map { try ConvertedModels.file(of: RecordedModel.named($0)).architecture }
    #expect(Set(architectures) == Set(Model.architectures))
  }

  @Test("are listed in Formats/PlantedMistakes.txt, each with the point at which it must be found")
  func page() throws {
    let page = try String(
      contentsOf: Fixtures.repository.appending(path: "Formats/PlantedMistakes.txt"), encoding: .utf8)
    let listed = page.split(separator: "\n").filter { line in
      ["#", "tokenizer  ", "head  "].allSatisfy { !line.hasPrefix($0) }
    }.map(
      String.init)
    let planted = try Self.everyMistake.map { mistake in
      let architecture = try ConvertedModels.file(of: RecordedModel.named(mistake.model)).architecture
      return "\(architecture)  \(mistake.testDescription)  at \(mistake.point)"
    }.sorted()
    #expect(Set(planted).count == planted.count)
    #expect(listed == planted)
  }

  @Test("is caught and located", arguments: everyMistake)
  func caught(mistake: Mistake) throws {
    let recorded = RecordedModel.named(mistake.model)
    let file = try ConvertedModels.file(of: recorded)
    var planted = Planted(file)
    mistake.plant(&planted)
    var reference = try Reference(opening: recorded.references[mistake.isSmall ? 1 : 0])
    if planted.overlooksPositionIDs { reference = try reference.withoutPositionIDs() }
    let first = try ReferenceComparison(of: planted.runtime(), with: reference).firstDivergence
    #expect(first?.point == mistake.point)
    #expect(first?.batch == mistake.batch)
  }
}

extension Reference {
  /// The same without the positions that are given with tokens, which a model then counts.
  fileprivate func withoutPositionIDs() throws -> Reference {
    #expect(batches.contains { $0.positionIDs != nil })
    return Reference(
      file: file,
      batches: try batches.enumerated().map { number, batch in
        try Batch(
          inputs: batch.inputs.filter { $0.key != "position_ids" }, points: batch.points, number: number, of: file)
      })
  }
}

/// Every model converted once, whatever the number of mistakes in it.
private enum ConvertedModels {
  private static let files = Mutex<[String: ModelFile]>([:])

  static func file(of model: RecordedModel) throws -> ModelFile {
    try files.withLock { files in
      if let file = files[model.name] { return file }
      // What is mapped stays when the directory goes.
      let file = try model.convert(into: TemporaryDirectory())
      files[model.name] = file
      return file
    }
  }
}
