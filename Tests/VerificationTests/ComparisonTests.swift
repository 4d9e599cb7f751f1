import Bytes
import Checkpoints
import Conversion
import Foundation
import ModelFiles
import TestSupport
import Tensors
import Testing
import Verification

/// Two files of weights held against each other.
@Suite struct ComparisonTests {
  private func checkpoint(_ fixture: String) throws -> Checkpoint {
    try Release.weights(at: Fixtures.folder(fixture).path)
  }

  @Test func aFileIsTheSameAsItself() throws {
    let comparison = try Comparison(of: checkpoint("bert4keras/encoder"), with: checkpoint("bert4keras/encoder"))
    #expect(comparison.agrees && comparison.pairing == .names && comparison.pairs.count == 46)
  }

  @Test func oneModelInTwoNamingsIsTheSame() throws {
    let comparison = try Comparison(of: checkpoint("bert4keras/encoder"), with: checkpoint("bert4keras/npz-google"))
    #expect(comparison.agrees)
    #expect(comparison.pairing == .tables(architecture: "bert", namings: ["bert4keras", "google"]))
    #expect(comparison.leftOut.count == 2)
    let pair = try #require(comparison.pairs.first { $0.name == "nsp.weight" })
    #expect(pair.sources == ["NSP-Proba[0]", "cls/seq_relationship/output_weights"])
    #expect(pair.transforms == [[.transpose], []])
  }

  @Test func aModelFileIsComparedWithItsSource() throws {
    let directory = try TemporaryDirectory()
    _ = try Conversion(planning: Release(at: Fixtures.folder("bert4keras/encoder").path))
      .write(to: directory.path("model.ingot"))
    let comparison = try Comparison(
      of: Checkpoint(opening: directory.path("model.ingot")), with: checkpoint("bert4keras/encoder"))
    #expect(comparison.agrees)
    #expect(comparison.pairing == .tables(architecture: "bert", namings: ["ingot", "bert4keras"]))
  }

  @Test func otherWeightsDiffer() throws {
    let comparison = try Comparison(
      of: checkpoint("HuggingFace/bert-pretraining"), with: checkpoint("HuggingFace/bert-2018"))
    #expect(!comparison.agrees && comparison.pairs.allSatisfy { $0.result.differing ?? 0 > 0 })
    #expect(comparison.onlyInFirst.isEmpty && comparison.onlyInSecond.isEmpty)
    #expect(comparison.pairing == .tables(architecture: "bert", namings: ["huggingface", "huggingface"]))
  }

  @Test func whatOnlyOneSideHasIsNamed() throws {
    let comparison = try Comparison(
      of: checkpoint("HuggingFace/bert-pretraining"), with: checkpoint("HuggingFace/bert-model"))
    #expect(!comparison.agrees)
    #expect(
      comparison.onlyInFirst == [
        "nsp.weight", "nsp.bias", "mlm.dense.weight", "mlm.dense.bias", "mlm.norm.gamma", "mlm.norm.beta", "mlm.bias",
      ])
    #expect(comparison.onlyInSecond.isEmpty)
    let turned = try Comparison(
      of: checkpoint("HuggingFace/bert-model"), with: checkpoint("HuggingFace/bert-pretraining"))
    #expect(turned.onlyInSecond == comparison.onlyInFirst && turned.onlyInFirst.isEmpty)
  }

  private func tensor(_ values: [Float], shape: Shape? = nil) -> any TensorSource {
    Tensor(.float32, shape ?? [values.count], bytes: ByteView(values.withUnsafeBytes { Array($0) }))!
  }

  @Test func oneBitIsFound() throws {
    var values = (0..<300_000).map { Float($0) }
    let one = tensor(values, shape: [300, 1_000])
    values[299_999].negate()
    values[131_073] = values[131_073].nextUp
    let result = try TensorComparison(of: one, with: tensor(values, shape: [300, 1_000]))
    #expect(result.differing == 2 && result.first == [131, 73] && result.maximumDifference == 599_998)
    #expect(!result.isEqual)
  }

  @Test func zeroesOfBothSignsAndNaNsAreToldApartByTheirBits() throws {
    let one: [Float] = [0, .nan, .infinity, 1]
    let other: [Float] = [-0.0, Float(bitPattern: 0x7FC0_0001), .infinity, 1]
    let result = try TensorComparison(of: tensor(one), with: tensor(other))
    #expect(result.differing == 2 && result.maximumDifference == 0 && result.first == [0])
    let number = try TensorComparison(of: tensor([.nan]), with: tensor([1]))
    #expect(number.maximumDifference == .infinity)
  }

  @Test func otherTypesAndShapesAreNeverEqual() throws {
    let one = tensor([1, 2, 3, 4])
    let wide = try TensorComparison(of: one, with: #require(one.converted(to: .float64)))
    #expect(!wide.isEqual && wide.differing == 0 && wide.elementTypes == [.float32, .float64])
    let half = try TensorComparison(of: tensor([1, 0.1]), with: #require(tensor([1, 0.1]).converted(to: .float16)))
    #expect(half.differing == 1 && half.first == [1] && half.maximumDifference < 1e-4)
    let shaped = try TensorComparison(of: one, with: tensor([1, 2, 3, 4], shape: [2, 2]))
    #expect(!shaped.isEqual && shaped.differing == nil && shaped.shapes == [[4], [2, 2]])
    let empty = try TensorComparison(of: tensor([]), with: tensor([]))
    #expect(empty.isEqual)
  }
}
