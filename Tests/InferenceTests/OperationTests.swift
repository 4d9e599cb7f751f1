import Foundation
import TestSupport
import Tensors
import Testing

@testable import Inference

/// Every operation as the kernels compute it, against its meaning in plain loops.
@Suite("Operations against their meaning") struct OperationTests {
  /// An operation, what it reads, and what its output is like.
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let operation: Inference.Operation
    let inputs: [PlainValue]
    let axis: Axis
    let features: Int
    var batch = OperationTests.batch

    init(_ name: String, _ operation: Inference.Operation, _ inputs: [PlainValue], _ axis: Axis, _ features: Int) {
      (testDescription, self.operation, self.inputs, self.axis, self.features) = (
        name, operation, inputs, axis, features
      )
    }
  }

  /// Sequences of several lengths, with padding in some, and a decoder's beside them.
  static func batch(_ mask: AttentionMask, _ padding: Padding = Padding()) -> Batch {
    let ids: [Int32] = [2, 7, 3, 0, 0, 4, 2, 5, 0, 9, 1, 8, 6, 3, 3]
    let segments = ids.indices.map { Int32($0 % 5 > 2 ? 1 : 0) }
    return Batch(
      [
        .input: Sequences(lengths: [5, 1, 9], tokenIDs: ids, segmentIDs: segments, mask: mask, padding: padding),
        .decoder: Sequences(
          lengths: [3, 4, 2], tokenIDs: Array(ids[..<9]), segmentIDs: Array(repeating: 0, count: 9), mask: .lm),
      ],
      chosen: [14, 0, 5, 7],
      condition: try! Input.Features(batch: 3, length: 1, width: 2, values: [1, 2, 3, 4, 5, 6]),
      context: try! Input.Features(batch: 3, length: 2, width: 2, values: (0..<12).map(Float.init)))
  }

  static let batch = batch(.none)
  static let tokens = Axis.tokens(.input)

  /// Numbers that float32 holds exactly, a column for each place of an axis.
  static func numbers(_ axis: Axis, _ features: Int, seed: UInt64 = 1) -> PlainValue {
    var numbers = SeededNumbers(seed: seed)
    return PlainValue(
      (0..<batch.columns(of: axis)).map { _ in numbers.floats(features, scale: 2).map(Double.init) }, axis)
  }

  static func weight(_ extents: Int..., seed: UInt64 = 2) -> Weight {
    var numbers = SeededNumbers(seed: seed)
    let shape = Shape(extents)!
    return Weight("weight", Tensor(numbers.floats(shape.elementCount), shape: shape)!)
  }

  static let dense: [Case] = [
    Case("add", .add(Add()), [numbers(tokens, 6), numbers(tokens, 6, seed: 3)], tokens, 6),
    Case("multiply", .multiply(Multiply()), [numbers(tokens, 6), numbers(tokens, 6, seed: 3)], tokens, 6),
    Case("scale", .scale(Scale(divisor: 6)), [numbers(tokens, 6)], tokens, 6),
    Case(
      "scale features", .scaleFeatures(ScaleFeatures(gamma: weight(6), beta: weight(6, seed: 4))),
      [numbers(tokens, 6)], tokens, 6),
    Case("slice", .slice(Slice(range: 2..<5)), [numbers(tokens, 6)], tokens, 3),
    Case("slice, every second", .slice(Slice(range: 1..<6, step: 2)), [numbers(tokens, 6)], tokens, 3),
    Case("activate", .activate(Activate(.sigmoid)), [numbers(tokens, 6)], tokens, 6),
    Case("mean", .pool(Pool(.mean)), [numbers(tokens, 6)], .sequences, 6),
    Case("maximum", .pool(Pool(.max)), [numbers(tokens, 6)], .sequences, 6),
    Case(
      "score pairs", .scorePairs(ScorePairs(heads: 2, divisor: 3, isTriangular: true, isShared: false)),
      [numbers(tokens, 12)], .pairs(heads: 2), 9),
    Case(
      "score pairs by shared queries",
      .scorePairs(ScorePairs(heads: 2, divisor: 4, isTriangular: false, isShared: true)),
      [numbers(tokens, 4), numbers(tokens, 4, seed: 3), numbers(tokens, 4, seed: 5)], .pairs(heads: 2), 9),
    Case("softmax", .softmax(Softmax()), [numbers(tokens, 70)], tokens, 70),
    Case("first token", .first(First()), [numbers(tokens, 6)], .sequences, 6),
    Case("chosen tokens", .choose(Choose()), [numbers(tokens, 6)], .chosen, 6),
    Case("clear padding", .clearPadding(ClearPadding()), [numbers(tokens, 6)], tokens, 6),
    Case("given condition", .given(Given(part: .condition)), [], .sequences, 2),
    Case("table", .widen(Widen(table: weight(7, 3))), [], .rows(7), 3),
    Case("angles", .angles(Angles(source: .input, width: 6)), [], tokens, 6),
    Case(
      "turn", .turn(Turn(heads: 2)), [numbers(tokens, 8), numbers(tokens, 4, seed: 3)], tokens, 8),
    Case("waves", .waves(Waves(source: .input, width: 6, largestDistance: 5)), [], .distances(.input), 6),
    Case(
      "embed",
      .embed(
        Embed(
          [
            Embed.Table(weight(10, 6), by: .token), Embed.Table(weight(2, 6, seed: 5), by: .segment),
            Embed.Table(weight(9, 6, seed: 6), by: .position),
          ], of: .input)), [], tokens, 6),
    Case(
      "embed by hierarchical positions",
      .embed(
        Embed([Embed.Table(weight(3, 6), by: .hierarchicalPosition(coarseness: 0.25))], of: .input)), [], tokens, 6),
    Case(
      "convolve", .convolve(Convolve(weight: weight(6, 3, 3), bias: weight(6), activation: .tanh)),
      [numbers(tokens, 6)], tokens, 6),
    Case(
      "linear of some rows",
      .linear(
        Linear(weight: weight(12, 6), bias: weight(4), rows: Linear.Rows(first: 2, count: 2, period: 6))),
      [numbers(tokens, 6)], tokens, 4),
  ]

  static let layers: [Case] = Activation.allCases.map { activation in
    Case(
      "linear and \(activation.rawValue)",
      .linear(Linear(weight: weight(7, 6), bias: weight(7), activation: activation)), [numbers(tokens, 6)], tokens, 7)
  }

  static let norms: [Case] = [Normalize.Kind.layer, .rootMeanSquare].flatMap { kind in
    [false, true].flatMap { addsResidual in
      [false, true].map { isConditional in
        let norm = Normalize(
          kind: kind, gamma: weight(6), beta: weight(6, seed: 4), epsilon: 1e-3, addsResidual: addsResidual,
          isConditional: isConditional)
        let residual = addsResidual ? [numbers(tokens, 6, seed: 3)] : []
        let shifts = isConditional ? [numbers(.sequences, 6, seed: 7), numbers(.sequences, 6, seed: 8)] : []
        return Case(
          "normalise: \(kind.rawValue), residual \(addsResidual), condition \(isConditional)", .normalize(norm),
          [numbers(tokens, 6)] + residual + shifts, tokens, 6)
      }
    }
  }

  static let qkv = [numbers(tokens, 8), numbers(tokens, 8, seed: 11), numbers(tokens, 6, seed: 12)]

  static func attention(
    _ name: String, _ terms: DistanceTerms = .none, _ inputs: [PlainValue] = [], divisor: Int? = 4,
    normalization: AttentionNormalization = .softmax, in batch: Batch = batch
  ) -> Case {
    var result = Case(
      "attend: \(name)",
      .attend(Attend(heads: 2, divisor: divisor, terms: terms, normalization: normalization)), qkv + inputs, tokens, 6)
    result.batch = batch
    return result
  }

  static let waves = WaveTerms(
    contentBias: weight(2, 4), positionBias: weight(8),
    segments: WaveTerms.Segments(bias: weight(8, seed: 21), weight: weight(2, 8)))

  static let attentions: [Case] =
    AttentionMask.allCases.map { attention("the mask \($0.rawValue)", in: batch($0)) }
    + AttentionNormalization.allCases.map { attention("by \($0.rawValue)", normalization: $0) } + [
      attention("unscaled", divisor: nil),
      attention("padding that sees itself", in: batch(.none, Padding(sparesFirst: false, sight: .othersAndItself))),
      attention("padding that sees nothing", in: batch(.none, Padding(sight: .nothing))),
      // A table that serves keys serves values of the same width: 2 heads of 4.
      {
        var result = attention("vectors of distances", .clipped(ClippedTerms()), [numbers(.rows(5), 4)])
        result = Case(
          result.testDescription, result.operation, [qkv[0], qkv[1], numbers(tokens, 8, seed: 12), result.inputs[3]],
          tokens, 8)
        return result
      }(),
      attention("vectors of distances in keys", .clipped(ClippedTerms(servesValues: false)), [numbers(.rows(5), 4)]),
      attention(
        "buckets", .buckets(BucketTerms(Buckets(count: 8, largestDistance: 6, bothWays: true))),
        [numbers(.rows(8), 2)]),
      attention("waves and segments", .waves(waves), [numbers(.distances(.input), 8)]),
      attention(
        "both terms of distances",
        .disentangled(
          DisentangledTerms(
            hasKeys: true, hasQueries: true, buckets: LogarithmicBuckets(count: 4, largestDistance: 8))),
        [numbers(.rows(8), 8), numbers(.rows(8), 8, seed: 31)]),
      attention(
        "one term of distances", .disentangled(DisentangledTerms(hasKeys: false, hasQueries: true, buckets: nil)),
        [numbers(.rows(8), 8)]),
      Case(
        "attend: of a decoder to an encoder", .attend(Attend(heads: 2, divisor: 4)),
        [numbers(.tokens(.decoder), 8), qkv[1], qkv[2]], .tokens(.decoder), 6),
    ]

  static let all = dense + layers + norms + attentions

  /// Runs an operation, and returns the columns of its first output.
  func columns<K: Kernels>(of test: Case, _ kernels: K) -> [[Double]] {
    func operand(_ value: PlainValue) -> Operand<K.Scalar> {
      let matrix = Matrix<K.Scalar>(features: value.columns[0].count, columns: value.columns.count)
      for (column, x) in value.columns.enumerated() {
        for (feature, number) in x.enumerated() { matrix.view.row(feature)[column] = K.Scalar(number) }
      }
      return Operand(matrix, value.axis)
    }
    let inputs = test.inputs.map(operand)
    let output = Operand(
      Matrix<K.Scalar>(features: test.features, columns: test.batch.columns(of: test.axis)), test.axis)
    if test.operation.body.worksInPlace { output.matrix.copy(inputs[0].matrix, 0..<inputs[0].matrix.columns, to: 0) }
    test.operation.run(inputs, into: [output], Pass(kernels, threads: Threads(count: 2), batch: test.batch))
    return (0..<output.matrix.columns).map { column in
      (0..<test.features).map { Double(output.view.row($0)[column]) }
    }
  }

  // Numbers of up to 2 and weights of up to 1: sums of at most 70 products, each rounding once, of a total of at most 20; what a
  // function does to them is steeper by at most 4. A mistake changes a result by a tenth and more.
  static let exact = 70 * 20 * 4 * 0x1p-53
  static let single = 70 * 20 * 4 * 0x1p-24

  @Test("hold in both arithmetics", arguments: all)
  func meaning(test: Case) {
    let meaning = test.operation.body.meaning(of: test.inputs, in: test.batch)
    let expected = Array(meaning.joined())
    #expect(Set(expected).count > 1)
    let double = columns(of: test, Float64Kernels()), float = columns(of: test, Float32Kernels())
    #expect(double.count == meaning.count)
    #expect(largestDistance(Array(double.joined()), expected) <= Self.exact)
    #expect(largestDistance(Array(float.joined()), expected) <= Self.single)
  }

  @Test("each has a case")
  func everyOne() throws {
    let file = Fixtures.repository.appending(path: "Sources/Running/Inference/Operations/Operation.swift")
    let names = try String(contentsOf: file, encoding: .utf8).matches(of: /(?m)^  case (\w+)\(/).map { $0.1 }
    #expect(names.count > 15 && Set(names).count == names.count)
    #expect(Set(Self.all.map { type(of: $0.operation.body).title }).count == names.count)
  }

  @Test("scores are handed on as they are before they are masked, with those of the attention before")
  func scores() {
    let plain = Attend(heads: 2, divisor: 4)
    func run(_ attend: Attend, _ previous: Operand<Double>?) -> (y: Operand<Double>, scores: Operand<Double>) {
      let inputs = Self.qkv.map { value in
        let matrix = Matrix<Double>(features: value.columns[0].count, columns: value.columns.count)
        for (column, x) in value.columns.enumerated() {
          for (feature, number) in x.enumerated() { matrix.view.row(feature)[column] = number }
        }
        return Operand(matrix, value.axis)
      }
      let axis = Axis.scores(queries: .input, keys: .input, heads: 2)
      let outputs = [
        Operand(Matrix<Double>(features: 6, columns: 15), Self.tokens),
        Operand(Matrix<Double>(features: 9, columns: 30), axis),
      ]
      attend.run(
        inputs + (previous.map { [$0] } ?? []), into: outputs,
        Pass(Float64Kernels(), threads: Threads(count: 2), batch: Self.batch))
      return (outputs[0], outputs[1])
    }
    let first = run(plain, nil)
    // Query 2 of the third sequence and its key 4, in head 1: columns 8 and 10.
    let (q, k) = (Self.qkv[0].columns[8][4...], Self.qkv[1].columns[10][4...])
    let product = zip(q, k).reduce(0) { $0 + $1.0 * $1.1 } / 2
    #expect(abs(first.scores.view.row(4)[15 + 8] - product) < Self.exact)
    // The same attention again adds its own scores: they are twice as large, and handed on once more without the sum.
    let second = run(Attend(heads: 2, divisor: 4, addsPreviousScores: true), first.scores)
    let doubled = run(Attend(heads: 2, divisor: 1), nil)
    #expect(abs(second.scores.view.row(4)[15 + 8] - product) < Self.exact)
    #expect((0..<6).allSatisfy { abs(second.y.view.row($0)[8] - doubled.y.view.row($0)[8]) < Self.exact })
  }
}
