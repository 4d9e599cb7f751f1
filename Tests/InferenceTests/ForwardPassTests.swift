import Bytes
import CKernels
import Foundation
import JSON
import Tensors
import Testing

@testable import Inference

@Suite("The forward pass") struct ForwardPassTests {
  /// The values at every point of a model.
  func values(
    _ model: Model, _ input: Input, _ precision: Precision = .float32, threads: Int = 2
  ) throws -> [Point: Tensor] {
    try model.run(input, computing: Set(model.points), precision: precision, threads: threads)
  }

  // Values reach 10, a few hundred roundings away from the input. TensorFlow's own float32 is up to 2.6e-6 away from its
  // float64 on models of this size; four times as much is allowed, and any mistake is thousands of times larger.
  static let tolerance = 1e-5

  @Test(arguments: AttentionMask.allCases, [false, true])
  func float32IsFloat64Rounded(mask: AttentionMask, projected: Bool) throws {
    let model = try Model.tiny(projected: projected, mask: mask)
    let exact = try values(model, .padded(), .float64)
    let fast = try values(model, .padded(), .float32)
    #expect(Set(exact.keys) == Set(model.points))
    for point in model.points {
      #expect(exact[point]!.elementType == .float64 && fast[point]!.elementType == .float32)
      #expect(exact[point]!.shape == fast[point]!.shape)
      #expect(largestDistance(exact[point]!.doubles, fast[point]!.doubles) < Self.tolerance, "\(point)")
    }
  }

  @Test(arguments: Activation.allCases) func everyActivationAgreesInBothPrecisions(activation: Activation) throws {
    let model = try Model.tiny(activation: activation)
    let exact = try values(model, .padded(), .float64)
    let fast = try values(model, .padded(), .float32)
    #expect(largestDistance(exact[.maskedTokenLogits]!.doubles, fast[.maskedTokenLogits]!.doubles) < Self.tolerance)
  }

  @Test(arguments: levels) func everyInstructionSetAgrees(level: UInt32) throws {
    let weights = Weights.tiny()
    let configuration = JSON.bert(heads: 4, mask: .unilm)
    let model = try Model(weights: weights, architecture: "bert", settings: configuration)
    var found: [Point: Tensor] = [:]
    let input = try Input.padded()
    try model.run(
      input, Set(model.points), Float32Kernels(level: CKLevel(level))!, Threads(count: 2)
    ) { found[$0] = $1 }
    let exact = try values(model, input, .float64)
    for point in model.points {
      #expect(largestDistance(exact[point]!.doubles, found[point]!.doubles) < Self.tolerance, "\(point)")
    }
  }

