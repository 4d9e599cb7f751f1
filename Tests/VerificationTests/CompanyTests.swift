import Inference
import Tensors
import TestSupport
import Testing

/// A sequence computes the same bits alone and among others of other lengths, in every architecture that has a fixture.
@Suite("Sequences in company") struct CompanyTests {
  static let models = [
    "encoder", "bert-hierarchical", "bert-conditional", "bert-conditional-hidden", "bert-residual",
    "bert-shared-segments", "unilm", "albert", "albert-options", "deberta", "deberta-absolute", "deberta-v2",
    "deberta-v2-unshared", "deberta-v3", "electra", "gau", "gau-squared-relu", "gpt", "gpt2", "gpt2-unscaled",
    "gpt2-ml",
    "nezha", "nezha-options", "roberta", "camembert", "mpnet", "roformer", "roformer-sim", "roformer-v2", "t5",
    "t5-gated",
    "t5-decoder", "t5-encoder",
    "t5-uncrossed", "xlnet", "xlnet-causal",
  ]

  /// One sequence and what belongs to it.
  struct Sequence {
    var tokens: [Int32]
    var segments: [Int32]
    var decoderTokens: [Int32]
    var condition: [Float]
    var context: [Float]
  }

  /// Sequences of several lengths, some with padding inside and at the end, as a model takes them.
  func sequences(for model: Model) -> [Sequence] {
    let padding = max(0, model.graph.main.padding.token)
    let hasSegments = (model.sizes.segments ?? 1) > 1
    return [7, 1, 4, 12, 3, 9].enumerated().map { row, count in
      let length = min(count, model.sizes.positions ?? count)
      func number(_ place: Int, _ limit: Int) -> Int32 { Int32((row * 31 + place * 17 + 5) % limit) }
      return Sequence(
        tokens: (0..<length).map { row % 2 == 1 && $0 > 5 ? padding : number($0, model.sizes.vocabulary) },
        segments: (0..<length).map { hasSegments && $0 > length / 2 ? 1 : 0 },
        decoderTokens: (0..<1 + (length * 5) % 8).map { number($0, model.sizes.vocabulary) },
        condition: (0..<(model.sizes.condition ?? 0)).map { Float(row) - Float($0) / 2 },
        context: (0..<3 * model.sizes.width).map { Float(number($0, 11)) / 4 - 1 })
    }
  }

  /// Runs sequences together, and returns the bits of each at every point.
  func bits(of model: Model, _ sequences: [Sequence], threads: Int) throws -> [[Point: [UInt32]]] {
    func features(_ values: [[Float]], length: Int, width: Int) throws -> Input.Features {
      try Input.Features(batch: values.count, length: length, width: width, values: Array(values.joined()))
    }
    let input = try Input(
      tokenIDs: sequences.map(\.tokens), segmentIDs: sequences.map(\.segments),
      decoderTokenIDs: model.takesDecoderTokens ? sequences.map(\.decoderTokens) : nil,
      condition: model.sizes.condition.map { try features(sequences.map(\.condition), length: 1, width: $0) },
      context: model.takesContext ? try features(sequences.map(\.context), length: 3, width: model.sizes.width) : nil)
    var found = sequences.map { _ in [Point: [UInt32]]() }
    let values = try model.run(input, computing: Set(model.points), threads: threads)
    for (point, tensor) in values {
      let bits = tensor.withElements(of: Float.self) { $0.map(\.bitPattern) }
      let isSummary = point == .pooler || point == .nextSentenceProbabilities
      let isDecoder = model.takesDecoderTokens && !point.name.hasPrefix("encoder.")
      let lengths = sequences.map { isSummary ? 1 : isDecoder ? $0.decoderTokens.count : $0.tokens.count }
      let features = bits.count / lengths.reduce(0, +)
      try #require(features * lengths.reduce(0, +) == bits.count)
      var first = 0
      for (row, length) in lengths.enumerated() {
        found[row][point] = Array(bits[first..<first + length * features])
        first += length * features
      }
    }
    return found
  }

  @Test("are there for every architecture")
  func everyArchitecture() throws {
    let architectures = try Self.models.map {
      try RecordedModel.named($0).convert(into: TemporaryDirectory()).architecture
    }
    #expect(Set(architectures) == Set(Model.architectures))
  }

  @Test("give the bits that each gives alone", arguments: models)
  func company(name: String) throws {
    let model = try Model(RecordedModel.named(name).convert(into: TemporaryDirectory()))
    let sequences = sequences(for: model)
    let alone = try sequences.map { try bits(of: model, [$0], threads: 1)[0] }
    for (order, threads) in [([0, 1, 2, 3, 4, 5], 1), ([5, 3, 0, 4], 2), ([1, 1, 2], 3)] {
      let found = try bits(of: model, order.map { sequences[$0] }, threads: threads)
      for (row, number) in order.enumerated() {
        for point in model.points {
          #expect(found[row][point] == alone[number][point], "\(point) of sequence \(number) in \(order)")
        }
      }
    }
  }
}
