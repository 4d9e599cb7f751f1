import Bytes
import CKernels
import Corpora
import Synchronization
import Tensors

/// The vectors of an index that are nearest to another by their cosine, found by comparing with every one.
public struct NearestVectors: Sendable {
  /// A vector of the index.
  public struct Neighbour: Hashable, Sendable {
    /// Its place in the index, from 0 on.
    public let index: Int
    /// The cosine.
    public let similarity: Float
  }

  /// How many rows are multiplied at a time: their products stay in the first-level cache.
  private static let rowsAtOnce = 2_048
  /// Products take in columns up to the next multiple of this.
  private static let stride = Int(CK_COLUMN_MULTIPLE)

  private let index: VectorIndex

  /// Looks into an index.
  public init(in index: VectorIndex) { self.index = index }

  /// Finds the nearest vectors, the nearest one first; of equally near ones, the first of the index.
  ///
  /// Each product is summed in the order that ``CKProduct`` promises, so that threads and their number change nothing.
  ///
  /// - Parameters:
  ///   - query: A vector of the index's width; it need not be normalised.
  ///   - count: How many to find, at least 1.
  ///   - threads: How many threads share the work; as many as there are processors unless told otherwise.
  /// - Throws: `Problem` of kind *damaged* when a vector of the index has NaN.
  public func nearest(to query: ArraySlice<Float>, count: Int, threads: Int? = nil) throws -> [Neighbour] {
    precondition(query.count == index.width && count > 0, "\(query.count) components, \(count) neighbours")
    let length = query.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    // [width, stride]: the query in the first column.
    var column = [Float](repeating: 0, count: (index.width + 1) * Self.stride)
    for (place, value) in query.enumerated() where length > 0 {
      column[place * Self.stride] = Float(Double(value) / length)
    }
    let parts = Swift.max(1, threads ?? processorCount)
    let next = Atomic(0)
    let found = Mutex<[Neighbour]>([])
    let total = index.count
    let rows = Self.rowsAtOnce
    let filled = column
    try onThreads(parts) {
      var best = Best(count: count)
      try withUnsafeTemporaryAllocation(of: Float.self, capacity: rows) { products in
        while true {
          let start = next.wrappingAdd(rows, ordering: .relaxed).oldValue
          guard start < total else { break }
          let part = start..<Swift.min(start + rows, total)
          try multiply(part, with: filled, into: products)
          for (place, row) in part.enumerated() { best.take(Neighbour(index: row, similarity: products[place])) }
        }
      }
      found.withLock { $0 += best.neighbours }
    }
    return Array(found.withLock { $0 }.sorted(by: Best.precedes).prefix(count))
  }

  /// The cosines of some rows.
  private func multiply(_ rows: Range<Int>, with column: [Float], into products: UnsafeMutableBufferPointer<Float>)
    throws
  {
    let width = index.width
    let isFinite = index.vectors.bytes.withUnsafeBytes { raw -> Bool in
      let first = raw.baseAddress! + rows.lowerBound * width * 4
      column.withUnsafeBufferPointer { column in
        var product = CKProduct(
          weights: first, element: CKElementFloat32, rowStride: width, columnStride: 1, input: column.baseAddress,
          inputStride: Self.stride, output: products.baseAddress, outputStride: 1, bias: nil, scale: 1,
          rows: rows.count, depth: width, columns: 1)
        ck_kernels(ck_best_level())!.pointee.multiply(&product)
      }
      guard !index.origin.normalizes else { return products[..<rows.count].allSatisfy(\.isFinite) }
      for place in 0..<rows.count {
        var sums = SIMD8<Float>.zero
        var sum: Float = 0
        let row = first + place * width * 4
        for lane in 0..<width / 8 {
          let values = row.loadUnaligned(fromByteOffset: lane * 32, as: SIMD8<Float>.self)
          sums += values * values
        }
        for feature in width / 8 * 8..<width {
          let value = row.loadUnaligned(fromByteOffset: feature * 4, as: Float.self)
          sum += value * value
        }
        let length = (sums.sum() + sum).squareRoot()
        products[place] = length > 0 ? products[place] / length : 0
        if !length.isFinite { return false }
      }
      return products[..<rows.count].allSatisfy(\.isFinite)
    }
    guard isFinite else {
      throw Problem(
        .damaged, file: index.vectors.bytes.file, object: "vectors \(rows)", found: "numbers that are not finite",
        expected: "finite numbers")
    }
  }
}

/// The nearest of those that were seen.
private struct Best {
  typealias Neighbour = NearestVectors.Neighbour

  private let count: Int
  /// The nearest first; at most `count`.
  private(set) var neighbours: [Neighbour] = []

  init(count: Int) { self.count = count }

  /// Whether one is nearer than another, or as near and before it.
  static func precedes(_ one: Neighbour, _ other: Neighbour) -> Bool {
    one.similarity == other.similarity ? one.index < other.index : one.similarity > other.similarity
  }

  mutating func take(_ neighbour: Neighbour) {
    if neighbours.count == count, !Best.precedes(neighbour, neighbours[count - 1]) { return }
    let place = neighbours.firstIndex { Best.precedes(neighbour, $0) } ?? neighbours.count
    neighbours.insert(neighbour, at: place)
    if neighbours.count > count { neighbours.removeLast() }
  }
}
