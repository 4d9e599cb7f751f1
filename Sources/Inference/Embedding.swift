import Tensors

/// The entrance: the sum of what is known of each token, normalised, and brought to the width of the blocks.
struct Embedding {
  let token: Tensor  // [V, E]
  let segment: Tensor?  // [S, E]; nil when the model knows no segments
  let position: Tensor  // [P, E]
  let norm: LayerNormalization
  let projection: Linear?  // [H, E]; nil when E is H

  /// The number of features of a token's embedding, E.
  var features: Int { token.shape.dimensions[1] }

  /// Returns the embedded input, [H, B·T].
  func apply<K>(_ pass: ForwardPass<K>) throws -> Matrix<K.Scalar> {
    let x = Matrix<K.Scalar>(features: features, columns: pass.input.tokenCount)
    sum(into: x, pass)
    norm.apply(to: x, pass)
    try pass.report(.embeddingNorm, x)
    guard let projection else { return x }
    let projected = Matrix<K.Scalar>(features: projection.features, columns: x.columns)
    projection.apply(to: x, into: projected, pass)
    try pass.report(.embeddingProjection, projected)
    return projected
  }

  /// (token + segment) + position, in the order in which bert4keras adds them.
  private func sum<K>(into x: Matrix<K.Scalar>, _ pass: ForwardPass<K>) {
    let input = pass.input
    let columnsPerPart = 16
    pass.threads.run(parts: (x.columns + columnsPerPart - 1) / columnsPerPart) { part, _ in
      var row = [K.Scalar](repeating: 0, count: features)
      for column in part * columnsPerPart..<min((part + 1) * columnsPerPart, x.columns) {
        let places = [
          (table: token, row: Int(input.tokenIDs[column])),
          segment.map { (table: $0, row: Int(input.segmentIDs[column])) },
          (table: position, row: column % input.length),
        ]
        for (index, place) in places.compactMap({ $0 }).enumerated() {
          row.withUnsafeMutableBufferPointer { row in
            pass.kernels.widen(place.table, from: place.row * features, count: features, into: row.baseAddress!)
            let target = x.view.base + column
            for feature in 0..<features {
              let sum = index == 0 ? row[feature] : target[feature * x.stride] + row[feature]
              target[feature * x.stride] = sum
            }
          }
        }
      }
    }
  }
}
