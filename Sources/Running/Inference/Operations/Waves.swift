/// Sinusoids of the distances from queries to keys, all sines first and then all cosines: sin(r b^(−2i/H)), cos(r b^(−2i/H)), b =
/// 10000 (Transformer-XL, Dai and others 2019, section 3.3; transformers 4.38.2, `modeling_xlnet.py`,
/// `relative_positional_encoding`).
///
/// Inputs: none. Column c is the distance `last − c` of query and key, where `last` is the place of the last query.
package struct Waves: OperationBody {
  package static let title = "waves of distances"

  /// Whose distances.
  package let source: TokenSource
  /// H, the number of features.
  package let width: Int
  /// Farther distances count as this one; nil where all are told apart.
  package var largestDistance: Int?

  package init(source: TokenSource, width: Int, largestDistance: Int? = nil) {
    (self.source, self.width, self.largestDistance) = (source, width, largestDistance)
  }

  package var detail: String { largestDistance.map { "up to \($0)" } ?? "" }

  /// The distance that a column stands for, where the first one is `last`.
  private func distance(_ column: Int, from last: Int) -> Int {
    largestDistance.map { max(-$0, min($0, last - column)) } ?? last - column
  }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    fill(outputs[0].view, from: pass.batch[source].places.upperBound - 1, pass.kernels)
  }

  /// Fills columns with the sinusoids of distances that fall from a first one by one.
  package func fill<K: Kernels>(_ y: MatrixView<K.Scalar>, from last: Int, _ kernels: K) {
    for pair in 0..<width / 2 {
      let frequency = kernels.stored(Mathematics.pow(10_000, -2 * Double(pair) / Double(width)))
      for column in 0..<y.columns {
        let angle = kernels.stored(Double(distance(column, from: last)) * frequency)
        y.row(pair)[column] = K.Scalar(kernels.stored(Mathematics.sin(angle)))
        y.row(width / 2 + pair)[column] = K.Scalar(kernels.stored(Mathematics.cos(angle)))
      }
    }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    let last = batch[source].places.upperBound - 1
    return (0..<batch.columns(of: .distances(source))).map { column in
      let angles = (0..<width / 2).map { pair in
        Double(distance(column, from: last)) * Mathematics.pow(10_000, -2 * Double(pair) / Double(width))
      }
      return angles.map(Mathematics.sin) + angles.map(Mathematics.cos)
    }
  }
}
