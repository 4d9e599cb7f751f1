import Tensors

/// One run of a model: its arithmetic, its threads, its scratch memory, what it remembers and who watches.
final class ForwardPass<K: Kernels> {
  let kernels: K
  let threads: Threads
  /// What is kept between runs; nil when nothing is.
  let memory: Memory?
  /// What conditional normalisations depend on, [C, B]; nil when nothing is given.
  let condition: Matrix<K.Scalar>?
  private let points: Set<Point>
  private let observe: (Point, Tensor) throws -> Void
  private var spare: [[Int]: [Matrix<K.Scalar>]] = [:]
  private var noted: [String: Any] = [:]
  private var scores: Matrix<K.Scalar>?

  init(
    _ kernels: K, threads: Threads, memory: Memory? = nil, condition: Matrix<K.Scalar>? = nil, points: Set<Point>,
    observe: @escaping (Point, Tensor) throws -> Void
  ) {
    self.kernels = kernels
    self.threads = threads
    self.memory = memory
    self.condition = condition
    self.points = points
    self.observe = observe
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

  /// Returns what `make` made when it was first asked for under this name: work that every block would repeat.
  func once<Value>(_ name: String, _ make: () -> Value) -> Value {
    if let value = noted[name] { return value as! Value }
    let value = make()
    noted[name] = value
    return value
  }

  /// Remembers the scores of one attention for the next; returns them with those of the attention before.
  func exchangeScores(_ new: Matrix<K.Scalar>) -> (old: Matrix<K.Scalar>?, new: Matrix<K.Scalar>) {
    defer { scores = new }
    return (scores, new)
  }

  /// Adds keys and values to those that the memory keeps under a name, and returns them all.
  func remembering(_ new: KeysAndValues<K.Scalar>, as name: String) -> KeysAndValues<K.Scalar> {
    guard let memory else { return new }
    guard let kept = memory.recall(name, as: KeysAndValues<K.Scalar>.self) else {
      memory.keep(new, as: name)
      return new
    }
    kept.append(keys: new.keys, values: new.values)
    return kept
  }

  /// Does some work on all columns, shared out among the threads.
  func forColumns(of x: Matrix<K.Scalar>, _ body: (Range<Int>) -> Void) {
    let columnsPerPart = 16
    threads.run(parts: (x.columns + columnsPerPart - 1) / columnsPerPart) { part, _ in
      body(part * columnsPerPart..<min((part + 1) * columnsPerPart, x.columns))
    }
  }

  /// Whether somebody watches one of these points.
  func watches(_ candidates: Point...) -> Bool { watches(anyOf: candidates) }

  /// Whether somebody watches one of these points.
  func watches(anyOf candidates: [Point]) -> Bool {
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
  func report(_ point: Point, _ values: Matrix<K.Scalar>, of span: Span) throws {
    try report(point, values, extents: [span.batch, span.length])
  }
}
