import Tensors

/// The mean and the covariance of vectors, gathered in one pass in float64.
///
/// Vectors are gathered in blocks. Each block's products are taken about its own mean and joined to those before by the formulas of
/// Chan, Golub and LeVeque (*Updating formulae and a pairwise algorithm for computing sample variances*, 1979), so that a mean far from
/// zero does not cancel the covariance. Memory is d² numbers and one block, however many vectors come.
public struct Covariance: Sendable {
  /// The length of the vectors, d.
  public let width: Int
  /// The number of vectors.
  public private(set) var count = 0
  /// The mean; [d].
  public private(set) var mean: [Double]
  // The sums of the products of the differences from the mean, below the diagonal and on it; [d, d].
  private var products: [Double]
  // Vectors that are not yet joined; [at most blockCount, d].
  private var block: [Double] = []

  /// How many vectors are joined at once: their differences stay in the second-level cache.
  private static let blockCount = 64

  /// Starts with no vectors of this length.
  public init(width: Int) {
    precondition(width > 0, "vectors of \(width) numbers")
    self.width = width
    mean = Array(repeating: 0, count: width)
    products = Array(repeating: 0, count: width * width)
    block.reserveCapacity(Self.blockCount * width)
  }

  /// Takes vectors, one a row; [any number, d].
  public mutating func add(_ vectors: UnsafeBufferPointer<Float>) {
    precondition(vectors.count.isMultiple(of: width), "\(vectors.count) numbers in vectors of \(width)")
    for start in stride(from: 0, to: vectors.count, by: width) {
      block += vectors[start..<start + width].lazy.map(Double.init)
      if block.count == Self.blockCount * width { join() }
    }
  }

  /// The covariance of what was added, with N − 1 below, as `numpy.cov` has it, on and below the diagonal; [d, d].
  ///
  /// - Precondition: At least two vectors were added.
  public mutating func matrix() -> [Double] {
    finish()
    precondition(count > 1, "the covariance of \(count) vectors")
    return products.map { $0 / Double(count - 1) }
  }

  /// Joins vectors that are still waiting, so that ``count`` and ``mean`` are those of all.
  public mutating func finish() {
    if !block.isEmpty { join() }
  }

  /// Joins the block to what came before.
  private mutating func join() {
    let rows = block.count / width
    var blockMean = [Double](repeating: 0, count: width)
    for row in 0..<rows { for i in 0..<width { blockMean[i] += block[row * width + i] } }
    for i in 0..<width { blockMean[i] /= Double(rows) }
    // [d, blockCount], feature-major; places behind the last vector are zeros.
    var centered = [Double](repeating: 0, count: width * Self.blockCount)
    for row in 0..<rows {
      for i in 0..<width { centered[i * Self.blockCount + row] = block[row * width + i] - blockMean[i] }
    }
    let difference = (0..<width).map { blockMean[$0] - mean[$0] }
    let width = width
    let weight = Double(count) * Double(rows) / Double(count + rows)
    products.withUnsafeMutableBufferPointer { products in
      centered.withUnsafeBufferPointer { centered in
        // The threads write rows of their own.
        let target = Rows(first: products.baseAddress!)
        let source = Columns(first: centered.baseAddress!)
        Covariance.inBands(width) { band in
          for i in band {
            let row = target.first + i * width
            for j in 0...i {
              row[j] += source.product(i, j) + weight * difference[i] * difference[j]
            }
          }
        }
      }
    }
    for i in 0..<width { mean[i] += difference[i] * Double(rows) / Double(count + rows) }
    count += rows
    block.removeAll(keepingCapacity: true)
  }

  /// Calls `body` with bands of rows of a triangle, on all processors.
  private static func inBands(_ rows: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let height = max(8, rows / 16)
    let bands = stride(from: 0, to: rows, by: height).map { $0..<min($0 + height, rows) }
    try! forEachInParallel(bands.reversed()) { body($0) }
  }

  private struct Rows: @unchecked Sendable { let first: UnsafeMutablePointer<Double> }

  private struct Columns: @unchecked Sendable {
    let first: UnsafePointer<Double>

    /// The product of two features over the block, in eight lanes.
    @inline(__always)
    func product(_ i: Int, _ j: Int) -> Double {
      let one = UnsafeRawPointer(first + i * blockCount).assumingMemoryBound(to: SIMD8<Double>.self)
      let other = UnsafeRawPointer(first + j * blockCount).assumingMemoryBound(to: SIMD8<Double>.self)
      var sum = SIMD8<Double>.zero
      for lane in 0..<blockCount / 8 { sum += one[lane] * other[lane] }
      return sum.sum()
    }
  }
}
