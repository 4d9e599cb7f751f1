/// A linear map after which the components of vectors are uncorrelated and of variance 1: y = (x − mean) · matrix.
///
/// Source: kexue.fm/archives/8069 (arXiv 2103.15316).
public struct Whitening: Equatable, Sendable {
  /// The mean of the vectors, [d].
  public let mean: [Double]
  /// The map, [d, k], row by row; its columns belong to the eigenvalues of the covariance, the greatest first.
  public let matrix: [Double]

  /// Joins a mean and a map.
  ///
  /// - Parameter matrix: A multiple of as many numbers as the mean has, at least once; anything else is a programmer's error.
  public init(mean: [Double], matrix: [Double]) {
    precondition(
      !mean.isEmpty && !matrix.isEmpty && matrix.count.isMultiple(of: mean.count),
      "\(matrix.count) numbers for \(mean.count) rows")
    self.mean = mean
    self.matrix = matrix
  }

  /// The number of components that vectors have before, d.
  public var inputWidth: Int { mean.count }
  /// The number of components that they have afterwards, k.
  public var width: Int { matrix.count / mean.count }
}
