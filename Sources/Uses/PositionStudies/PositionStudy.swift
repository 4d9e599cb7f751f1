import Inference
import Tensors

/// A look at a position scheme from outside: it is run, as a model would run it, on tokens that are all alike.
///
/// Whatever differs then is made by the position alone.
struct PositionStudy {
  /// The number of positions that are looked at.
  var length: Int
  /// The number of features of an embedding.
  var width: Int
  var heads: Int
  /// The number of features of a head's queries and keys.
  var headWidth: Int

  private var pass: Pass<Float64Kernels> {
    Pass(Float64Kernels(), threads: Threads(count: 1), batch: Batch([.input: tokens]))
  }

  /// The figure of whatever the scheme does first: add to embeddings, turn queries and keys, or add to scores.
  ///
  /// - Returns: Nil when it does none of these.
  func figure(of scheme: any PositionScheme, title: String, weights: String) -> PositionFigure? {
    if let convolution = scheme as? ConvolutionalPositions {
      return ends(of: convolution, title: title, weights: weights)
    }
    return similarity(of: scheme, title: title, weights: weights) ?? decay(of: scheme, title: title, weights: weights)
      ?? bias(of: scheme, title: title, weights: weights)
  }

  // Embeddings.

  /// The cosine of what two positions add, or make of ones where they add nothing to zeros.
  private func similarity(
    of scheme: any PositionScheme, title: String, weights: String
  ) -> PositionFigure? {
    let ground = [0.0, 1.0].first { start in embeddings(startingAt: start, by: scheme).joined().contains { $0 != start }
    }
    guard let ground else { return nil }
    let vectors = embeddings(startingAt: ground, by: scheme)
    return PositionFigure(
      title: "\(title): similarity of positions",
      subtitle: "\(length) positions, \(width) features\(weights)", horizontal: "position", quantity: "cosine",
      content: .similarity(PositionStudy.cosines(of: vectors)))
  }

  private func embeddings(startingAt ground: Double, by scheme: any PositionScheme) -> [[Double]] {
    let x = Matrix<Double>(features: width, columns: length)
    for feature in 0..<width { x.view.row(feature).update(repeating: ground, count: length) }
    scheme.add(toEmbeddings: x, of: tokens, pass)
    return (0..<length).map { column in (0..<width).map { x.view.row($0)[column] } }
  }

  /// Tokens that are all alike, and no padding.
  private var tokens: Sequences {
    let ids = Array(repeating: Int32(1), count: length)
    return Sequences(lengths: [length], tokenIDs: ids, segmentIDs: ids.map { _ in 0 }, mask: .none)
  }

