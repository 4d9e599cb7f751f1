import Bytes
import Foundation
import NumPy
import Tensors
import TestSupport

@testable import Inference

/// What a library computed for one position scheme: `Tests/Fixtures/Positions/<name>.npz`.
struct PositionFixture {
  private let archive: NumPyArchive

  init(_ name: String) throws {
    archive = try NumPyArchive(ByteView(mapping: Fixtures.folder("Positions").appending(path: "\(name).npz").path))
  }

  /// An array, as it was stored.
  func tensor(_ name: String) throws -> Tensor {
    guard let array = try archive[name] else { throw MissingArray(name: name) }
    return try Tensor(reading: array)
  }

  /// The numbers of an array.
  func numbers(_ name: String) throws -> [Double] { try tensor(name).doubles() }

  struct MissingArray: Error {
    let name: String
  }
}

/// A run of nothing but a position scheme.
struct PositionRun<K: Kernels> {
  let kernels: K
  var memory: Memory?

  var pass: ForwardPass<K> {
    ForwardPass(kernels, threads: Threads(count: 2), memory: memory, points: []) { _, _ in }
  }

  /// The embeddings that a scheme makes of others, token by token: [B, T, E].
  ///
  /// - Parameters:
  ///   - x: The embeddings, [B, T, E].
  ///   - tokens: The tokens' ids; by default 1, so that none is padding.
  ///   - positions: Where the tokens stand; by default one after the other.
  func embeddings(
    of x: Tensor, by scheme: some PositionScheme, tokens: [Int32]? = nil, positions: [Int32]? = nil
  ) throws -> [Double] {
    let (batch, length, width) = (x.shape.dimensions[0], x.shape.dimensions[1], x.shape.dimensions[2])
    let tokens = tokens ?? Array(repeating: 1, count: batch * length)
    let span = Span(
      batch: batch, length: length, tokenIDs: tokens, segmentIDs: tokens.map { _ in 0 }, positionIDs: positions,
      mask: .none, after: memory)
    let matrix = Matrix<K.Scalar>(features: width, columns: batch * length)
    let values = try x.doubles()
    for column in 0..<batch * length {
      for feature in 0..<width { matrix.view.row(feature)[column] = K.Scalar(values[column * width + feature]) }
    }
    scheme.add(toEmbeddings: matrix, of: span, pass)
    memory?.append(span, precision: K.precision)
    return matrix.tensor(shape: x.shape).doubles
  }

  /// Queries and keys after a scheme has turned them, [B, T, heads, d] as they were given.
  func turned(_ queries: Tensor, _ keys: Tensor, by scheme: some PositionScheme) throws -> (
    queries: [Double], keys: [Double]
  ) {
    let extents = queries.shape.dimensions
    let span = Span(
      batch: extents[0], length: extents[1], tokenIDs: Array(repeating: 1, count: extents[0] * extents[1]),
      segmentIDs: Array(repeating: 0, count: extents[0] * extents[1]), mask: .none, after: memory)
    func matrix(_ tensor: Tensor) throws -> Matrix<K.Scalar> {
      let matrix = Matrix<K.Scalar>(features: extents[2] * extents[3], columns: span.columns)
      for (index, value) in try tensor.doubles().enumerated() {
        let (column, feature) = index.quotientAndRemainder(dividingBy: matrix.features)
        matrix.view.row(feature)[column] = K.Scalar(value)
      }
      return matrix
    }
    let (q, k) = (try matrix(queries), try matrix(keys))
    scheme.turn(queries: q, keys: k, heads: extents[2], of: span, pass)
    return (q.tensor(shape: queries.shape).doubles, k.tensor(shape: keys.shape).doubles)
  }

  /// What a scheme adds to mixed values that are zero, [queries, d], for weights [queries, keys].
  func values(
    of scheme: some PositionScheme, weights: [Double], queries: Range<Int>, keys: Int, width: Int
  ) -> [[Double]] {
    let mixed = Matrix<K.Scalar>(features: width, columns: queries.count)
    let shares = Matrix<K.Scalar>(features: keys, columns: queries.count)
    for query in queries {
      for key in 0..<keys {
        shares.view.row(key)[query - queries.lowerBound] = K.Scalar(weights[query * keys + key])
      }
    }
    let nothing = Matrix<K.Scalar>(features: width, columns: keys)
    let terms = scheme.terms(heads: 1, queries: queries, keys: keys, pass)
    terms.values?(
      mixed.view, shares.view,
      AttentionPlace(
        sequence: 0, head: 0, queries: nothing.view, keys: nothing.view, columns: 0..<queries.count,
        firstQuery: queries.lowerBound, scale: 1))
    return queries.indices.map { query in
      (0..<width).map { Double(mixed.view.row($0)[query - queries.lowerBound]) }
    }
  }

  /// What a scheme adds to scores that are zero, [queries, keys], for given queries and keys, [heads, length, width] each.
  func scores(
    of scheme: some PositionScheme, head: Int, heads: Int, queries: Range<Int>, q: [Double], k: [Double], length: Int,
    width: Int, scale: Double
  ) -> [[Double]] {
    func columns(_ values: [Double], _ tokens: Range<Int>) -> Matrix<K.Scalar> {
      let matrix = Matrix<K.Scalar>(features: width, columns: tokens.count)
      for token in tokens {
        for feature in 0..<width {
          matrix.view.row(feature)[token - tokens.lowerBound] = K.Scalar(
            values[(head * length + token) * width + feature])
        }
      }
      return matrix
    }
    let (q, k) = (columns(q, queries), columns(k, 0..<length))
    let scores = Matrix<K.Scalar>(features: length, columns: queries.count)
    let terms = scheme.terms(heads: heads, queries: queries, keys: length, pass)
    terms.scores?(
      scores.view,
      AttentionPlace(
        sequence: 0, head: head, queries: q.view, keys: k.view, columns: 0..<queries.count,
        firstQuery: queries.lowerBound, scale: K.Scalar(scale)))
    return queries.indices.map { query in
      (0..<length).map { Double(scores.view.row($0)[query - queries.lowerBound]) }
    }
  }

  /// What a scheme adds to scores that are zero, [queries, keys], for queries and keys that are zero too.
  func biases(of scheme: some PositionScheme, head: Int, heads: Int, queries: Range<Int>, keys: Int) -> [[Double]] {
    let width = 2
    let scores = Matrix<K.Scalar>(features: keys, columns: queries.count)
    let q = Matrix<K.Scalar>(features: width, columns: queries.count)
    let k = Matrix<K.Scalar>(features: width, columns: keys)
    let terms = scheme.terms(heads: heads, queries: queries, keys: keys, pass)
    terms.scores?(
      scores.view,
      AttentionPlace(
        sequence: 0, head: head, queries: q.view, keys: k.view, columns: 0..<queries.count,
        firstQuery: queries.lowerBound, scale: 1))
    return queries.indices.map { query in
      (0..<keys).map { Double(scores.view.row($0)[query - queries.lowerBound]) }
    }
  }
}
