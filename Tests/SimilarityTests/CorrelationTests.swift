import Bytes
import JSON
import Testing

@testable import Similarity

@Suite("Correlations") struct CorrelationTests {
  @Test(
    "Pearson and Spearman are SciPy's, ties and far and tiny and huge numbers included",
    arguments: Numbers.names("correlations"))
  func recorded(_ name: String) throws {
    let recorded = Numbers.named(name, "correlations")
    let (x, y) = (recorded["x"]!.doubles, recorded["y"]!.doubles)
    let correlation = try Correlation(of: x, with: y, file: "pairs.tsv")
    #expect(abs(correlation.spearman - recorded["spearman"]!.double!) < 1e-12)
    // The mean that SciPy takes off is rounded, by a ten-thousandth of the spread of numbers that far from zero.
    #expect(
      abs(correlation.pearson - recorded["pearson"]!.double!) < (recorded["name"] == "far from zero" ? 1e-7 : 1e-12))
    #expect(AverageRanks.ranks(of: y) == recorded["ranks"]!.doubles)
  }

  @Test("eleven cases are recorded") func count() { #expect(Numbers.cases("correlations").count == 11) }

  @Test("a column that is constant has no correlation") func constant() {
    let error = #expect(throws: Problem.self) { try Correlation(of: [0.1, 0.2, 0.3], with: [1, 1, 1], file: "a.tsv") }
    #expect(
      error?.description
        == "a.tsv: mismatched in the scores: found 1.0 for all of 3 pairs, expected numbers that differ, since the correlation with a constant is undefined."
    )
    let other = #expect(throws: Problem.self) { try Correlation(of: [0.5, 0.5], with: [1, 0], file: "a.tsv") }
    #expect(other?.object == "the similarities")
  }

  @Test("fewer than two pairs have no correlation") func few() {
    let error = #expect(throws: Problem.self) { try Correlation(of: [0.1], with: [1], file: "a.tsv") }
    #expect(
      error?.description
        == "a.tsv: mismatched: found 1 pair, expected at least 2, since a correlation compares rows with one another.")
    #expect(throws: Problem.self) { try Correlation(of: [], with: [], file: "a.tsv") }
  }

  @Test("a similarity that is no number is told with its pair") func notFinite() {
    let error = #expect(throws: Problem.self) { try Correlation(of: [0.1, .nan], with: [1, 0], file: "a.tsv") }
    #expect(
      error?.description == "a.tsv: damaged in the similarities: found nan for pair 2, expected finite numbers.")
  }
}

@Suite("Accuracy at a threshold") struct AccuracyTests {
  @Test("a pair above the threshold counts as 1") func given() throws {
    let accuracy = try #require(Accuracy(of: [0.9, 0.8, 0.3, 0.8], with: [1, 1, 0, 0], threshold: 0.8))
    #expect(accuracy.value == 0.75)
  }

  @Test("the best threshold lies between two pairs, and none is better") func best() throws {
    let similarities = [0.9, 0.35, 0.8, 0.3, 0.7, 0.6, 0.3]
    let labels: [Double] = [1, 1, 1, 0, 0, 1, 0]
    let accuracy = try #require(Accuracy(of: similarities, with: labels))
    #expect(accuracy.value == 6.0 / 7)
    #expect(abs(accuracy.threshold - 0.325) < 1e-12)
    for threshold in stride(from: 0.0, through: 1, by: 0.01) {
      #expect(try #require(Accuracy(of: similarities, with: labels, threshold: threshold)).value <= accuracy.value)
    }
  }

  @Test("pairs that are all the same, or all different, are decided right") func oneSided() {
    #expect(Accuracy(of: [0.5, 0.6], with: [1, 1])?.value == 1)
    #expect(Accuracy(of: [0.5, 0.6], with: [0, 0])?.value == 1)
    #expect(Accuracy(of: [0.5, 0.5], with: [0, 1])?.value == 0.5)
  }

  @Test("labels other than 0 and 1 have no accuracy") func scores() {
    #expect(Accuracy(of: [0.5, 0.6], with: [1, 5]) == nil)
    #expect(Accuracy(of: [], with: []) == nil)
  }
}
