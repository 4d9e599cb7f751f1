import Tensors
import Testing

@testable import Inference
@testable import PositionStudies

/// Every scheme against what a library computed in float64 from the same weights of float32.
@Suite("Position schemes against the libraries that have them") struct PositionSchemeTests {
  // A handful of operations on numbers of at most 10, each of which rounds once: 10 · 8 · 2⁻⁵³, and as much at 2⁻²⁴ in
  // float32. Angles reach 23 (sinusoidal) or 3 · 8 (complex), so that their rounding counts 24 times.
  static let exact = 80 * 0x1p-53
  static let single = 80 * 0x1p-24

  /// Checks in both arithmetics, the tokens at once and in two stretches that a memory joins.
  func check(
    _ scheme: some PositionScheme, _ x: Tensor, _ expected: [Double], tokens: [Int32]? = nil, steps: Double = 1
  ) throws {
    let double = try PositionRun(kernels: Float64Kernels()).embeddings(of: x, by: scheme, tokens: tokens)
    #expect(largestDistance(double, expected) <= Self.exact * steps)
    let single = try PositionRun(kernels: Float32Kernels()).embeddings(of: x, by: scheme, tokens: tokens)
    #expect(largestDistance(single, expected) <= Self.single)
    #expect(largestDistance(single, expected) > 0, "two arithmetics cannot agree to the last bit")
  }

  /// Checks that tokens that come later are treated as they would be at once.
  func checkStretches(_ scheme: some PositionScheme, _ x: Tensor, _ lengths: [Int]) throws {
    let run = PositionRun(kernels: Float64Kernels())
    let whole = try run.embeddings(of: x, by: scheme)
    try forStretches(of: x, lengths) { stretch, past, columns in
      let found = try run.embeddings(of: stretch, by: scheme, past: past)
      #expect(found == columns(whole))
    }
  }

  /// Cuts embeddings, [B, T, E], into stretches of tokens.
  func forStretches(
    of x: Tensor, _ lengths: [Int], _ body: (Tensor, _ past: Int, _ columns: ([Double]) -> [Double]) throws -> Void
  ) throws {
    let (batch, length, width) = (x.shape.dimensions[0], x.shape.dimensions[1], x.shape.dimensions[2])
    var first = 0
    for count in lengths {
      func columns(of values: [Double]) -> [Double] {
        (0..<batch).flatMap { row -> ArraySlice<Double> in
          let start = (row * length + first) * width
          return values[start..<start + count * width]
        }
      }
      try body(
        Tensor(columns(of: x.doubles()), shape: Shape([batch, count, width])!)!, first, columns)
      first += count
    }
    #expect(first == length)
  }

  @Test func learned() throws {
    let fixture = try PositionFixture("learned")
    let scheme = LearnedPositions(table: try fixture.tensor("table"))
    #expect(scheme.limit == 7)
    try check(scheme, fixture.tensor("x"), fixture.numbers("y"))
    try checkStretches(scheme, fixture.tensor("x"), [2, 4, 1])
    let given = try PositionRun(kernels: Float64Kernels()).embeddings(
      of: fixture.tensor("x"), by: scheme, positions: fixture.numbers("ids").map { Int32($0) })
    #expect(largestDistance(given, try fixture.numbers("given")) <= Self.exact)
  }

  @Test func rotary() throws {
    let fixture = try PositionFixture("rotary")
    let (q, k) = (try fixture.tensor("q"), try fixture.tensor("k"))
    let (expectedQ, expectedK) = (try fixture.numbers("turned_q"), try fixture.numbers("turned_k"))
    let double = try PositionRun(kernels: Float64Kernels()).turned(q, k, by: RotaryPositions())
    #expect(largestDistance(double.queries, expectedQ) <= Self.exact)
    #expect(largestDistance(double.keys, expectedK) <= Self.exact)
    let single = try PositionRun(kernels: Float32Kernels()).turned(q, k, by: RotaryPositions())
    #expect(largestDistance(single.queries, expectedQ) <= Self.single)
    #expect(largestDistance(single.keys, expectedK) <= Self.single)
  }

