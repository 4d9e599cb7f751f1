import Foundation
import Tensors
import Testing

@testable import Inference
@testable import PositionStudies

/// Schemes that add to scores, against what transformers 4.38.2 computes of the same queries and keys.
@Suite("Position schemes of scores against transformers") struct PositionScoreTests {
  @Test func bucketsAreThoseOfT5() throws {
    let fixture = try PositionFixture("t5")
    for (name, bothWays) in [("both", true), ("causal", false)] {
      let buckets = Buckets(count: 32, largestDistance: 128, bothWays: bothWays)
      #expect((-300...300).map { Double(buckets.bucket(of: $0)) } == (try fixture.numbers(name)), "\(name)")
    }
  }

  @Test func bucketsAreThoseOfDeBERTa() throws {
    let buckets = LogarithmicBuckets(count: 256, largestDistance: 512)
    #expect((-600...600).map { Double(buckets.bucket(of: $0)) } == (try PositionFixture("deberta").numbers("base")))
  }

  /// Two terms of four products each of normal numbers, and rows of eight: a hundred roundings of numbers up to 30.
  static let exact = 3_000 * 0x1p-53
  static let single = 3_000 * 0x1p-24

  @Test(arguments: ["plain", "buckets"]) func disentangled(name: String) throws {
    let fixture = try PositionFixture("deberta")
    let scheme = DisentangledPositions(
      table: try fixture.tensor("\(name)_table"), key: try fixture.linear("\(name)_key"),
      query: try fixture.linear("\(name)_query"),
      buckets: name == "buckets" ? LogarithmicBuckets(count: 6, largestDistance: 16) : nil)
    let (q, k) = (try fixture.numbers("\(name)_q"), try fixture.numbers("\(name)_k"))
    let expected = try fixture.numbers("\(name)_y")
    // The original takes the root of 3d in float32, whatever the rest is.
    func check<K: Kernels>(_ kernels: K, _ queries: Range<Int>, within tolerance: Double) {
      for head in 0..<2 {
        let found = PositionRun(kernels: kernels).scores(
          of: scheme, head: head, heads: 2, queries: queries, q: q, k: k, length: 23, width: 4,
          scale: 1 / Double(Float(12).squareRoot()))
        let rows = expected[(head * 23 + queries.lowerBound) * 23..<(head * 23 + queries.upperBound) * 23]
        #expect(largestDistance(found.flatMap { $0 }, Array(rows)) <= tolerance)
      }
    }
    check(Float64Kernels(), 0..<23, within: Self.exact)
    check(Float64Kernels(), 20..<23, within: Self.exact)
    check(Float32Kernels(), 0..<23, within: Self.single)
  }

  @Test(arguments: [0..<13, 9..<13]) func xlnet(queries: Range<Int>) throws {
    let fixture = try PositionFixture("xlnet")
    let scheme = XLNetPositions(
      projection: try fixture.tensor("projection"), contentBias: try fixture.tensor("u"),
      positionBias: try fixture.tensor("v"))
    // There as [length, heads, width], here as [heads, length, width].
    func byHead(_ name: String) throws -> [Double] {
      let values = try fixture.numbers(name)
      return (0..<2).flatMap { head in
        (0..<13).flatMap { (token: Int) -> ArraySlice<Double> in
          let first = (token * 2 + head) * 4
          return values[first..<first + 4]
        }
      }
    }
    let (q, k) = (try byHead("q"), try byHead("k"))
    let expected = try fixture.numbers("probabilities")
    for head in 0..<2 {
      let added = PositionRun(kernels: Float64Kernels()).scores(
        of: scheme, head: head, heads: 2, queries: queries, q: q, k: k, length: 13, width: 4, scale: 0.5)
      for query in queries {
        let first = head * 13 + query
        let powers = (0..<13).map { (key: Int) -> Double in
          let second = head * 13 + key
          var product = 0.0
          for feature in 0..<4 { product += q[first * 4 + feature] * k[second * 4 + feature] }
          return exp(0.5 * product + added[query - queries.lowerBound][key])
        }
        let sum = powers.reduce(0, +)
        let row = Array(expected[first * 13..<first * 13 + 13])
        // The original rounds sinusoids and their angles, of up to 13, to float32: 16 · 2⁻²⁴ for each of eight features,
        // times weights and queries of about 3 each, halved by the scale; a probability takes a quarter of that at most.
        #expect(largestDistance(powers.map { $0 / sum }, row) <= 16 * 8 * 9 / 8 * 0x1p-24)
      }
    }
  }
}
