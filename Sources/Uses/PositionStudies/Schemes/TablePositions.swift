import Inference
import Tensors

/// Schemes of the engine that add a row of a table, or two, to the embedding of each token: ``Embed`` looks at them.
private func add<K: Kernels>(
  _ table: Embed.Table, to x: Matrix<K.Scalar>, of tokens: Sequences, _ pass: Pass<K>
) {
  let rows = Operand(Matrix<K.Scalar>(features: x.features, columns: x.columns), .tokens(.input))
  let pass = Pass(pass.kernels, threads: pass.threads, batch: Batch([.input: tokens]))
  Embed([table], of: .input).run([], into: [rows], pass)
  pass.forColumns(of: x) { pass.kernels.add(rows.view[columns: $0], to: x.view[columns: $0]) }
}

/// One learned vector for each position: `Embed.Index.position`.
package struct LearnedPositions: PositionScheme {
  private let table: Embed.Table  // [P, E]

  package init(table: Tensor) { self.table = Embed.Table(Weight("positions", table), by: .position) }

  package var limit: Int? { Embed([table], of: .input).longestSequence }

  package func add<K: Kernels>(toEmbeddings x: Matrix<K.Scalar>, of tokens: Sequences, _ pass: Pass<K>) {
    PositionStudies.add(table, to: x, of: tokens, pass)
  }
}

/// Learned positions stretched over the square of their number: `Embed.Index.hierarchicalPosition`.
package struct HierarchicalPositions: PositionScheme {
  private let table: Embed.Table  // [P, E]

  /// - Parameter coarseness: α, the weight of the coarse position; between 0 and 1, and not one half, where i and j could change
  ///   places.
  package init(table: Tensor, coarseness: Double = 0.4) {
    self.table = Embed.Table(Weight("positions", table), by: .hierarchicalPosition(coarseness: coarseness))
  }

  package var limit: Int? { Embed([table], of: .input).longestSequence }

  package func add<K: Kernels>(toEmbeddings x: Matrix<K.Scalar>, of tokens: Sequences, _ pass: Pass<K>) {
    PositionStudies.add(table, to: x, of: tokens, pass)
  }
}
