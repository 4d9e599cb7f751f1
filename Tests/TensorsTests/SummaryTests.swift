import Bytes
@testable import Tensors
import TestSupport
import Testing

@Suite("Statistics of tensors") struct SummaryTests {
  @Test(
    "counts and extremes are exact, mean and deviation those of the definition", arguments: [1, 7, 8, 2_049, 300_001])
  func definition(count: Int) throws {
    var random = SeededGenerator(seed: UInt64(count))
    let values = (0..<count).map { $0 % 5 == 1 ? 0 : Float.random(in: -2...3, using: &random) }
    let summary = try TensorSummary(of: Tensor(values, shape: [count])!, intervals: 16)
    let statistics = summary.statistics
    #expect(statistics.count == count)
    #expect(statistics.zeros == values.count { $0 == 0 })
    #expect(statistics.minimum == Double(values.min()!))
    #expect(statistics.maximum == Double(values.max()!))
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(count)
    let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(count)
    // Both are sums of up to 300,001 terms below 16, each rounded at 2^-53.
    #expect(abs(statistics.mean - mean) < 1e-10)
    #expect(abs(statistics.deviation - variance.squareRoot()) < 1e-10)
    #expect(summary.histogram?.counts == naiveCounts(values.map { Double($0) }, 16))
  }

  @Test("all real element types are measured as the numbers that they stand for", arguments: ElementType.allCases)
  func types(type: ElementType) throws {
    let bytes: [UInt8] = (0..<(5_000 * type.byteCount)).map { type == .bool ? UInt8($0 % 2) : UInt8($0 * 89 % 120) }
    let tensor = try #require(Tensor(type, [5_000], bytes: ByteView(bytes)))
    guard ElementConversion(from: type, to: .float64) != nil else {
      let problem = #expect(throws: Problem.self) { try TensorSummary(of: tensor, intervals: 4) }
      #expect(
        problem?.description == "memory: unsupported: found elements of type \(type), expected real numbers.")
      return
    }
    let numbers = try tensor.doubles()
    let summary = try TensorSummary(of: tensor, intervals: 4)
    #expect(summary.statistics.minimum == numbers.min())
    #expect(summary.statistics.maximum == numbers.max())
    #expect(summary.histogram?.counts == naiveCounts(numbers, 4))
  }

  @Test("NaN and infinities are counted and belong to nothing else")
  func peculiar() throws {
    let values: [Float] = [.nan, 1, -.infinity, 3, .infinity, -0.0, .infinity, .signalingNaN]
    let summary = try TensorSummary(of: Tensor(values, shape: [8])!, intervals: 3)
    #expect(summary.statistics.count == 8)
    #expect(summary.statistics.notANumber == 2)
    #expect(summary.statistics.infinite == 3)
    #expect(summary.statistics.zeros == 1)
    #expect((summary.statistics.minimum, summary.statistics.maximum) == (0, 3))
    #expect(abs(summary.statistics.mean - 4.0 / 3) < 1e-15)
    #expect(summary.histogram?.counts == [1, 1, 1])
  }

  @Test("without a finite value there is no mean and no spread", arguments: [[], [Float.nan, .infinity]])
  func nothing(values: [Float]) throws {
    let summary = try TensorSummary(of: Tensor(values, shape: [values.count])!, intervals: 3)
    #expect(summary.statistics.mean.isNaN)
    #expect(summary.statistics.deviation.isNaN)
    #expect(summary.statistics.minimum == .infinity)
    #expect(summary.histogram == nil)
  }

  @Test("a mean far from zero does not cancel the deviation")
  func cancellation() throws {
    let values = (0..<100_000).map { 1e9 + Double($0 % 2) }
    let statistics = try TensorSummary(of: Tensor(values, shape: [values.count])!, intervals: 2).statistics
    #expect(statistics.mean == 1e9 + 0.5)
    #expect(abs(statistics.deviation - 0.5) < 1e-9)
    let constant = try TensorSummary(of: Tensor([Float](repeating: 0.1, count: 70_000), shape: [70_000])!, intervals: 2)
    #expect(constant.statistics.deviation == 0)
    #expect(constant.histogram?.counts == [70_000, 0])
  }

  @Test(
    "bounds at the ends of binary64 are no trap",
    arguments: [
      ([-Double.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude], [1, 0, 1, 1]),
      ([0, Double.leastNonzeroMagnitude], [1, 0, 0, 1]),
      ([1, 1], [2, 0, 0, 0]),
    ])
  func bounds(values: [Double], counts: [Int]) throws {
    let summary = try TensorSummary(of: Tensor(values, shape: [values.count])!, intervals: 4)
    #expect(summary.histogram?.counts == counts)
  }

  @Test("the result does not depend on where the contents lie, nor on who reads them")
  func order() throws {
    var random = SeededGenerator(seed: 1)
    let values = (0..<400_000).map { _ in Float.random(in: -1...1, using: &random) }
    let tensor = Tensor(values, shape: [400_000])!
    let expected = try TensorSummary(of: tensor, intervals: 16)
    for _ in 0..<3 { #expect(try TensorSummary(of: tensor, intervals: 16) == expected) }
    #expect(try TensorSummary(of: Scattered(base: tensor), intervals: 16) == expected)
  }

  private func naiveCounts(_ values: [Double], _ intervals: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: intervals)
    let (low, high) = (values.min()!, values.max()!)
    for value in values {
      let position = high > low ? (value - low) / (high - low) * Double(intervals) : 0
      counts[min(intervals - 1, Int(position))] += 1
    }
    return counts
  }
}
