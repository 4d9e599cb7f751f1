import CKernels
import Tensors

/// Activations, feature-major: one row per feature, one column per token, so that a vector holds tokens.
///
/// Rows begin `stride` elements apart, a multiple of `CK_COLUMN_MULTIPLE`; kernels may read and write the padding.
/// The memory starts as zeros.
final class Matrix<Scalar: TensorElement & BinaryFloatingPoint> {
  let features: Int
  let columns: Int
  let stride: Int
  private let memory: UnsafeMutableRawBufferPointer

  init(features: Int, columns: Int) {
    self.features = features
    self.columns = columns
    stride = Matrix.stride(of: columns)
    let slack = Int(CK_COLUMN_MULTIPLE)
    memory = .allocate(byteCount: (features * stride + slack) * MemoryLayout<Scalar>.stride, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    memory.deallocate()
  }

  /// The padded row length: whole vectors, and not a multiple of 1 KiB of float32, for rows that far apart would all
  /// fall into the same few sets of the cache.
  private static func stride(of columns: Int) -> Int {
    let multiple = Int(CK_COLUMN_MULTIPLE)
    let padded = (columns + multiple - 1) / multiple * multiple
    return padded.isMultiple(of: 256) ? padded + multiple : padded
  }

  /// The whole matrix.
  var view: MatrixView<Scalar> {
    MatrixView(
      base: memory.baseAddress!.assumingMemoryBound(to: Scalar.self), stride: stride, features: features,
      columns: columns)
  }

  /// Takes a stored matrix, its rows as features.
  convenience init<K: Kernels>(widening tensor: Tensor, _ kernels: K) where K.Scalar == Scalar {
    let (rows, columns) = (tensor.shape.dimensions[0], tensor.shape.dimensions[1])
    self.init(features: rows, columns: columns)
    for row in 0..<rows { kernels.widen(tensor, from: row * columns, count: columns, into: view.row(row)) }
  }

  /// Takes values token by token, as the rest of the world lays them out, [columns, features].
  convenience init(tokens values: [Float], features: Int) {
    self.init(features: features, columns: values.count / features)
    for (index, value) in values.enumerated() { view.row(index % features)[index / features] = Scalar(value) }
  }

  /// Returns the matrix with rows and columns exchanged.
  func transposed() -> Matrix {
    let result = Matrix(features: columns, columns: features)
    for feature in 0..<features {
      for column in 0..<columns { result.view.row(column)[feature] = view.row(feature)[column] }
    }
    return result
  }

  /// Returns some columns as a matrix of their own.
  func gathering(columns indices: [Int]) -> Matrix {
    let result = Matrix(features: features, columns: indices.count)
    let (source, destination) = (view, result.view)
    for feature in 0..<features {
      for (column, index) in indices.enumerated() {
        destination.base[feature * result.stride + column] = source.base[feature * stride + index]
      }
    }
    return result
  }

  /// Returns some features as a matrix of their own.
  func gathering(features range: Range<Int>) -> Matrix {
    let result = Matrix(features: range.count, columns: columns)
    for (feature, index) in range.enumerated() {
      result.view.row(feature).update(from: view.row(index), count: columns)
    }
    return result
  }

  /// Copies some columns of another matrix of as many features.
  func copy(_ other: Matrix, _ range: Range<Int>, to column: Int) {
    precondition(other.features == features && range.upperBound <= other.columns && column + range.count <= columns)
    let (source, destination) = (other.view, view)
    for feature in 0..<features {
      (destination.row(feature) + column).update(from: source.row(feature) + range.lowerBound, count: range.count)
    }
  }

  /// Returns the values token by token, as the rest of the world lays them out.
  ///
  /// - Parameter shape: A shape whose last extent is the number of features.
  func tensor(shape: Shape) -> Tensor {
    let source = view
    let values = [Scalar](unsafeUninitializedCapacity: features * columns) { values, count in
      // Squares of 16 by 16 keep both sides in the cache.
      for firstColumn in Swift.stride(from: 0, to: columns, by: 16) {
        for firstFeature in Swift.stride(from: 0, to: features, by: 16) {
          for column in firstColumn..<min(firstColumn + 16, columns) {
            for feature in firstFeature..<min(firstFeature + 16, features) {
              values.initializeElement(at: column * features + feature, to: source.base[feature * stride + column])
            }
          }
        }
      }
      count = features * columns
    }
    return Tensor(values, shape: shape)!
  }
}

/// A rectangle of a ``Matrix``, valid while the matrix lives.
struct MatrixView<Scalar> {
  let base: UnsafeMutablePointer<Scalar>
  let stride: Int
  let features: Int
  let columns: Int

  /// The features and columns in two ranges.
  subscript(features: Range<Int>, columns: Range<Int>) -> MatrixView {
    precondition(features.upperBound <= self.features && columns.upperBound <= self.columns)
    return MatrixView(
      base: base + features.lowerBound * stride + columns.lowerBound, stride: stride, features: features.count,
      columns: columns.count)
  }

  /// Some features of all columns.
  subscript(features features: Range<Int>) -> MatrixView { self[features, 0..<columns] }

  /// All features of some columns.
  subscript(columns columns: Range<Int>) -> MatrixView { self[0..<features, columns] }

  /// The start of a feature's row.
  func row(_ feature: Int) -> UnsafeMutablePointer<Scalar> { base + feature * stride }
}
