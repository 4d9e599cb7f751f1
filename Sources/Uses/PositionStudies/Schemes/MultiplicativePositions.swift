import Inference
import Tensors

/// One learned vector for each position, by which the embeddings are multiplied instead of added to.
///
///     x_p = x_p ⊙ (1 + E_p)
///
/// The survey (Su 2021) writes x ⊗ p; what is stored is E = p − 1, which starts at zero (bert4keras 0.11.5,
/// `layers.py:811-812`, `merge_mode="mul"`).
package struct MultiplicativePositions: PositionScheme {
  let table: Tensor  // [P, E]

  package var limit: Int? { table.shape.dimensions[0] }

  package func add<K: Kernels>(toEmbeddings x: Matrix<K.Scalar>, of tokens: Sequences, _ pass: Pass<K>) {
    pass.forColumns(of: x) { columns in
      for column in columns {
        let factors = pass.kernels.row(tokens.positions[column], of: table)
        for feature in 0..<x.features { x.view.row(feature)[column] *= 1 + factors[feature] }
      }
    }
  }
}
