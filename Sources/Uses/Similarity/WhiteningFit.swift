import Bytes
import SentenceVectors

/// A whitening as it was computed from vectors, and what there is to say about it.
///
/// The covariance C = U Λ Uᵀ gives the map U Λ^(−1/2), its columns in the order of the eigenvalues, the greatest first
/// (bojone/BERT-whitening, `chn/utils.py`, `compute_kernel_bias`). The sign of a column is free: its largest number is positive here.
public struct WhiteningFit: Sendable {
  /// The mean of the vectors and U Λ^(−1/2), with as many columns as components are kept.
  public let whitening: Whitening
  /// The eigenvalues of the covariance, the greatest first; [d].
  public let eigenvalues: [Double]
  /// What an eigenvalue must exceed to be more than rounding.
  public let floor: Double
  /// The number of eigenvalues above the floor.
  public let rank: Int
  /// The number of components that are kept, k.
  public var components: Int { whitening.width }
  /// The number of vectors that it was computed from.
  public let count: Int

  /// What ``floor`` is, as a share of the mean square of the vectors' lengths: (32 · 2⁻²⁴)².
  ///
  /// Vectors come as float32, within 32 rounding units of what they should be (Verification's tolerance); so along no direction does
  /// rounding alone spread them by more than 32 · 2⁻²⁴ of their length. A smaller spread shows rounding, and dividing by it would make
  /// noise the equal of every other component. One such direction is certain wherever a norm comes last, since its output obeys
  /// Σ (x − β) / γ = 0.
  public static let relativeFloor = 0x1p-38

  /// Computes a whitening.
  ///
  /// - Parameters:
  ///   - covariance: The vectors.
  ///   - components: How many components to keep; nil for all that are more than rounding.
  ///   - file: The file with the texts, which problems name.
  /// - Throws: `Problem` of kind *mismatched* for fewer than two vectors, for vectors that are all the same, and for more components than
  ///   they have or than are more than rounding; *damaged* when a number among them is not finite.
  public init(of covariance: Covariance, components: Int? = nil, file: String) throws {
    var covariance = covariance
    covariance.finish()
    let width = covariance.width
    let texts = "\(covariance.count) \(covariance.count == 1 ? "text" : "texts")"
    guard covariance.count > 1 else {
      throw Problem(.mismatched, file: file, found: texts, expected: "at least 2, whose vectors have a covariance")
    }
    if let components, !(1...width).contains(components) {
      throw Problem(
        .mismatched, file: file, found: "\(components) components", expected: "1 to \(width), as the vectors have")
    }
    guard let eigen = SymmetricEigen(of: covariance.matrix(), size: width) else {
      throw Problem(.damaged, file: file, found: "vectors with numbers that are not finite", expected: "finite numbers")
    }
    count = covariance.count
    eigenvalues = eigen.values
    let squares = eigen.values.reduce(0, +) + covariance.mean.reduce(0) { $0 + $1 * $1 }
    let floor = Self.relativeFloor * squares
    self.floor = floor
    let rank = min(eigen.values.prefix { $0 > floor }.count, count - 1)
    self.rank = rank
    guard rank > 0 else {
      throw Problem(.mismatched, file: file, found: "\(texts) with one vector", expected: "vectors that differ")
    }
    if let components, components > rank {
      throw Problem(
        .mismatched, file: file, found: "\(components) components",
        expected: "at most \(rank): the vectors of \(texts) have no more that are more than rounding",
        advice: rank == count - 1 ? "Give more texts, or fewer --components" : "Give fewer --components")
    }
    whitening = Whitening(
      mean: covariance.mean, matrix: WhiteningFit.matrix(of: eigen, components: components ?? rank))
  }

  /// U Λ^(−1/2), [d, k].
  private static func matrix(of eigen: SymmetricEigen, components: Int) -> [Double] {
    let width = eigen.size
    var matrix = [Double](repeating: 0, count: width * components)
    for column in 0..<components {
      let vector = eigen.vectors[column * width..<(column + 1) * width]
      let largest = vector.max { $0.magnitude < $1.magnitude }!
      let scale = (largest < 0 ? -1 : 1) / eigen.values[column].squareRoot()
      for (row, value) in vector.enumerated() { matrix[row * components + column] = value * scale }
    }
    return matrix
  }
}
