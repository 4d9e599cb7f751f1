import Tensors

/// One learned vector for each position, added to the embeddings (Gehring and others 2017; BERT, Devlin and others 2018).
///
/// x_p += E_p; positions are 0, 1, 2, … or those that are given with the tokens (bert4keras 0.11.5, `layers.py:787-815`).
struct LearnedPositions: PositionScheme {
  let table: Tensor  // [P, E]

  var limit: Int? { table.shape.dimensions[0] }
  var takesPositionIDs: Bool { true }

  func add<K>(toEmbeddings x: Matrix<K.Scalar>, of span: Span, _ pass: ForwardPass<K>) {
    pass.forColumns(of: x) { columns in
      for column in columns {
        pass.kernels.add(row: span.position(ofColumn: column), of: table, toColumn: column, of: x.view)
      }
    }
  }
}
