/// The cosines and sines by which rotary positions turn features: cos(p f_i) above sin(p f_i), f_i = b^(−2i/d) (RoPE; Su and others
/// 2021, "RoFormer"), for every token.
///
/// Inputs: none.
package struct Angles: OperationBody {
  package static let title = "angles"

  /// Whose positions.
  package let source: TokenSource
  /// d, the number of features of a head.
  package let width: Int
  /// b: the longest turn has nearly 2πb positions.
  package var base = 10_000.0

  package init(source: TokenSource, width: Int, base: Double = 10_000) {
    (self.source, self.width, self.base) = (source, width, base)
  }

  package var detail: String { "\(width) features" }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    let (positions, y, kernels) = (pass.batch[source].positions, outputs[0].view, pass.kernels)
    for pair in 0..<width / 2 {
      let frequency = kernels.stored(Mathematics.pow(base, -2 * Double(pair) / Double(width)))
      for column in 0..<y.columns {
        let angle = kernels.stored(Double(positions[column]) * frequency)
        y.row(pair)[column] = K.Scalar(kernels.stored(Mathematics.cos(angle)))
        y.row(width / 2 + pair)[column] = K.Scalar(kernels.stored(Mathematics.sin(angle)))
      }
    }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    batch[source].positions.map { position in
      let angles = (0..<width / 2).map { Double(position) * Mathematics.pow(base, -2 * Double($0) / Double(width)) }
      return angles.map(Mathematics.cos) + angles.map(Mathematics.sin)
    }
  }
}
