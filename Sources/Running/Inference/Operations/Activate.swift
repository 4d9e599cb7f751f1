/// A function of every element: f(x).
///
/// Inputs: x.
package struct Activate: OperationBody {
  package static let title = "activate"
  package var worksInPlace: Bool { true }

  package let activation: Activation
  package var detail: String { activation.rawValue }

  package init(_ activation: Activation) { self.activation = activation }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    pass.forColumns(of: outputs[0].matrix) { columns in
      pass.kernels.activate(outputs[0].view[columns: columns], by: activation)
    }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    inputs[0].columns.map { $0.map(activation.meaning) }
  }
}
