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
  func embeddings(of x: Tensor, by scheme: some PositionScheme, tokens: [Int32]? = nil) throws -> [Double] {
    let (batch, length, width) = (x.shape.dimensions[0], x.shape.dimensions[1], x.shape.dimensions[2])
    let tokens = tokens ?? Array(repeating: 1, count: batch * length)
    let span = Span(
      batch: batch, length: length, tokenIDs: tokens, segmentIDs: tokens.map { _ in 0 }, mask: .none, after: memory)
    let matrix = Matrix<K.Scalar>(features: width, columns: batch * length)
    let values = try x.doubles()
    for column in 0..<batch * length {
      for feature in 0..<width { matrix.view.row(feature)[column] = K.Scalar(values[column * width + feature]) }
    }
    scheme.add(toEmbeddings: matrix, of: span, pass)
    memory?.append(span, precision: K.precision)
    return matrix.tensor(shape: x.shape).doubles
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