  /// The cosine of any two vectors; 0 where one of them is zero.
  static func cosines(of vectors: [[Double]]) -> [[Double]] {
    let norms = vectors.map { vector in vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    return vectors.indices.map { i in
      vectors.indices.map { j in
        let product = vectors[i].indices.reduce(0) { $0 + vectors[i][$1] * vectors[j][$1] }
        return norms[i] * norms[j] == 0 ? 0 : product / (norms[i] * norms[j])
      }
    }
  }

  /// How far convolutions, one upon the other, tell positions from the middle.
  private func ends(of scheme: ConvolutionalPositions, title: String, weights: String) -> PositionFigure {
    let x = Matrix<Double>(features: width, columns: length)
    for feature in 0..<width { x.view.row(feature).update(repeating: 1, count: length) }
    var curves: [PositionFigure.Curve] = []
    for depth in 1...8 {
      scheme.add(toEmbeddings: x, of: tokens, pass)
      guard [1, 2, 4, 8].contains(depth) else { continue }
      let norms = (0..<length).map { column in
        (0..<width).reduce(0.0) { sum, feature in
          let row = x.view.row(feature)
          return sum + (row[column] - row[length / 2]) * (row[column] - row[length / 2])
        }.squareRoot()
      }
      let middle = (0..<width).reduce(0.0) { $0 + x.view.row($1)[length / 2] * x.view.row($1)[length / 2] }.squareRoot()
      curves.append(.init(name: depth == 1 ? "1 layer" : "\(depth) layers", values: norms.map { $0 / middle }))
    }
    return PositionFigure(
      title: "\(title): what zeros beyond the ends tell",
      subtitle: "equal tokens, \(scheme.weight.shape.dimensions[0]) taps, \(width) features\(weights)",
      horizontal: "position", quantity: "relative distance from the middle position", content: .curves(curves, first: 0)
    )
  }

  // Queries and keys.

  /// The product of a query at position 0 and a key further on, both of ones before they are turned.
  private func decay(of scheme: any PositionScheme, title: String, weights: String) -> PositionFigure? {
    let (q, k) = (
      Matrix<Double>(features: headWidth, columns: length), Matrix<Double>(features: headWidth, columns: length)
    )
    for feature in 0..<headWidth {
      q.view.row(feature).update(repeating: 1, count: length)
      k.view.row(feature).update(repeating: 1, count: length)
    }
    scheme.turn(queries: q, keys: k, heads: 1, of: tokens, pass)
    let products = (0..<length).map { column in
      (0..<headWidth).reduce(0) { $0 + q.view.row($1)[0] * k.view.row($1)[column] } / Double(headWidth)
    }
    guard products.contains(where: { $0 != 1 }) else { return nil }
    return PositionFigure(
      title: "\(title): product of equal queries and keys", subtitle: "\(headWidth) features of a head\(weights)",
      horizontal: "distance", quantity: "query times key, divided by the features",
      content: .curves([.init(name: "all heads", values: products)], first: 0))
  }

  // Scores.

  /// What is added to the scores of one query, by the distance of the key.
  ///
  /// Queries and keys are zeros, so that what depends on them is not seen. Where nothing else is there to see they are ones;
  /// or, where a table holds a vector for each distance, the query is that of distance 0, and the figure shows how much of
  /// it the others have.
  private func bias(of scheme: any PositionScheme, title: String, weights: String) -> PositionFigure? {
    let zeros = Array(repeating: 0.0, count: headWidth)
    let ones = zeros.map { _ in 1 / Double(headWidth).squareRoot() }
    let vector = (scheme as? RelativePositions)?.vectorOfDistanceZero
    let queries = [
      (zeros, "\(heads) heads"),
      (
        vector ?? ones,
        (vector == nil ? "queries and keys of ones" : "the query fitted to distance 0") + ", \(headWidth) features"
      ),
    ]
    for (query, conditions) in queries {
      let curves = (0..<heads).map { biases(of: scheme, head: $0, query: query) }
      guard curves.joined().contains(where: { $0 != 0 }) else { continue }
      let distinct = curves.allSatisfy { $0 == curves[0] } ? [curves[0]] : curves
      return PositionFigure(
        title: "\(title): what is added to scores",
        subtitle: conditions + weights,
        horizontal: "distance, key - query", quantity: "added to the score",
        content: .curves(
          distinct.enumerated().map {
            .init(name: distinct.count == 1 ? "all heads" : "head \($0)", values: $1)
          }, first: 1 - length))
    }
    return nil
  }

  /// For one query in the middle of 2T − 1 keys.
  private func biases(of scheme: any PositionScheme, head: Int, query: [Double]) -> [Double] {
    let keys = 2 * length - 1
    let scores = Matrix<Double>(features: keys, columns: 1)
    let (q, k) = (Matrix<Double>(features: headWidth, columns: 1), Matrix<Double>(features: headWidth, columns: keys))
    for feature in 0..<headWidth {
      q.view.row(feature)[0] = query[feature]
      k.view.row(feature).update(repeating: query[feature], count: keys)
    }
    let pass = pass
    let terms = scheme.terms(heads: heads, queries: length - 1..<length, keys: keys, pass)
    terms.scores?(
      scores.view,
      AttentionPlace(head: head, queries: q.view, keys: k.view, firstQuery: length - 1, scale: 1))
    return (0..<keys).map { scores.view.row($0)[0] }
  }
}

extension RelativePositions {
  /// The vector of distance 0, divided by its square: its product with itself is 1.
  fileprivate var vectorOfDistanceZero: [Double] {
    let vector = Float64Kernels().row(table.shape.dimensions[0] / 2, of: table)
    let square = vector.reduce(0) { $0 + $1 * $1 }
    return vector.map { square == 0 ? 0 : $0 / square }
  }
}
