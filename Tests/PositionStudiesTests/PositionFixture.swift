import Bytes
import Foundation
import NumPy
import Tensors
import TestSupport

@testable import Inference
@testable import PositionStudies

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

  /// A dense layer.
  func linear(_ name: String) throws -> Linear {
    Linear(weight: Weight(name, try tensor(name)), bias: Weight("\(name)_bias", try tensor("\(name)_bias")))
  }

  struct MissingArray: Error {
    let name: String
  }
}

/// A run of nothing but a position scheme.
struct PositionRun<K: Kernels> {
  let kernels: K

  var pass: Pass<K> { Pass(kernels, threads: Threads(count: 2), batch: Batch([:])) }

  /// Tokens, one sequence behind the other, after so many that are no padding.
  static func tokens(
    _ batch: Int, _ length: Int, past: Int = 0, ids: [Int32]? = nil, positions: [Int32]? = nil
  ) -> Sequences {
    let ids = ids ?? Array(repeating: 1, count: batch * length)
    var row = Cache.Row()
    row.tokenIDs = Array(repeating: 1, count: past)
    row.segmentIDs = row.tokenIDs.map { _ in 0 }
    return Sequences(
      lengths: Array(repeating: length, count: batch), tokenIDs: ids, segmentIDs: ids.map { _ in 0 },
      positions: positions, mask: .none, after: Array(repeating: row, count: batch))
  }

  func matrix(_ values: Tensor, features: Int) throws -> Matrix<K.Scalar> {
    let values = try values.doubles()
    let matrix = Matrix<K.Scalar>(features: features, columns: values.count / features)
    for (index, value) in values.enumerated() { matrix.view.row(index % features)[index / features] = K.Scalar(value) }
    return matrix
  }

  /// The embeddings that a scheme makes of others, token by token: [B, T, E].
  ///
  /// - Parameters:
  ///   - x: The embeddings, [B, T, E].
  ///   - tokens: The tokens' ids; by default 1, so that none is padding.
  ///   - positions: Where the tokens stand; by default one after the other.
  ///   - past: How many tokens came before.
  func embeddings(
    of x: Tensor, by scheme: some PositionScheme, tokens: [Int32]? = nil, positions: [Int32]? = nil, past: Int = 0
  ) throws -> [Double] {
    let extents = x.shape.dimensions
    let matrix = try matrix(x, features: extents[2])
    let tokens = Self.tokens(extents[0], extents[1], past: past, ids: tokens, positions: positions)
    scheme.add(toEmbeddings: matrix, of: tokens, pass)
    return matrix.tensor(shape: x.shape).doubles
  }

  /// Queries and keys after a scheme has turned them, [B, T, heads, d] as they were given.
  func turned(_ queries: Tensor, _ keys: Tensor, by scheme: some PositionScheme) throws -> (
    queries: [Double], keys: [Double]
  ) {
    let extents = queries.shape.dimensions
    let (q, k) = (
      try matrix(queries, features: extents[2] * extents[3]), try matrix(keys, features: extents[2] * extents[3])
    )
    scheme.turn(queries: q, keys: k, heads: extents[2], of: Self.tokens(extents[0], extents[1]), pass)
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
        head: 0, queries: nothing.view, keys: nothing.view,
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
        head: head, queries: q.view, keys: k.view,
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
        head: head, queries: q.view, keys: k.view,
        firstQuery: queries.lowerBound, scale: 1))
    return queries.indices.map { query in
      (0..<keys).map { Double(scores.view.row($0)[query - queries.lowerBound]) }
    }
  }
}
