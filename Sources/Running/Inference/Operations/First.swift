/// The first token of each sequence, from which a pooler makes a summary (Devlin and others 2018).
///
/// Inputs: x, of the main tokens.
package struct First: OperationBody {
  package static let title = "first token"

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    outputs[0].matrix.gather(columns: pass.batch[pass.batch.main].starts, of: inputs[0].matrix)
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    batch[batch.main].starts.map { inputs[0].columns[$0] }
  }
}
