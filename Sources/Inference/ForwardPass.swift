import Tensors

/// One run of a model: its arithmetic, its threads, its scratch memory and who watches.
final class ForwardPass<K: Kernels> {
  let kernels: K
  let threads: Threads
  let input: Input
  /// What each sequence sees.
  let visibilities: [Visibility]
  private let points: Set<Point>
  private let observe: (Point, Tensor) throws -> Void
  private var spare: [[Int]: [Matrix<K.Scalar>]] = [:]

  init(
    _ kernels: K, threads: Threads, input: Input, mask: AttentionMask, points: Set<Point>,
    observe: @escaping (Point, Tensor) throws -> Void
  ) {
    self.kernels = kernels
    self.threads = threads
    self.input = input
    self.points = points
    self.observe = observe
    visibilities = (0..<input.batch).map { Visibility(mask, of: input, row: $0) }
  }

  /// Calls `body` with scratch matrices, which later calls for the same sizes use again; their contents are arbitrary.
  func withScratch<Result>(
    _ count: Int, features: Int, columns: Int, _ body: ([Matrix<K.Scalar>]) throws -> Result
  ) rethrows -> Result {
    let size = [features, columns]
    var taken = Array(spare[size, default: []].suffix(count))
    spare[size]?.removeLast(taken.count)
    while taken.count < count { taken.append(Matrix(features: features, columns: columns)) }
    defer { spare[size, default: []] += taken }
    return try body(taken)
  }

  /// Whether somebody watches one of these points.
  func watches(_ candidates: Point...) -> Bool {
    candidates.contains { points.contains($0) }
  }

  /// Hands the values at a point to whoever watches it.
  ///
  /// - Parameter extents: The extents before the features: B and T, or the number of columns.
  func report(_ point: Point, _ values: Matrix<K.Scalar>, extents: [Int]) throws {
    guard points.contains(point) else { return }
    try observe(point, values.tensor(shape: Shape(extents + [values.features])!))
  }

  /// Hands over values of every token, [B, T, features].
  func report(_ point: Point, _ values: Matrix<K.Scalar>) throws {
    try report(point, values, extents: [input.batch, input.length])
  }
}
