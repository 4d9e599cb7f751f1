import Tensors

/// Learned positions stretched over the square of their number (Su 2020, "Hierarchical decomposed position embeddings").
///
/// Position k = iP + j, of P learned vectors, has α u_i + (1 − α) u_j, where the u are chosen so that the first P
/// positions keep what they have learned:
///
///     x_k += α u_i + (1 − α) u_j,   u_i = (E_i − α E_0) / (1 − α)
///
/// So a BERT of 512 positions reads up to 262,144; α is 0.4 unless told otherwise (bert4keras 0.11.5,
/// `layers.py:796-804`).
struct HierarchicalPositions: PositionScheme {
  let table: Tensor  // [P, E]
  /// α, the weight of the coarse position; between 0 and 1, and not one half, where i and j could change places.
  var coarseness = 0.4

  var limit: Int? {
    let (square, overflows) = table.shape.dimensions[0].multipliedReportingOverflow(by: table.shape.dimensions[0])
    return overflows ? .max : square
  }
  var takesPositionIDs: Bool { true }

  func add<K>(toEmbeddings x: Matrix<K.Scalar>, of span: Span, _ pass: ForwardPass<K>) {
    let count = table.shape.dimensions[0]
    let learned = pass.kernels.rows(of: table)
    let alpha = K.Scalar(coarseness)
    pass.forColumns(of: x) { columns in
      for column in columns {
        let (coarse, fine) = span.position(ofColumn: column).quotientAndRemainder(dividingBy: count)
        for feature in 0..<x.features {
          let first = alpha * learned[0][feature]
          let u = (learned[coarse][feature] - first) / (1 - alpha)
          let v = (learned[fine][feature] - first) / (1 - alpha)
          x.view.row(feature)[column] += alpha * u + (1 - alpha) * v
        }
      }
    }
  }
}
