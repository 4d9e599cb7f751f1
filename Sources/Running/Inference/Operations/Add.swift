/// The sum of two values, x + y: what a block adds to its input (pre-norm, Xiong and others 2020).
///
/// Inputs: x, y.
package struct Add: OperationBody {
  package static let title = "add"
  package var worksInPlace: Bool { true }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    pass.forColumns(of: outputs[0].matrix) { columns in
      pass.kernels.add(inputs[1].view[columns: columns], to: outputs[0].view[columns: columns])
    }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    zip(inputs[0].columns, inputs[1].columns).map { x, y in x.indices.map { x[$0] + y[$0] } }
  }
}
