/// Features that a caller gives beside the tokens.
///
/// Inputs: none.
package struct Given: OperationBody {
  package static let title = "given"

  /// What is given.
  package enum Part: String, Sendable {
    /// A vector for each sequence, on which normalisations depend.
    case condition
    /// What somebody else's encoder made of tokens.
    case context
  }

  package let part: Part

  package var detail: String { part.rawValue }

  private func features(_ batch: Batch) -> Input.Features {
    switch part {
    case .condition: batch.condition!
    case .context: batch.context!
    }
  }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    let (given, y) = (features(pass.batch), outputs[0].view)
    for (index, value) in given.values.enumerated() {
      y.row(index % given.width)[index / given.width] = K.Scalar(value)
    }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    let given = features(batch)
    return (0..<given.values.count / given.width).map { column in
      given.values[column * given.width..<(column + 1) * given.width].map(Double.init)
    }
  }
}