  @Test func pointsComeInOrderWithTheirShapes() throws {
    let model = try Model.tiny(projected: true)
    var seen: [String] = []
    try model.run(.padded(), computing: Set(model.points)) { seen.append("\($0) \($1.shape)") }
    let blocks = (0..<2).flatMap { block in
      ["attention.output", "attention.norm", "feedforward.output", "feedforward.norm"].map {
        "block.\(block).\($0) [3, 10, 16]"
      }
    }
    #expect(
      seen == ["embedding.norm [3, 10, 12]", "embedding.projection [3, 10, 16]"] + blocks + [
        "pooler [3, 16]", "nsp.probabilities [3, 2]", "mlm.norm [3, 10, 12]", "mlm.logits [3, 10, 40]",
        "mlm.probabilities [3, 10, 40]",
      ])
  }

  @Test func onlyWantedPointsAreDelivered() throws {
    let model = try Model.tiny()
    let found = try model.run(.padded(), computing: [.pooler, .attentionNorm(block: 1)])
    #expect(Set(found.keys) == [.pooler, .attentionNorm(block: 1)])
  }

  @Test func aHeadAloneGivesWhatItGivesAmongAll() throws {
    let model = try Model.tiny()
    let all = try values(model, .padded())
    for point in model.points {
      #expect(try model.run(.padded(), computing: [point])[point]!.doubles == all[point]!.doubles, "\(point)")
    }
  }

  // Which columns share a vector differs, but no sum crosses columns: each token's numbers are the same to the bit.
  @Test(arguments: Precision.allCases) func chosenPositionsGiveTheirRowsOfAll(precision: Precision) throws {
    let model = try Model.tiny()
    let positions = [TokenPosition(row: 2, position: 1), TokenPosition(row: 0, position: 9)]
    let all = try values(model, .padded(), precision)
    let points: [Point] = [.maskedTokenNorm, .maskedTokenLogits, .maskedTokenProbabilities]
    let chosen = try model.run(.padded(), computing: Set(points), at: positions, precision: precision)
    for point in points {
      let features = all[point]!.shape.dimensions[2]
      #expect(chosen[point]!.shape == Shape([2, features])!)
      let rows = positions.flatMap { position in
        all[point]!.doubles[((position.row * 10 + position.position) * features)...].prefix(features)
      }
      #expect(chosen[point]!.doubles == rows)
    }
  }

  @Test(arguments: Precision.allCases) func probabilitiesSumToOne(precision: Precision) throws {
    let found = try values(.tiny(), .padded(), precision)
    for (point, classes) in [(Point.nextSentenceProbabilities, 2), (.maskedTokenProbabilities, 40)] {
      let values = found[point]!.doubles
      for first in stride(from: 0, to: values.count, by: classes) {
        // Each of up to 40 quotients is off by at most a few roundings of itself.
        #expect(abs(values[first..<(first + classes)].reduce(0, +) - 1) < 16 * rounding)
      }
    }
  }

  // A hidden key adds exact zeros to a sum, in an order that the length changes: rounding differs, nothing more.
  @Test(arguments: [Precision.float32, .float64], AttentionMask.allCases)
  func paddingChangesNothing(precision: Precision, mask: AttentionMask) throws {
    let model = try Model.tiny(mask: mask)
    let short = try Input(tokenIDs: [[2, 28, 14, 3]], segmentIDs: [[0, 0, 1, 1]])
    let alone = try values(model, short, precision)
    let batch = try values(model, .padded(), precision)
    for point in model.points {
      let (single, whole) = (alone[point]!, batch[point]!)
      let last = whole.doubles.suffix(whole.shape.elementCount / 3).prefix(single.shape.elementCount)
      let tolerance = precision == .float32 ? Self.tolerance : Self.tolerance * 0x1p-29
      #expect(largestDistance(Array(last), single.doubles) < tolerance, "\(point)")
    }
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    let model = try Model.tiny()
    let one = try values(model, .padded(), threads: 1)
    for threads in [2, 3, 16] {
      let many = try values(model, .padded(), threads: threads)
      for point in model.points { #expect(one[point]!.doubles == many[point]!.doubles, "\(point)") }
    }
  }

  @Test(arguments: Precision.allCases) func bfloat16WeightsAreWidenedExactly(precision: Precision) throws {
    let configuration = JSON.bert(heads: 4)
    let stored = try Model(weights: Weights.tiny().cut(to: .bfloat16), architecture: "bert", settings: configuration)
    let widened = try Model(weights: Weights.tiny().cut(to: .float32), architecture: "bert", settings: configuration)
    let expected = try values(widened, .padded(), precision)
    for (point, tensor) in try values(stored, .padded(), precision) {
      #expect(tensor.doubles == expected[point]!.doubles, "\(point)")
    }
  }

  @Test(arguments: Precision.allCases) func unalignedWeightsAreReadAsTheyAre(precision: Precision) throws {
    let shifted = try Model(weights: Weights.tiny().unaligned(), architecture: "bert", settings: .bert(heads: 4))
    let found = try values(shifted, .padded(), precision)
    for (point, tensor) in try values(.tiny(), .padded(), precision) {
      #expect(tensor.doubles == found[point]!.doubles, "\(point)")
    }
  }

  // Longer than a block of queries, wider than a block of columns, with a length that fills no vector.
  @Test func longSequencesAgreeInBothPrecisions() throws {
    var weights = Weights.tiny()
    var numbers = SeededNumbers(seed: 3)
    let (length, rows) = (203, 2)
    weights.tensors["embedding.position.weight"] = Tensor(
      numbers.floats(length * 16, scale: 0.5), shape: Shape([length, 16])!)!
    let model = try Model(weights: weights, architecture: "bert", settings: .bert(heads: 2, mask: .lm))
    let input = try Input(
      tokenIDs: (0..<rows).map { row in (0..<length).map { Int32((row + $0 * 7) % 40) } })
    let exact = try values(model, input, .float64)
    let fast = try values(model, input)
    for point in model.points {
      #expect(largestDistance(exact[point]!.doubles, fast[point]!.doubles) < Self.tolerance, "\(point)")
    }
  }

  @Test func aModelWithoutHeadsEndsWithItsBlocks() throws {
    let model = try Model(weights: Weights.tiny(heads: false), architecture: "bert", settings: .bert(heads: 4))
    #expect(model.points.last == .feedForwardNorm(block: 1))
  }

  @Test func aModelWithoutSegmentsRuns() throws {
    var weights = Weights.tiny()
    weights.tensors["embedding.segment.weight"] = nil
    let model = try Model(weights: weights, architecture: "bert", settings: .bert(heads: 4))
    #expect(model.sizes.segments == nil)
    #expect(try model.run(Input(tokenIDs: [[2, 3]]), computing: [.pooler]).count == 1)
  }

  // The file is cut to nothing while it is mapped: whoever reads a weight then ends with a bus error.
  @Test func makingAModelReadsNoWeight() throws {
    var weights = Weights.tiny()
    let url = FileManager.default.temporaryDirectory.appending(path: "weights-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    let names = weights.names
    try Data(names.flatMap { weights.tensors[$0]!.bytes.array() }).write(to: url)
    let view = try ByteView(mapping: url.path)
    var offset = 0
    for name in names {
      let tensor = weights.tensors[name]!
      let bytes = try view.slice(at: offset, count: tensor.bytes.count, of: name)
      weights.tensors[name] = Tensor(tensor.elementType, tensor.shape, bytes: bytes)!
      offset += tensor.bytes.count
    }
    let file = try FileHandle(forWritingTo: url)
    try file.truncate(atOffset: 0)
    let model = try Model(weights: weights, architecture: "bert", settings: .bert(heads: 4))
    #expect(model.sizes.blocks == 2)
    withExtendedLifetime(file) {}
  }

  @Test func whatTheObserverThrowsIsThrown() throws {
    struct Enough: Error {}
    var count = 0
    #expect(throws: Enough.self) {
      try Model.tiny().run(.padded(), computing: [.embeddingNorm, .pooler]) { _, _ in
        count += 1
        throw Enough()
      }
    }
    #expect(count == 1)
  }
}
