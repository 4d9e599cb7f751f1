/// One vector of those of a sequence's tokens that are no padding: their mean, or the largest value of each feature (bert4keras 0.11.5,
/// `layers.py:125-156`).
///
/// Inputs: x, of the main tokens.
package struct Pool: OperationBody {
  package static let title = "pool"

  /// What is made of the tokens.
  package enum Kind: String, Sendable {
    case max, mean
  }

  package let kind: Kind
  package var detail: String { kind.rawValue }

  package init(_ kind: Kind) { self.kind = kind }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    let (x, y, sequences) = (inputs[0].view, outputs[0].view, pass.batch[pass.batch.main])
    for row in 0..<sequences.count {
      let columns = sequences.columns(of: row).filter { !sequences.isPadding(column: $0) }
      for feature in 0..<x.features {
        let values = x.row(feature)
        switch kind {
        case .mean:
          let sum = columns.reduce(0.0) { $0 + Double(values[$1]) }
          y.row(feature)[row] = K.Scalar(pass.kernels.stored(sum / Double(max(columns.count, 1))))
        case .max: y.row(feature)[row] = columns.reduce(-K.Scalar.infinity) { $0 < values[$1] ? values[$1] : $0 }
        }
      }
    }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    let sequences = batch[batch.main]
    return (0..<sequences.count).map { row in
      let tokens = sequences.columns(of: row).filter { !sequences.isPadding(column: $0) }.map { inputs[0].columns[$0] }
      return tokens[0].indices.map { feature in
        let values = tokens.map { $0[feature] }
        return kind == .max ? values.max()! : values.reduce(0, +) / Double(values.count)
      }
    }
  }
}
