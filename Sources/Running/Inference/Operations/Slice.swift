/// Some features of a value: those of a range, one behind the other or every so many.
///
/// Inputs: x.
package struct Slice: OperationBody {
  package static let title = "slice"

  package let range: Range<Int>
  /// How far one feature is from the next.
  package var step = 1

  package init(range: Range<Int>, step: Int = 1) { (self.range, self.step) = (range, step) }

  package var detail: String {
    step == 1 ? "\(range.lowerBound) to \(range.upperBound - 1)" : "every \(step) from \(range.lowerBound) on"
  }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    let (x, y) = (inputs[0].view, outputs[0].view)
    for (feature, source) in stride(from: range.lowerBound, to: range.upperBound, by: step).enumerated() {
      y.row(feature).update(from: x.row(source), count: x.columns)
    }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    inputs[0].columns.map { x in stride(from: range.lowerBound, to: range.upperBound, by: step).map { x[$0] } }
  }
}
