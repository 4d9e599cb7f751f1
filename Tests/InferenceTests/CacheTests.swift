import Bytes
import Tensors
import Testing

@testable import Inference

@Suite("Decoding token by token") struct CacheTests {
  static let tokens: [[Int32]] = [[2, 11, 25, 39, 4, 3, 21, 6, 30, 3], [2, 7, 0, 19, 3, 12, 3, 0, 0, 0]]

  /// Runs columns of the tokens one stretch after the other, and joins what each gives.
  func stretches(
    of model: Model, _ lengths: [Int], segments: [[Int32]], precision: Precision = .float64
  ) throws -> [Point: [[Double]]] {
    let cache = Cache()
    var rows: [Point: [[Double]]] = [:]
    var first = 0
    for length in lengths {
      let input = try Input(
        tokenIDs: Self.tokens.map { Array($0[first..<first + length]) },
        segmentIDs: segments.map { Array($0[first..<first + length]) })
      for (point, tensor) in try model.run(
        input, computing: Set(model.points), precision: precision, continuing: cache)
      {
        let perRow = tensor.shape.elementCount / 2
        for row in 0..<2 {
          rows[point, default: [[], []]][row] += tensor.doubles[row * perRow..<(row + 1) * perRow]
        }
      }
      first += length
    }
    #expect(cache.lengths == [first, first])
    return rows
  }

  // Hidden keys add exact zeros; what differs is the order in which products are summed up.
  static let tolerances: [Precision: Double] = [.float32: 1e-5, .float64: 1e-5 * 0x1p-29]

  @Test(
    arguments: [[10], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [3, 1, 5, 1], [9, 1]], [Precision.float32, .float64])
  func lmComputesTheSameWithAndWithout(lengths: [Int], precision: Precision) throws {
    let model = try Model.tiny(mask: .lm)
    let segments: [[Int32]] = [[0, 0, 0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 0, 1, 1, 0, 0, 0]]
    let whole = try model.run(
      Input(tokenIDs: Self.tokens, segmentIDs: segments), computing: Set(model.points), precision: precision)
    let found = try stretches(of: model, lengths, segments: segments, precision: precision)
    // The pooler treats the first token of each run, which is another one in each.
    for point in model.points where ![.pooler, .nextSentenceProbabilities].contains(point) {
      #expect(
        largestDistance(found[point]!.flatMap { $0 }, whole[point]!.doubles) < Self.tolerances[precision]!, "\(point)")
    }
  }

  @Test func unilmReadsItsSourceAtOnceAndThenGoesOn() throws {
    let model = try Model.tiny(mask: .unilm)
    let segments: [[Int32]] = [[0, 0, 0, 0, 1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]]
    let whole = try model.run(
      Input(tokenIDs: Self.tokens, segmentIDs: segments), computing: [.maskedTokenLogits], precision: .float64)
    let found = try stretches(of: model, [4, 1, 1, 3, 1], segments: segments)
    #expect(
      largestDistance(found[.maskedTokenLogits]!.flatMap { $0 }, whole[.maskedTokenLogits]!.doubles)
        < Self.tolerances[.float64]!)
  }

  @Test func aModelThatLooksAheadRemembersNothing() throws {
    #expect(
      problem { _ = try Model.tiny().run(.padded(), computing: [.pooler], continuing: Cache()) }
        == "tiny.ingot: mismatched in the mask: found none, expected lm or unilm. "
        + "In a model that looks ahead, new tokens change what was computed of earlier ones; run them together.")
  }

  @Test func tokensThatCannotFollow() throws {
    let model = try Model.tiny(mask: .unilm)
    func follow(_ tokens: [[Int32]], _ segments: [[Int32]], _ precision: Precision = .float32) -> String? {
      problem {
        let cache = Cache()
        _ = try model.run(Input(tokenIDs: [[2, 7, 3]]), computing: [.pooler], continuing: cache)
        let input = try Input(tokenIDs: tokens, segmentIDs: segments)
        _ = try model.run(input, computing: [.pooler], precision: precision, continuing: cache)
      }
    }
    #expect(follow([[5]], [[1]]) == nil)
    #expect(
      follow([[5], [6]], [[1], [1]])
        == "input: mismatched in token ids: found 2 rows, expected 1, as the cache has.")
    #expect(
      follow([[5]], [[1]], .float64)
        == "input: mismatched in the precision: found float64, expected float32, as the cache has.")
    #expect(
      follow([[5]], [[0]])
        == "input: mismatched in segment ids: found segment 0 after the first run, "
        + "expected segment 1, which earlier tokens do not see.")
    #expect(
      follow([Array(repeating: 5, count: 14)], [Array(repeating: 1, count: 14)])
        == "input: mismatched in token ids: found 17 tokens in a row, expected at most 16, the positions of the model. "
        + "Shorten the text.")
  }
}
