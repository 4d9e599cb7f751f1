import SentenceVectors
import Tensors

/// The cosines of vectors, which are whitened and shortened first where the settings say so; in float64.
struct SimilarityMeasure: Sendable {
  /// The number of components.
  let width: Int
  // Of length 1; [count, width].
  private let units: [Double]

  /// Takes vectors as their pooling and layers gave them.
  init(of vectors: Vectors, settings: VectorSettings) {
    let final = VectorSettings(
      pooling: settings.pooling, whitening: settings.whitening, components: settings.components)
    let rows = try! mapInParallel(Array(0..<vectors.count)) { index in
      SimilarityMeasure.unit(final.vector(ofPooled: vectors[index].map(Double.init)))
    }
    width = rows.first?.count ?? 0
    units = rows.flatMap { $0 }
  }

  /// The cosine of each pair.
  func cosines(of pairs: [(Int, Int)]) -> [Double] {
    pairs.map { first, second in
      (0..<width).reduce(0.0) { $0 + units[first * width + $1] * units[second * width + $1] }
    }
  }

  /// A vector divided by its length, which counts as 1e-8 where it is less (BERT-whitening, `transform_and_normalize`).
  private static func unit(_ vector: [Double]) -> [Double] {
    let length = max(vector.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-8)
    return vector.map { $0 / length }
  }
}