  @Test(arguments: [0..<11, 8..<11]) func relative(queries: Range<Int>) throws {
    let fixture = try PositionFixture("relative")
    let scheme = RelativePositions(table: try fixture.tensor("table"))
    let (q, weights) = (try fixture.numbers("q"), try fixture.numbers("weights"))
    func rows(_ name: String, _ width: Int) throws -> [Double] {
      Array(try fixture.numbers(name)[queries.lowerBound * width..<queries.upperBound * width])
    }
    func check<K: Kernels>(_ kernels: K, within tolerance: Double) throws {
      let run = PositionRun(kernels: kernels)
      let scores = run.scores(
        of: scheme, head: 0, heads: 1, queries: queries, q: q, k: q, length: 11, width: 4, scale: 1)
      #expect(largestDistance(scores.flatMap(\.self), try rows("scores", 11)) <= tolerance)
      let values = run.values(of: scheme, weights: weights, queries: queries, keys: 11, width: 4)
      #expect(largestDistance(values.flatMap(\.self), try rows("values", 4)) <= tolerance)
    }
    // Sums of up to 11 products of up to 10: 11 roundings of numbers up to 30.
    try check(Float64Kernels(), within: 330 * 0x1p-53)
    try check(Float32Kernels(), within: 330 * 0x1p-24)
  }

  @Test func hierarchical() throws {
    let fixture = try PositionFixture("hierarchical")
    let (x, table) = (try fixture.tensor("x"), try fixture.tensor("table"))
    let scheme = HierarchicalPositions(table: table)
    #expect(scheme.limit == 25)
    try check(scheme, x, fixture.numbers("y"))
    try check(HierarchicalPositions(table: table, coarseness: 0.25), x, fixture.numbers("y25"))
    try checkStretches(scheme, x, [4, 1, 17, 1])
    // The first positions are those that were learned.
    let five = Tensor(Array(repeating: Double(0), count: 30), shape: [1, 5, 6])!
    let learned = try PositionRun(kernels: Float64Kernels()).embeddings(of: five, by: scheme)
    #expect(largestDistance(learned, try table.doubles()) <= Self.exact)
  }

  @Test func multiplicative() throws {
    let fixture = try PositionFixture("multiplicative")
    let scheme = MultiplicativePositions(table: try fixture.tensor("table"))
    #expect(scheme.limit == 7)
    try check(scheme, fixture.tensor("x"), fixture.numbers("y"))
    try checkStretches(scheme, fixture.tensor("x"), [3, 1, 3])
  }

  @Test func sinusoidal() throws {
    let fixture = try PositionFixture("sinusoidal")
    #expect(SinusoidalPositions().limit == nil)
    try check(SinusoidalPositions(), fixture.tensor("x"), fixture.numbers("y"))
    try checkStretches(SinusoidalPositions(), fixture.tensor("x"), [1, 9, 1])
  }

  @Test func recursive() throws {
    let fixture = try PositionFixture("recursive")
    let scheme = RecursivePositions(
      start: try fixture.tensor("start"),
      intermediate: try fixture.linear("first"), output: try fixture.linear("second"))
    let nothing = Tensor(Array(repeating: Double(0), count: 240), shape: [1, 40, 6])!
    // 195 steps follow from each other, which each round numbers of up to 10; what an early step rounds grows sevenfold, as
    // p does. Float32 rounds only what has been computed in float64.
    try check(scheme, nothing, fixture.numbers("p"), steps: 50)
    try checkStretches(scheme, nothing, [1, 1, 30, 8])
    // Between kinks of relu the error of a step is of the order of h⁵ = 3e-14; each kink that a step crosses costs up to
    // h² = 4e-6 times the change of the slope there, which is about 1.
    let found = try PositionRun(kernels: Float64Kernels()).embeddings(of: nothing, by: scheme)
    let error = largestDistance(found, try fixture.numbers("exact"))
    #expect(error <= 1e-5 && error > 0)
  }

