import Tensors

/// A stored table as a value: a column for each of its rows, such as the vectors of distances that attention looks at.
///
/// Inputs: none.
package struct Widen: OperationBody {
  package static let title = "table"

  package let table: Weight  // [columns, features]

  package var detail: String { table.name }
  package var weights: [Weight] { [table] }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    let y = outputs[0].view
    for column in 0..<y.columns {
      for (feature, value) in pass.kernels.row(column, of: table.tensor).enumerated() { y.row(feature)[column] = value }
    }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] { table.plainRows }
}
