import Tensors

/// The arithmetic of a forward pass: each function works on one thread, on one part of a matrix.
///
/// There are fast ``Float32Kernels``, and ``Float64Kernels`` as the reference, which ``RoundingKernels`` follow with every stored
/// value rounded; the forward pass is written once.
protocol Kernels: Sendable {
  associatedtype Scalar: TensorElement & BinaryFloatingPoint
  /// The arithmetic that these kernels are for.
  static var precision: Precision { get }

  /// Widens stored weights, exactly: elements `first ..< first + count` of a float16, bfloat16 or float32 tensor.
  func widen(_ tensor: Tensor, from first: Int, count: Int, into destination: UnsafeMutablePointer<Scalar>)

  /// y[n, m] = Σₖ w[rows[n], k] · x[k, m] + bias[n]
  ///
  /// - Parameters:
  ///   - weight: A stored matrix, [out, in].
  ///   - rows: The rows of it that y has.
  ///   - bias: One for each row of y.
  func multiply(
    _ weight: Tensor, rows: Range<Int>, bias: UnsafePointer<Scalar>?, by x: MatrixView<Scalar>,
    into y: MatrixView<Scalar>)

  /// y[n, m] = scale · Σₖ a[k, n] · x[k, m]
  func multiply(
    transposed a: MatrixView<Scalar>, by x: MatrixView<Scalar>, scale: Scalar, into y: MatrixView<Scalar>)

  /// y[n, m] = Σₖ a[n, k] · x[k, m]
  func multiply(_ a: MatrixView<Scalar>, by x: MatrixView<Scalar>, into y: MatrixView<Scalar>)

  /// Applies a function to every element.
  func activate(_ x: MatrixView<Scalar>, by activation: Activation)

  /// Replaces every column of x by its normalisation, after adding the residual if there is one.
  ///
  /// - Parameter centered: Whether the mean is subtracted first.
  func normalize(
    _ x: MatrixView<Scalar>, adding residual: MatrixView<Scalar>?, centered: Bool, gamma: UnsafePointer<Scalar>,
    beta: UnsafePointer<Scalar>, epsilon: Double)

  /// Replaces every column by its softmax over the rows.
  func softmax(_ x: MatrixView<Scalar>)

  /// Replaces every column by its softmax over the rows that it sees; rows are keys, and columns are the queries from
  /// `firstQuery` on.
  func softmax(_ x: MatrixView<Scalar>, seeing visibility: Visibility, firstQuery: Int)

  // Sums, products and lookups, written once for all in Kernels+Elements.swift.

  /// Adds row `row` of a stored matrix to a column; the sum counts as stored when the last row has been added.
  func add(row: Int, of table: Tensor, toColumn column: Int, of x: MatrixView<Scalar>)
  /// x += y
  func add(_ y: MatrixView<Scalar>, to x: MatrixView<Scalar>)
  /// x = x ⊙ y, element by element
  func scale(_ x: MatrixView<Scalar>, by y: MatrixView<Scalar>)
  /// x[f, m] = x[f, m] · factors[f] + terms[f]
  func scale(_ x: MatrixView<Scalar>, by factors: UnsafePointer<Scalar>, adding terms: UnsafePointer<Scalar>)
  /// Copies x, then adds other values to it, if there are any.
  func carry(_ x: MatrixView<Scalar>, adding addition: MatrixView<Scalar>?, into copy: MatrixView<Scalar>)
  /// x[f, m] = x[f, m] · factor
  func scale(_ x: MatrixView<Scalar>, by factor: Scalar)
  /// Rounds what has just been stored, in the kernels that show what storing it in float32 costs; others do nothing.
  func settle(_ x: MatrixView<Scalar>)
}

extension Kernels {
  /// Returns a whole stored vector, widened.
  func vector(_ tensor: Tensor) -> [Scalar] {
    let count = tensor.shape.elementCount
    return [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      widen(tensor, from: 0, count: count, into: buffer.baseAddress!)
      initialized = count
    }
  }
}
