/// The product of two values, element by element: x ⊙ y, of which one is the gate of the other (Shazeer 2020, "GLU variants
/// improve transformer"; Hua and others 2022).
///
/// Inputs: x, y.
package struct Multiply: OperationBody {
  package static let title = "multiply"
  package var worksInPlace: Bool { true }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    pass.forColumns(of: outputs[0].matrix) { columns in
      pass.kernels.scale(outputs[0].view[columns: columns], by: inputs[1].view[columns: columns])
    }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    zip(inputs[0].columns, inputs[1].columns).map { x, y in x.indices.map { x[$0] * y[$0] } }
  }
}
