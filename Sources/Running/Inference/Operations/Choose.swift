/// The tokens of which a caller wants to know something, such as those behind masks; all of them where nobody chose.
///
/// Inputs: x, of the main tokens.
package struct Choose: OperationBody {
  package static let title = "choose tokens"

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    // Where nobody chose, the output begins as the input.
    guard let chosen = pass.batch.chosen else { return }
    outputs[0].matrix.gather(columns: chosen, of: inputs[0].matrix)
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    batch.chosen.map { columns in columns.map { inputs[0].columns[$0] } } ?? inputs[0].columns
  }
}
