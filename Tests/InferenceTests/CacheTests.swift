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

@Suite("Rows of a cache") struct CacheRowTests {
  static let rows: [[Int32]] = [[2, 11, 25, 39, 4, 3], [2, 7, 3], [5, 19, 3, 12, 8, 21, 30, 6]]

  /// The values at the last block of the tokens that a run adds, by row.
  func run(_ model: Model, _ tokens: [[Int32]], _ cache: Cache?) throws -> [[[UInt32]]] {
    let point = Point.feedForwardNorm(block: 1)
    let tensor = try model.run(
      Input(tokenIDs: tokens), computing: [point], threads: 1, continuing: cache)[point]!
    let bits = tensor.withElements(of: Float.self) { $0.map(\.bitPattern) }
    let columns = stride(from: 0, to: bits.count, by: 16).map { Array(bits[$0..<$0 + 16]) }
    var first = 0
    return tokens.map { row in
      first += row.count
      return Array(columns[first - row.count..<first])
    }
  }

  @Test("may have different lengths, and gain different numbers of tokens")
  func lengths() throws {
    let model = try Model.tiny(mask: .lm)
    let cache = Cache()
    #expect(cache.lengths == [])
    // Stretches of each row, one after the other.
    let cuts = [[2, 3, 6], [1, 2, 3], [4, 5, 8]]
    var found = Self.rows.map { _ in [[UInt32]]() }
    for step in 0..<3 {
      let stretch = Self.rows.indices.map { row in
        Array(Self.rows[row][(step == 0 ? 0 : cuts[row][step - 1])..<cuts[row][step]])
      }
      for (row, values) in try run(model, stretch, cache).enumerated() { found[row] += values }
      #expect(cache.lengths == cuts.map { $0[step] })
    }
    // Alone, each in the same stretches: the same bits.
    for row in Self.rows.indices {
      let alone = Cache()
      var values: [[UInt32]] = []
      for step in 0..<3 {
        let first = step == 0 ? 0 : cuts[row][step - 1]
        values += try run(model, [Array(Self.rows[row][first..<cuts[row][step]])], alone)[0]
      }
      #expect(found[row] == values, "row \(row)")
    }
  }

  @Test("can be chosen, twice too, and go their own ways from there")
  func selection() throws {
    let model = try Model.tiny(mask: .lm)
    let cache = Cache()
    _ = try run(model, Self.rows, cache)
    cache.select(rows: [2, 0, 2])
    #expect(cache.lengths == [8, 6, 8])
    let found = try run(model, [[9], [9], [13, 1]], cache)
    #expect(cache.lengths == [9, 7, 10])
    for (place, (row, next)) in [(2, [9]), (0, [9]), (2, [13, 1])].enumerated() as EnumeratedSequence<[(Int, [Int32])]>
    {
      let alone = Cache()
      _ = try run(model, [Self.rows[row]], alone)
      #expect(try run(model, [next], alone)[0] == found[place])
    }
  }

  @Test("can be copied: what one sees then, the other does not")
  func copies() throws {
    let model = try Model.tiny(mask: .lm)
    let cache = Cache()
    _ = try run(model, [Self.rows[0]], cache)
    let copy = cache.copy()
    let one = try run(model, [[9]], cache)
    _ = try run(model, [[13]], copy)
    #expect(cache.lengths == [7] && copy.lengths == [7])
    let other = Cache()
    _ = try run(model, [Self.rows[0]], other)
    _ = try run(model, [[13]], other)
    #expect(try run(model, [[5]], copy) == run(model, [[5]], other))
    let again = Cache()
    _ = try run(model, [Self.rows[0]], again)
    #expect(try run(model, [[9]], again) == one)
  }

  @Test("can be cut: what follows knows nothing of what was forgotten")
  func trimming() throws {
    let model = try Model.tiny(mask: .lm)
    let cache = Cache()
    _ = try run(model, Self.rows, cache)
    cache.trim(to: [4, 3, 1])
    #expect(cache.lengths == [4, 3, 1])
    let found = try run(model, [[9], [9], [9]], cache)
    let other = Cache()
    _ = try run(model, [Array(Self.rows[0][..<4]), Self.rows[1], [5]], other)
    #expect(try run(model, [[9], [9], [9]], other) == found)
  }
}
