/// Some features of a value, one behind the other: x[first ..< first + count].
///
/// Inputs: x.
package struct Slice: OperationBody {
  package static let title = "slice"

  package let range: Range<Int>

  package var detail: String { "\(range.lowerBound) to \(range.upperBound - 1)" }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    let (x, y) = (inputs[0].view, outputs[0].view)
    for (feature, source) in range.enumerated() { y.row(feature).update(from: x.row(source), count: x.columns) }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    inputs[0].columns.map { Array($0[range]) }
  }
}
