import Tensors

extension Kernels {
  /// Returns one row of a stored matrix, widened.
  package func row(_ index: Int, of table: Tensor) -> [Scalar] {
    let width = table.shape.dimensions[1]
    return [Scalar](unsafeUninitializedCapacity: width) { buffer, initialized in
      widen(table, from: index * width, count: width, into: buffer.baseAddress!)
      initialized = width
    }
  }

  /// Returns all rows of a stored matrix, widened.
  package func rows(of table: Tensor) -> [[Scalar]] {
    (0..<table.shape.dimensions[0]).map { row($0, of: table) }
  }
}
