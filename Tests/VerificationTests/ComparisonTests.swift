import Bytes
import Checkpoints
import Conversion
import Foundation
import ModelFiles
import TestSupport
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
}