  @Test func convolutional() throws {
    let fixture = try PositionFixture("convolutional")
    let (x, weight, bias) = (try fixture.tensor("x"), try fixture.tensor("weight"), try fixture.tensor("bias"))
    let tokens: [Int32] = Array(repeating: 1, count: 9) + [1, 1, 1, 1, 1, 1, 0, 0, 0]
    let causal = ConvolutionalPositions(weight: weight, bias: bias, isCausal: true)
    try check(ConvolutionalPositions(weight: weight, bias: bias), x, fixture.numbers("centred"), tokens: tokens)
    try check(causal, x, fixture.numbers("causal"), tokens: tokens)
    let run = PositionRun(kernels: Float64Kernels())
    let whole = try run.embeddings(of: x, by: causal)
    var tail: Matrix<Double>?
    try forStretches(of: x, [2, 1, 1, 5]) { stretch, past, columns in
      let extents = stretch.shape.dimensions
      let matrix = try run.matrix(stretch, features: extents[2])
      let tokens = PositionRun<Float64Kernels>.tokens(extents[0], extents[1], past: past)
      tail = causal.add(toEmbeddings: matrix, of: tokens, following: tail, run.pass)
      #expect(matrix.tensor(shape: stretch.shape).doubles == columns(whole))
    }
  }

  /// Where every token is the same, only the zeros beyond the ends tell positions apart, and each layer tells more.
  @Test func convolutionKnowsTheEnds() throws {
    let weight = try PositionFixture("convolutional").tensor("weight")
    let scheme = ConvolutionalPositions(weight: weight, bias: nil)
    var x = Tensor(Array(repeating: Double(1), count: 44), shape: [1, 11, 4])!
    for apart in [2, 4] {
      let values = try PositionRun(kernels: Float64Kernels()).embeddings(of: x, by: scheme)
      x = Tensor(values, shape: [1, 11, 4])!
      let rows = (0..<11).map { Array(values[$0 * 4..<$0 * 4 + 4]) }
      for position in 0..<11 {
        #expect((rows[position] == rows[5]) == (position >= apart && position < 11 - apart), "\(position)")
      }
    }
  }

  @Test func complex() throws {
    let fixture = try PositionFixture("complex")
    let tokens = try fixture.numbers("tokens").map { Int32($0) }
    let table = try fixture.numbers("table")
    let x = Tensor(tokens.flatMap { table[Int($0) * 6..<Int($0) * 6 + 6] }, shape: [1, 8, 6])!
    let frequencies = try fixture.tensor("frequencies")
    let shared = Tensor(Array(try frequencies.floats()[..<3]), shape: [1, 3])!
    try check(ComplexPositions(frequencies: frequencies), x, fixture.numbers("y"), tokens: tokens)
    try check(ComplexPositions(frequencies: shared), x, fixture.numbers("shared"), tokens: tokens)
    try checkStretches(ComplexPositions(frequencies: shared), x, [3, 4, 1])
  }

  @Test(arguments: Array(1...17) + [24, 32, 33]) func linearBias(heads: Int) throws {
    let bloom = try PositionFixture("alibi").numbers("heads\(heads)")
    let run = PositionRun(kernels: Float64Kernels())
    for head in 0..<heads {
      let biases = run.biases(of: LinearBiasPositions(), head: head, heads: heads, queries: 0..<13, keys: 13)
      for query in 0..<13 {
        for key in 0...query {
          // BLOOM leaves out what is the same for all keys of a query, and computes 12 · slope in float32; powers of a
          // rounded slope, up to the 32nd, carry its rounding as often.
          let expected = bloom[head * 13 + key] - bloom[head * 13 + query]
          #expect(abs(biases[query][key] - expected) <= 12 * 40 * 0x1p-24 * bloom[head * 13 + 1])
          #expect(biases[query][key] == biases[key][query])
        }
      }
      let late = run.biases(of: LinearBiasPositions(), head: head, heads: heads, queries: 9..<13, keys: 13)
      #expect(late == Array(biases[9...]))
    }
  }
}
