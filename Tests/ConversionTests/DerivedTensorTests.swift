import Architectures
import Bytes
import Checkpoints
import Conversion
import Foundation
import Tensors
import TestSupport
import Testing

/// Tensors of a model file read through the ledger's rows.
@Suite struct DerivedTensorTests {
  let checkpoint: Checkpoint
  let rows: [Ledger.Row]

  init() throws {
    let release = try Release(at: Fixtures.folder("Poems").path)
    checkpoint = release.checkpoint
    rows = Ledger(of: try Conversion(planning: release).plan, for: checkpoint).rows
  }

  private func row(_ tensor: String) throws -> Ledger.Row {
    try #require(rows.first { $0.tensor == tensor })
  }

  private func source(_ name: String) throws -> any TensorSource {
    try #require(checkpoint.tensors.first { $0.name == name }).source
  }

  @Test func aTransposedTensorHoldsTheSameNumbers() throws {
    let derived = try DerivedTensor(row("block.0.feedforward.intermediate.weight"), from: checkpoint)
    #expect(derived.name == "block.0.feedforward.intermediate.weight")
    #expect(derived.source.shape == [320, 80])
    let (before, after) = (try floats(of: source("Transformer-0-FeedForward[0]")), try floats(of: derived.source))
    for (out, in_) in [(0, 0), (0, 79), (319, 0), (17, 41), (319, 79)] {
      #expect(after[out * 80 + in_] == before[in_ * 320 + out])
    }
  }

  @Test func anotherElementTypeRoundsToNearest() throws {
    let exact = try floats(of: source("MLM-Bias[0]"))
    let half = try DerivedTensor(row("mlm.bias"), from: checkpoint, as: .float16).source
    #expect(half.elementType == .float16)
    let bits = try Tensor(reading: half, file: "a").bytes.withUnsafeBytes { bytes in
      (0..<exact.count).map { bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self) }
    }
    #expect(bits == exact.map { Float16($0).bitPattern })
    let same = try DerivedTensor(row("mlm.bias"), from: checkpoint, as: .float32).source
    #expect(try floats(of: same) == exact)
  }

  @Test func aSourceThatIsMissingIsMismatched() throws {
    var row = try row("mlm.bias")
    row.source = "MLM-Bias[1]"
    #expect(
      throws: Problem(
        .mismatched, file: checkpoint.file, object: "MLM-Bias[1]", found: "no such tensor",
        expected: "the source of mlm.bias")
    ) { try DerivedTensor(row, from: checkpoint) }
  }

  @Test func aSourceOfAnotherTypeIsMismatched() throws {
    var row = try row("mlm.bias")
    row.elementType = .float64
    #expect(
      throws: Problem(
        .mismatched, file: checkpoint.file, object: "MLM-Bias[0]", found: "elements of type float32",
        expected: "float64")
    ) { try DerivedTensor(row, from: checkpoint) }
  }

  @Test func aSourceOfAnotherShapeIsMismatched() throws {
    var row = try row("mlm.bias")
    row.transforms = [.reshape(from: [1, 1_000], to: [1_000])]
    #expect(
      throws: Problem(
        .mismatched, file: checkpoint.file, object: "MLM-Bias[0]", found: "the shape [1624]",
        expected: "one that reshape [1, 1000] to [1000] takes")
    ) { try DerivedTensor(row, from: checkpoint) }
    row.transforms = [.transpose]
    #expect(
      throws: Problem(
        .mismatched, file: checkpoint.file, object: "MLM-Bias[0]", found: "the shape [1624]",
        expected: "one that transpose takes")
    ) { try DerivedTensor(row, from: checkpoint) }
  }

  private func floats(of source: any TensorSource) throws -> [Float] {
    try Tensor(reading: source, file: "a").withElements { Array($0) }
  }
}
