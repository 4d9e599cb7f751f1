import Inference
import Tensors

/// Queries and keys turned by an angle that grows with the position: ``Angles`` and ``Turn``.
package struct RotaryPositions: PositionScheme {
  /// The longest turn has nearly 2π times as many positions.
  private let base: Double

  package init(base: Double = 10_000) { self.base = base }

  package func turn<K: Kernels>(
    queries: Matrix<K.Scalar>, keys: Matrix<K.Scalar>, heads: Int, of tokens: Sequences, _ pass: Pass<K>
  ) {
    let pass = Pass(pass.kernels, threads: pass.threads, batch: Batch([.input: tokens]))
    let axis = Axis.tokens(.input)
    let width = queries.features / heads
    let angles = Operand(Matrix<K.Scalar>(features: width / 2 * 2, columns: tokens.columns), axis)
    Angles(source: .input, width: width, base: base).run([], into: [angles], pass)
    for x in [queries, keys] {
      Turn(heads: heads).run([Operand(x, axis), angles], into: [Operand(x, axis)], pass)
    }
  }
}
