import Tensors

/// The arithmetic of a forward pass: each function works on one thread, on one part of a matrix.
///
/// There are fast ``Float32Kernels``, and ``Float64Kernels`` as the reference, which ``RoundingKernels`` follow with every stored
/// value rounded; the forward pass is written once.
package protocol Kernels: Sendable {
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

  /// Replaces every column by its softmax over the rows that it sees, and one that sees none by zeros; rows are keys, and
  /// columns are the queries from `firstQuery` on.
  func softmax(_ x: MatrixView<Scalar>, seeing visibility: Visibility, firstQuery: Int)

  // What is written once for all, in Kernels+Elements.swift and Kernels+Distances.swift.

  /// Adds row `row` of a stored matrix to a column; the sum counts as stored when the last row has been added.
  func add(row: Int, of table: Tensor, toColumn column: Int, of x: MatrixView<Scalar>)
  /// x += y
  func add(_ y: MatrixView<Scalar>, to x: MatrixView<Scalar>)
  /// x[f, m] = x[f, m] + terms[f]
  func add(_ terms: MatrixView<Scalar>, toEveryColumnOf x: MatrixView<Scalar>)
  /// x = x ⊙ y, element by element
  func scale(_ x: MatrixView<Scalar>, by y: MatrixView<Scalar>)
  /// x[f, m] = x[f, m] · factors[f] + terms[f]
  func scale(_ x: MatrixView<Scalar>, by factors: UnsafePointer<Scalar>, adding terms: UnsafePointer<Scalar>)
  /// x[f, m] = x[f, m] · factor
  func scale(_ x: MatrixView<Scalar>, by factor: Scalar)
  /// Copies x, then adds other values to it, if there are any.
  func carry(_ x: MatrixView<Scalar>, adding addition: MatrixView<Scalar>?, into copy: MatrixView<Scalar>)
  /// Turns each pair of rows (2i, 2i + 1) by the angles whose cosines and sines stand in row i.
  func turnPairs(of x: MatrixView<Scalar>, cosines: MatrixView<Scalar>, sines: MatrixView<Scalar>)
  /// scores[k, q] += scale · table[row of k − q, q]
  ///
  /// - Parameter distances: Which row belongs to which distance; queries stand from `firstQuery` on, keys from 0 on.
  func add(
    _ table: MatrixView<Scalar>, by distances: DistanceRows, firstQuery: Int, scale: Scalar,
    to scores: MatrixView<Scalar>)
  /// scores[k, q] += scale · table[row of k − q, k]
  func add(
    _ table: MatrixView<Scalar>, byKeysAnd distances: DistanceRows, firstQuery: Int, scale: Scalar,
    to scores: MatrixView<Scalar>)
  /// scores[k, q] += scale · table[0, q] where both are in one segment, else scale · table[1, q]
  ///
  /// - Parameter segments: The segment of every key; queries are those from `firstQuery` on.
  func add(
    _ table: MatrixView<Scalar>, bySegments segments: [Int32], firstQuery: Int, scale: Scalar,
    to scores: MatrixView<Scalar>)
  /// scores[k, q] += values[row of k − q]
  func add(
    _ values: UnsafePointer<Scalar>, by distances: DistanceRows, firstQuery: Int, to scores: MatrixView<Scalar>)
  /// sums[row, q] = Σ weights[k, q] over the keys whose distance belongs to the row
  func sum(
    _ weights: MatrixView<Scalar>, by distances: DistanceRows, firstQuery: Int, into sums: MatrixView<Scalar>)
  /// scores[k, q] = max(0, scores[k, q])² / l for the l keys that query q sees, and 0 for others
  func squareRelu(_ scores: MatrixView<Scalar>, seeing visibility: Visibility, firstQuery: Int)
  /// Puts −∞ in the place of the scores of keys that a query does not see.
  func hide(_ scores: MatrixView<Scalar>, seeing visibility: Visibility, firstQuery: Int)
  /// Puts zeros in the place of all weights of padding.
  func clear(_ weights: MatrixView<Scalar>, seeing visibility: Visibility, firstQuery: Int)
  /// x[f, m] = x[f, m] · factors[m]
  func scale(_ x: MatrixView<Scalar>, byColumn factors: UnsafePointer<Scalar>)
  /// What is left of a number when it is stored: all of it, but for kernels that show the rounding of float32.
  func stored(_ value: Double) -> Double
  /// Rounds what has just been stored, in the kernels that show what storing it in float32 costs; others do nothing.
  func settle(_ x: MatrixView<Scalar>)
}

extension Kernels {
  /// Returns a whole stored vector, widened.
  package func vector(_ tensor: Tensor) -> [Scalar] {
    let count = tensor.shape.elementCount
    return [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      widen(tensor, from: 0, count: count, into: buffer.baseAddress!)
      initialized = count
    }
  }
}
