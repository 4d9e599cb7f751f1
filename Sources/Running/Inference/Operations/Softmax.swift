/// Probabilities of scores: exp(x_i) / Σ_j exp(x_j) over the features of each column.
///
/// Inputs: x.
package struct Softmax: OperationBody {
  package static let title = "softmax"
  package var worksInPlace: Bool { true }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    pass.forColumns(of: outputs[0].matrix) { pass.kernels.softmax(outputs[0].view[columns: $0]) }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    inputs[0].columns.map { x in
      let powers = x.map { Mathematics.exp($0 - x.max()!) }
      return powers.map { $0 / powers.reduce(0, +) }
    }
  }
}
