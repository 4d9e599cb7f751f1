import Bytes
import JSON
import TestSupport
import Testing

@testable import Similarity

@Suite("Eigenvalues") struct SymmetricEigenTests {
  @Test("eigenvalues are NumPy's, and the vectors are theirs", arguments: Numbers.names("symmetric"))
  func recorded(_ name: String) throws {
    let recorded = Numbers.named(name, "symmetric")
    let size = recorded["size"]!.integer!
    let matrix = recorded["matrix"]!.doubles
    let expected = recorded["values"]!.doubles
    let eigen = try #require(SymmetricEigen(of: matrix, size: size))
    let largest = expected.map(\.magnitude).max()!
    for (found, expected) in zip(eigen.values, expected) { #expect(abs(found - expected) <= 1e-14 * largest) }
    let vectors = (0..<size).map { Array(eigen.vectors[$0 * size..<($0 + 1) * size]) }
    for (i, one) in vectors.enumerated() {
      for (j, other) in vectors.enumerated() {
        #expect(abs(product(one, other) - (i == j ? 1 : 0)) < 1e-13)
      }
      for row in 0..<size {
        let image = product(Array(matrix[row * size..<(row + 1) * size]), one)
        #expect(abs(image - eigen.values[i] * one[row]) <= 1e-14 * largest * 4)
      }
    }
  }

  @Test("eleven matrices are recorded") func count() { #expect(Numbers.cases("symmetric").count == 11) }

  @Test("a matrix with NaN or infinity has none") func notFinite() {
    #expect(SymmetricEigen(of: [1, .nan, .nan, 1], size: 2) == nil)
    #expect(SymmetricEigen(of: [.infinity], size: 1) == nil)
    #expect(SymmetricEigen(of: [], size: 0)?.values == [])
  }
}

@Suite("Whitening") struct WhiteningFitTests {
  @Test(
    "mean, covariance, eigenvalues and whitened vectors are those of BERT-whitening",
    arguments: Numbers.names("whitenings"))
  func recorded(_ name: String) throws {
    let recorded = Numbers.named(name, "whitenings")
    let width = recorded["width"]!.integer!
    let vectors = recorded["vectors"]!.doubles.map { Float($0) }
    var covariance = gathered(vectors, width: width)
    let matrix = covariance.matrix()
    let expected = recorded["covariance"]!.doubles
    let largest = recorded["values"]!.doubles[0]
    for i in 0..<width {
      for j in 0...i { #expect(abs(matrix[i * width + j] - expected[i * width + j]) < 1e-12 * largest) }
    }
    let fit = try WhiteningFit(of: covariance, file: "texts.txt")
    for (found, expected) in zip(fit.whitening.mean, recorded["mean"]!.doubles) {
      #expect(abs(found - expected) < 1e-13 * max(1, abs(expected)))
    }
    for (found, expected) in zip(fit.eigenvalues, recorded["values"]!.doubles) {
      #expect(abs(found - expected) < 1e-14 * largest * 4)
    }
    let rank = recorded["rank"]!.integer!
    #expect(fit.components == rank)
    let whitened = recorded["whitened"]!.doubles
    for column in 0..<rank {
      let found = (0..<vectors.count / width).map { row in
        (0..<width).reduce(0.0) {
          $0 + (Double(vectors[row * width + $1]) - fit.whitening.mean[$1]) * fit.whitening.matrix[$1 * rank + column]
        }
      }
      let expected = found.indices.map { whitened[$0 * rank + column] }
      let sign: Double = product(found, expected) < 0 ? -1 : 1
      for (found, expected) in zip(found, expected) { #expect(abs(sign * found - expected) < 1e-9) }
      let vector = (0..<width).map { fit.whitening.matrix[$0 * rank + column] }
      #expect(vector.max { $0.magnitude < $1.magnitude }! > 0)
    }
  }

  @Test("three sets are recorded, and the direction that a norm leaves to rounding is dropped") func degenerate() throws
  {
    let cases = Numbers.cases("whitenings")
    #expect(cases.count == 3)
    let normed = try #require(cases.first { $0["name"] == "of a norm" })
    let covariance = gathered(normed["vectors"]!.doubles.map { Float($0) }, width: 8)
    let fit = try WhiteningFit(of: covariance, file: "texts.txt")
    #expect(fit.rank == 7)
    #expect(fit.eigenvalues[7] < 1e-12)
    #expect(fit.eigenvalues[6] > 1e-2)
    let error = #expect(throws: Problem.self) { try WhiteningFit(of: covariance, components: 8, file: "texts.txt") }
    #expect(
      error?.description
        == "texts.txt: mismatched: found 8 components, expected at most 7: the vectors of 70 texts have no more that are more than rounding. Give fewer --components."
    )
  }

  @Test("vectors in any blocks give one result to 1e-14, also when their mean is far away") func blocks() throws {
    let vectors = Numbers.cases("whitenings")[1]["vectors"]!.doubles.map { Float($0) }
    var whole = gathered(vectors, width: 6)
    var parts = Covariance(width: 6)
    for row in 0..<70 { Array(vectors[row * 6..<row * 6 + 6]).withUnsafeBufferPointer { parts.add($0) } }
    #expect(whole.matrix() == parts.matrix())
    #expect(whole.count == 70)
    #expect(whole.mean == parts.mean)
  }

  @Test("more components than texts have rank are refused") func rank() {
    let vectors = (0..<5 * 4).map { _ in Float.random(in: -1...1) }
    let covariance = gathered(vectors, width: 5)
    let error = #expect(throws: Problem.self) { try WhiteningFit(of: covariance, components: 4, file: "texts.txt") }
    #expect(
      error?.description
        == "texts.txt: mismatched: found 4 components, expected at most 3: the vectors of 4 texts have no more that are more than rounding. Give more texts, or fewer --components."
    )
    #expect(throws: Never.self) { try WhiteningFit(of: covariance, components: 3, file: "texts.txt") }
    let wide = #expect(throws: Problem.self) { try WhiteningFit(of: covariance, components: 6, file: "texts.txt") }
    #expect(
      wide?.description == "texts.txt: mismatched: found 6 components, expected 1 to 5, as the vectors have.")
  }

  @Test("one text, one vector again and again, and NaN are refused") func nothing() {
    let one = #expect(throws: Problem.self) { try WhiteningFit(of: gathered([1, 2], width: 2), file: "t") }
    #expect(one?.description == "t: mismatched: found 1 text, expected at least 2, whose vectors have a covariance.")
    let same = #expect(throws: Problem.self) {
      try WhiteningFit(of: gathered([1, 2, 1, 2, 1, 2], width: 2), file: "t")
    }
    #expect(same?.description == "t: mismatched: found 3 texts with one vector, expected vectors that differ.")
    let nan = #expect(throws: Problem.self) { try WhiteningFit(of: gathered([1, 2, .nan, 2], width: 2), file: "t") }
    #expect(nan?.kind == .damaged)
  }

  private func gathered(_ vectors: [Float], width: Int) -> Covariance {
    var covariance = Covariance(width: width)
    vectors.withUnsafeBufferPointer { covariance.add($0) }
    return covariance
  }
}

private func product(_ one: [Double], _ other: [Double]) -> Double {
  zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
}
