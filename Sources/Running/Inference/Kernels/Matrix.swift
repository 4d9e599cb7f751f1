import CKernels
import Tensors

/// Activations, feature-major: one row per feature, one column per token, so that a vector holds tokens.
///
/// Rows begin `stride` elements apart, a multiple of `CK_COLUMN_MULTIPLE`; kernels may read and write the padding.
package final class Matrix<Scalar: TensorElement & BinaryFloatingPoint> {
  package let features: Int
  package let columns: Int
  package let stride: Int
  private let block: Block
  private let base: UnsafeMutablePointer<Scalar>

  /// Makes a matrix of zeros in memory of its own.
  package convenience init(features: Int, columns: Int) {
    self.init(features: features, columns: columns, in: Block())
  }

  /// Makes a matrix in memory that it shares with those before it; its contents are arbitrary.
  init(features: Int, columns: Int, in block: Block) {
    self.features = features
    self.columns = columns
    self.block = block
    stride = Matrix.stride(of: columns)
    let slack = Int(CK_COLUMN_MULTIPLE)
    base = block.reserve((features * stride + slack) * MemoryLayout<Scalar>.stride)
      .bindMemory(to: Scalar.self, capacity: features * stride + slack)
  }

  /// The padded row length: whole vectors, and not a multiple of 1 KiB of float32, for rows that far apart would all
  /// fall into the same few sets of the cache.
  private static func stride(of columns: Int) -> Int {
    let multiple = Int(CK_COLUMN_MULTIPLE)
    let padded = (columns + multiple - 1) / multiple * multiple
    return padded.isMultiple(of: 256) ? padded + multiple : padded
  }

  /// The whole matrix.
  package var view: MatrixView<Scalar> {
    MatrixView(base: base, stride: stride, features: features, columns: columns)
  }

  /// Takes a stored matrix, its rows as features.
  package convenience init<K: Kernels>(widening tensor: Tensor, _ kernels: K) where K.Scalar == Scalar {
    let (rows, columns) = (tensor.shape.dimensions[0], tensor.shape.dimensions[1])
    self.init(features: rows, columns: columns)
    for row in 0..<rows { kernels.widen(tensor, from: row * columns, count: columns, into: view.row(row)) }
  }

  /// Takes values token by token, as the rest of the world lays them out, [columns, features].
  package convenience init(tokens values: [Float], features: Int) {
    self.init(features: features, columns: values.count / features)
    for (index, value) in values.enumerated() { view.row(index % features)[index / features] = Scalar(value) }
  }

  /// Returns the matrix with rows and columns exchanged.
  package func transposed() -> Matrix {
    let result = Matrix(features: columns, columns: features)
    for feature in 0..<features {
      for column in 0..<columns { result.view.row(column)[feature] = view.row(feature)[column] }
    }
    return result
  }

  /// Takes some columns of another matrix of as many features.
  package func gather(columns indices: [Int], of other: Matrix) {
    precondition(other.features == features && indices.count == columns)
    let (source, destination) = (other.view, view)
    for feature in 0..<features {
      let (from, to) = (source.row(feature), destination.row(feature))
      for (column, index) in indices.enumerated() { to[column] = from[index] }
    }
  }

  /// Copies some columns of another matrix of as many features.
  package func copy(_ other: Matrix, _ range: Range<Int>, to column: Int) {
    precondition(other.features == features && range.upperBound <= other.columns && column + range.count <= columns)
    let (source, destination) = (other.view, view)
    for feature in 0..<features {
      (destination.row(feature) + column).update(from: source.row(feature) + range.lowerBound, count: range.count)
    }
  }

  /// Returns the values token by token, as the rest of the world lays them out.
  ///
  /// - Parameter shape: A shape whose last extent is the number of features.
  package func tensor(shape: Shape) -> Tensor {
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
package struct MatrixView<Scalar> {
  package let base: UnsafeMutablePointer<Scalar>
  package let stride: Int
  package let features: Int
  package let columns: Int

  /// The features and columns in two ranges.
  package subscript(features: Range<Int>, columns: Range<Int>) -> MatrixView {
    precondition(features.upperBound <= self.features && columns.upperBound <= self.columns)
    return MatrixView(
      base: base + features.lowerBound * stride + columns.lowerBound, stride: stride, features: features.count,
      columns: columns.count)
  }

  /// Some features of all columns.
  package subscript(features features: Range<Int>) -> MatrixView { self[features, 0..<columns] }

  /// All features of some columns.
  package subscript(columns columns: Range<Int>) -> MatrixView { self[0..<features, columns] }

  /// The start of a feature's row.
  package func row(_ feature: Int) -> UnsafeMutablePointer<Scalar> { base + feature * stride }
}
