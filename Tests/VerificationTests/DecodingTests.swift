import Inference
import Tensors
import TestSupport
import Testing
import Verification

/// Every recorded model that does not look ahead computes token by token what it computes at once.
@Suite("Decoding with a cache") struct DecodingTests {
  static let models =
    ["lm", "gpt", "gpt2", "gpt2-ml", "t5", "t5-gated", "mt5", "t5-decoder", "xlnet-causal"]
    + ["gpt-huggingface", "gpt2-huggingface", "gpt2-openai", "gpt2-unscaled", "gpt-options", "t5-huggingface"]
    + ["gpt-conditional", "gpt2-hierarchical", "gpt2-ml-hierarchical", "gpt2-ml-0.7.2", "t5-gated-tied"]

  /// Encoders as language models, which bert4keras makes of all of these: with other positions, given positions, conditional norms
  /// and the scores of the block before.
  static let encoders = [
    "roformer", "roformer-positions", "roformer-v2", "roformer-options", "nezha", "albert", "albert-unshared", "gau",
    "bert-hierarchical", "bert-conditional", "bert-residual",
  ]

  // What differs is the order in which sums are formed; the references themselves agree within 32 rounding units of values up
  // to 20, and a wrong key or position is thousands of times larger.
  static let tolerances: [Precision: Double] = [.float32: 2e-5, .float64: 2e-5 * 0x1p-29]

  @Test(
    "gives every point of the decoder, one token at a time", arguments: models, [Precision.float32, .float64])
  func oneByOne(name: String, precision: Precision) throws {
    try expectTheSame(of: name, changes: [:], precision)
  }

  @Test("gives every point of an encoder that does not look ahead", arguments: encoders, [Precision.float32, .float64])
  func languageModel(name: String, precision: Precision) throws {
    try expectTheSame(of: name, changes: ["mask": "lm"], precision)
  }

  private func expectTheSame(of name: String, changes: [String: String], _ precision: Precision) throws {
    let directory = try TemporaryDirectory()
    let recorded = RecordedModel.named(name)
    let model = try Model(recorded.convert(into: directory, changes: changes))
    let points = model.points.filter { point in
      !["encoder.", "pooler", "nsp."].contains { point.name.hasPrefix($0) }
    }
    let batch = try Reference(opening: recorded.references[0]).batches.prefix(2).last!
    let input = try Input(batch)
    let hasEncoder = input.decoderTokenIDs != nil
    let tokens = rows(input.decoderTokenIDs ?? input.tokenIDs, input.batch)
    let segments = rows(input.segmentIDs, input.batch)
    let positions = input.positionIDs.map { rows($0, input.batch) }

    let whole = try model.run(input, computing: Set(points), precision: precision)
    let cache = Cache()
    for position in tokens[0].indices {
      let next = tokens.map { [$0[position]] }
      let step =
        hasEncoder
        ? try Input(tokenIDs: rows(input.tokenIDs, input.batch), decoderTokenIDs: next, context: input.context)
        : try Input(
          tokenIDs: next, segmentIDs: segments.map { [$0[position]] },
          positionIDs: positions?.map { [$0[position]] }, condition: input.condition, context: input.context)
      let found = try model.run(step, computing: Set(points), precision: precision, continuing: cache)
      for point in points {
        let (one, all) = (try found[point]!.doubles(), try whole[point]!.doubles())
        let features = one.count / input.batch
        for row in 0..<input.batch {
          let place = (row * tokens[0].count + position) * features
          let distance = zip(one[row * features..<(row + 1) * features], all[place..<place + features])
            .map { abs($0 - $1) }.max()!
          #expect(distance < Self.tolerances[precision]!, "\(point) at \(row), \(position)")
        }
      }
    }
    #expect(cache.lengths.allSatisfy { $0 == tokens[0].count })
  }

  @Test(
    "reads what the unilm mask lets see each other at once, and then goes on token by token",
    arguments: ["unilm", "roformer-sim"], [Precision.float32, .float64])
  func unified(name: String, precision: Precision) throws {
    let directory = try TemporaryDirectory()
    let model = try Model(RecordedModel.named(name).convert(into: directory))
    let points = Set(model.points.filter { !["pooler", "nsp."].contains(where: $0.name.hasPrefix) })
    let (tokens, first): ([Int32], Int) = ([2, 11, 25, 4, 3, 21, 6, 9, 3], 5)
    let segments = tokens.indices.map { $0 < first ? Int32(0) : 1 }
    let whole = try model.run(
      Input(tokenIDs: [tokens], segmentIDs: [segments]), computing: points, precision: precision)
    let cache = Cache()
    for stretch in [0..<first] + (first..<tokens.count).map({ $0..<$0 + 1 }) {
      let found = try model.run(
        Input(tokenIDs: [Array(tokens[stretch])], segmentIDs: [Array(segments[stretch])]), computing: points,
        precision: precision, continuing: cache)
      for point in points {
        let (some, all) = (try found[point]!.doubles(), try whole[point]!.doubles())
        let features = all.count / tokens.count
        let distance = zip(some, all[stretch.lowerBound * features..<stretch.upperBound * features])
          .map { abs($0 - $1) }.max()!
        #expect(distance < Self.tolerances[precision]!, "\(point) at \(stretch)")
      }
    }
    #expect(cache.lengths == [tokens.count])
  }

  private func rows(_ ids: [Int32], _ batch: Int) -> [[Int32]] {
    let length = ids.count / batch
    return (0..<batch).map { Array(ids[$0 * length..<($0 + 1) * length]) }
  }
}
