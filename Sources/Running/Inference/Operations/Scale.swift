/// Division by the root of a number: x / √d, as T5 divides what its embedding is to be compared with (bert4keras 0.11.5,
/// `models.py:2483-2489`).
///
/// Inputs: x.
package struct Scale: OperationBody {
  package static let title = "scale"

  /// d.
  package let divisor: Int

  package var detail: String { "by 1/sqrt(\(divisor))" }
  package var worksInPlace: Bool { true }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    pass.forColumns(of: outputs[0].matrix) { columns in
      pass.kernels.scale(outputs[0].view[columns: columns], by: 1 / K.Scalar(divisor).squareRoot())
    }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    inputs[0].columns.map { x in x.map { $0 / Double(divisor).squareRoot() } }
  }
}
