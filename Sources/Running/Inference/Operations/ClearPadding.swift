/// Zeros in the place of the features of tokens that only fill up a batch (transformers 4.38.2, `modeling_deberta.py`,
/// `DebertaEmbeddings`).
///
/// Inputs: x.
package struct ClearPadding: OperationBody {
  package static let title = "clear padding"
  package var worksInPlace: Bool { true }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    guard case .tokens(let source) = outputs[0].axis else { return }
    pass.batch[source].clearPadding(of: outputs[0].view)
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    guard case .tokens(let source) = inputs[0].axis else { return inputs[0].columns }
    return inputs[0].columns.enumerated().map { column, x in
      batch[source].isPadding(column: column) ? x.map { _ in 0 } : x
    }
  }
}
