import CKernels
import Tensors
import Testing

@testable import Inference

@Suite("A sequence's results are the same bits alone and in company") struct ReproducibilityTests {
  /// Runs the tiny model, and returns the bits of each sequence at each point.
  func bits(
    of sequences: [[Int32]], mask: AttentionMask, level: UInt32 = ck_best_level().rawValue, threads: Int = 1
  ) throws -> [[Point: [UInt32]]] {
    let model = try Model.tiny(mask: mask)
    let input = try Input(
      tokenIDs: sequences, segmentIDs: sequences.map { $0.indices.map { Int32($0 < 5 ? 0 : 1) } })
    var found = sequences.map { _ in [Point: [UInt32]]() }
    try model.run(input, Set(model.points), Float32Kernels(level: CKLevel(level))!, Threads(count: threads)) {
      point, tensor in
      let values = tensor.withElements(of: Float.self) { $0.map(\.bitPattern) }
      let features = tensor.shape.dimensions.last!
      // A head of whole sequences has a column for each.
      let isOfTokens = values.count == input.tokenCount * features && tensor.shape.dimensions.first != sequences.count
      let lengths = isOfTokens || tensor.shape.rank == 3 ? sequences.map(\.count) : sequences.map { _ in 1 }
      var first = 0
      for row in sequences.indices {
        found[row][point] = Array(values[first..<first + lengths[row] * features])
        first += lengths[row] * features
      }
    }
    return found
  }

  /// Forty sequences of one to fifteen tokens, every third one with padding at its end.
  static let sequences: [[Int32]] = (0..<40).map { row in
    let length = row % 4 == 0 ? 10 : 1 + row * 7 % 15
    return (0..<length).map { place in
      let isPadding = place > 6 && row % 3 == 0
      return isPadding ? 0 : Int32(1 + (row * 10 + place) * 7 % 39)
    }
  }

  @Test("For every batch, order, number of threads and instruction set", arguments: levels, AttentionMask.allCases)
  func company(level: UInt32, mask: AttentionMask) throws {
    let alone = try Self.sequences.map { try bits(of: [$0], mask: mask, level: level)[0] }
    var numbers = SeededNumbers(seed: 12)
    for (batch, threads) in [(2, 1), (3, 2), (7, 3), (13, 1), (40, 2)] {
      let chosen = Array(Self.sequences.indices.shuffled(using: &numbers).prefix(batch))
      let found = try bits(of: chosen.map { Self.sequences[$0] }, mask: mask, level: level, threads: threads)
      #expect(found == chosen.map { alone[$0] }, "batch of \(batch), \(threads) threads")
    }
  }

  @Test("By every instruction set with fused operations", arguments: AttentionMask.allCases)
  func instructionSets(mask: AttentionMask) throws {
    #if arch(x86_64)
      let fused = levels.filter { $0 != CKLevelBaseline.rawValue }
    #else
      let fused = levels
    #endif
    let found = try fused.map { try bits(of: Self.sequences, mask: mask, level: $0) }
    #expect(found.allSatisfy { $0 == found[0] })
  }
}
