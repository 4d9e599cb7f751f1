import Foundation
import Tensors
import Testing

@testable import Inference
@testable import PositionStudies

@Suite("Position schemes against values worked out by hand") struct PositionTests {
  private let run = PositionRun(kernels: Float64Kernels())

  // The first distance of each shared bucket, as Mesh TensorFlow's formula gives it in float32 (32 buckets, 128).
  @Test func bucketsBeginWhereT5HasThem() {
    func firsts(bothWays: Bool, sign: Int) -> [Int] {
      let buckets = Buckets(count: 32, largestDistance: 128, bothWays: bothWays)
      let all = (0..<300).map { buckets.bucket(of: sign * $0) }
      return all.indices.dropFirst().filter { all[$0] != all[$0 - 1] }
    }
    let near = Array(1...7)
    #expect(firsts(bothWays: true, sign: -1) == near + [8, 12, 16, 23, 32, 46, 64, 91])
    #expect(firsts(bothWays: true, sign: 1) == near + [8, 12, 16, 23, 32, 46, 64, 91])
    #expect(
      firsts(bothWays: false, sign: -1)
        == Array(1...15) + [16, 19, 21, 24, 27, 31, 35, 40, 46, 52, 59, 67, 77, 87, 99, 113])
    #expect(firsts(bothWays: false, sign: 1) == [])
    let buckets = Buckets(count: 32, largestDistance: 128, bothWays: true)
    #expect([-1, 0, 1, 1_000, -1_000].map(buckets.bucket) == [1, 0, 17, 31, 15])
  }

  @Test func rotaryTurnsAdjacentPairsByThePosition() {
    let heads = 2
    let (queries, keys) = (Matrix<Double>(features: 8, columns: 3), Matrix<Double>(features: 8, columns: 3))
    for feature in 0..<8 {
      for column in 0..<3 {
        queries.view.row(feature)[column] = Double(feature + 1)
        keys.view.row(feature)[column] = Double(feature + 1)
      }
    }
    let tokens = PositionRun<Float64Kernels>.tokens(1, 3, past: 4)
    RotaryPositions().turn(queries: queries, keys: keys, heads: heads, of: tokens, run.pass)
    for column in 0..<3 {
      for pair in 0..<4 {
        let angle = Double(4 + column) * [1, 0.01][pair % 2]
        let (x, y) = (Double(2 * pair + 1), Double(2 * pair + 2))
        let expected = [x * cos(angle) - y * sin(angle), y * cos(angle) + x * sin(angle)]
        for matrix in [queries, keys] {
          let found = [matrix.view.row(2 * pair)[column], matrix.view.row(2 * pair + 1)[column]]
          // Two products of numbers up to 8 and their sum.
          #expect(largestDistance(found, expected) < 16 * 0x1p-53)
        }
      }
    }
  }

  // Scores and values of two queries and three keys, the second query last: distances −1 … 2, clipped at 1.
  @Test func relativePositionsAreClippedAndServeKeysAndValues() throws {
    let table = Tensor([1, 10, 2, 20, 3, 30] as [Float], shape: [3, 2])!
    let terms = RelativePositions(table: table).terms(heads: 1, queries: 0..<2, keys: 3, run.pass)
    let queries = Matrix<Double>(tokens: [1, 0, 0.5, 2], features: 2)
    let keys = Matrix<Double>(features: 2, columns: 3)
    let scores = Matrix<Double>(features: 3, columns: 2)
    let place = AttentionPlace(
      head: 0, queries: queries.view, keys: keys.view, firstQuery: 0, scale: 0.5)
    terms.scores!(scores.view, place)
    // Query 0 is (1, 0), so the first column of R at k − q = 0, 1, 1 (clipped); query 1 is (½, 2), at −1, 0, 1.
    #expect((0..<3).map { scores.view.row($0)[0] } == [1, 1.5, 1.5])
    #expect((0..<3).map { scores.view.row($0)[1] } == [10.25, 20.5, 30.75])

    let weights = Matrix<Double>(tokens: [0.5, 0.25, 0.25, 1, 0, 0], features: 3)
    let values = Matrix<Double>(features: 2, columns: 2)
    terms.values!(values.view, weights.view, place)
    #expect((0..<2).map { values.view.row($0)[0] } == [0.5 * 2 + 0.5 * 3, 0.5 * 20 + 0.5 * 30])
    #expect((0..<2).map { values.view.row($0)[1] } == [1, 10])
  }

  @Test func theTableOfNEZHAIsASinusoid() {
    let table = RelativePositions(sinusoidUpTo: 2, width: 4).table
    #expect(table.shape == [5, 4])
    var expected: [Double] = []
    for row in 0..<5 {
      let (fast, slow) = (Double(row), Double(row) / 100)
      expected += [sin(fast), cos(fast), sin(slow), cos(slow)]
    }
    #expect(largestDistance(table.doubles, expected) <= rounding)
  }
}
