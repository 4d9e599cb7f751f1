import Bytes
import SentenceVectors
import Testing

/// Pooling, layers, whitening and normalisation on numbers that can be followed by hand.
@Suite("The vector of a text") struct PoolingTests {
  private let last: [Float] = [1, -2, 3, 4, 5, -6]
  private let first: [Float] = [7, 0, 1, 2, 1, 1]

  private func pooled(_ pooling: Pooling) -> [Double] {
    last.withUnsafeBufferPointer { last in
      first.withUnsafeBufferPointer { pooling.pooled(last, first: $0, width: 2) }
    }
  }

  @Test("is the first token's, the mean, the mean of two blocks' means, or the greatest values")
  func poolings() {
    #expect(pooled(.cls) == [1, -2])
    #expect(pooled(.pooler) == [1, -2])
    let mean = [3, -4.0 / 3]
    #expect(pooled(.mean) == mean)
    let half = [3, (1 + -4.0 / 3) / 2]
    #expect(pooled(.firstLastMean) == half)
    #expect(pooled(.max) == [5, 4])
  }

  @Test("keeps what is no number, wherever it stands", arguments: 0..<3)
  func notANumber(token: Int) {
    var tokens = last
    tokens[token * 2] = .nan
    let vector = tokens.withUnsafeBufferPointer { Pooling.max.pooled($0, width: 2) }
    #expect(vector[0].isNaN && vector[1] == 4)
  }

  @Test("passes layers, whitening, choice of components and normalisation in this order")
  func order() throws {
    let settings = VectorSettings(
      pooling: .mean, layers: [VectorLayer(weight: [1, 0, 0, 1, 1, 1], bias: [0, 1, 0], activation: .linear)],
      whitening: Whitening(mean: [1, 1, 1], matrix: [3, 0, 0, 2, 0, 0]), components: 2, normalizes: true)
    // [1, 3] → [1, 4, 4] → differences [0, 3, 3] → [0, 6] → [0, 1]
    #expect(settings.vector(ofPooled: [1, 3]) == [0, 1])
    #expect(try settings.width(after: 2, of: "model") == 2)
    #expect {
      try settings.width(after: 3, of: "model")
    } throws: {
      ($0 as? Problem)?.description == "model: mismatched in layer 0 of the vectors: found 2 components, expected 3."
    }
  }
}
