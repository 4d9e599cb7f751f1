import Architectures
import Bytes
import Checkpoints
import Synchronization
import Tensors

/// A tensor of a model file as a reading of its checkpoint: found by its name there, transformed and converted.
public struct DerivedTensor: Sendable {
  /// The name in the model file.
  public let name: String
  /// The contents as the model file holds them.
  public let source: any TensorSource
  /// The source's own values in the order of the model file, watched for what no healthy weight has.
  let watched: WatchedTensor
  /// The conversion to another element type, where there is one.
  let converted: ConvertedTensor?

  /// Follows one row of a ledger.
  ///
  /// - Parameters:
  ///   - keptTokens: The rows that a row of the ledger may say are kept.
  ///   - elementType: The element type of floating-point tensors in the model file; nil keeps the source's.
  /// - Throws: `Problem` of kind *mismatched* when the checkpoint does not hold the row's source, or holds it in another
  ///   type or a shape that the transforms do not take.
  public init(
    _ row: Ledger.Row, from checkpoint: Checkpoint, keeping keptTokens: [Int] = [], as elementType: ElementType? = nil
  ) throws {
    guard let found = checkpoint.tensor(addressedAs: row.source)?.source else {
      throw Problem(
        .mismatched, file: checkpoint.file, object: row.source, found: "no such tensor",
        expected: "the source of \(row.tensor)")
    }
    guard found.elementType == row.elementType else {
      throw Problem(
        .mismatched, file: checkpoint.file, object: row.source, found: "elements of type \(found.elementType)",
        expected: row.elementType.rawValue)
    }
    name = row.tensor
    var source = found
    for transform in row.transforms {
      guard let next = transform.reading(source) else {
        throw Problem(
          .mismatched, file: checkpoint.file, object: row.source, found: "the shape \(source.shape)",
          expected: "one that \(transform) takes")
      }
      source = next
    }
    if row.keepsRows {
      guard let rows = source.choosingRows(keptTokens) else {
        throw Problem(
          .mismatched, file: checkpoint.file, object: row.source, found: "the shape \(source.shape)",
          expected: "a row for each of the \(keptTokens.count) tokens that are kept")
      }
      source = rows
    }
    // Transforms may read their source more than once; what comes behind them is read once.
    watched = WatchedTensor(source, isSummed: name.hasSuffix(".gamma") || name.hasSuffix(".beta"))
    if let elementType, found.elementType.isFloatingPoint, found.elementType != elementType {
      // Floating-point types convert to each other, and a narrower element cannot overflow the size.
      guard let narrower = watched.converted(to: elementType) else {
        throw Problem(
          .unsupported, file: checkpoint.file, object: row.source, found: "elements of type \(found.elementType)",
          expected: "a type that converts to \(elementType)")
      }
      converted = narrower
      self.source = narrower
    } else {
      converted = nil
      self.source = watched
    }
  }
}

/// A tensor that counts, as it is read, the values that are no finite numbers, and adds up those of a norm.
final class WatchedTensor: TensorSource {
  private let base: any TensorSource
  private let count = Mutex(NonFiniteCount())
  private let isSummed: Bool
  private let sum = Mutex(0.0)

  /// - Parameter isSummed: Whether the values are added up, too.
  init(_ base: any TensorSource, isSummed: Bool = false) {
    self.base = base
    self.isSummed = isSummed
  }

  var elementType: ElementType { base.elementType }
  var shape: Shape { base.shape }
  /// None: whoever took the bytes in one piece would read past the count.
  var contiguousBytes: ByteView? { nil }

  /// What has been read so far holds so many.
  var nonFinite: NonFiniteCount { count.withLock { $0 } }

  /// The mean of the values, once they have been read; nil where they were not added up.
  var mean: Double? { isSummed ? sum.withLock { $0 / Double(shape.elementCount) } : nil }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    try base.read(at: offset, into: buffer)
    if isSummed, let conversion = ElementConversion(from: elementType, to: .float64) {
      var numbers = [Double](repeating: 0, count: buffer.count / elementType.byteCount)
      _ = numbers.withUnsafeMutableBytes { conversion.convert(UnsafeRawBufferPointer(buffer), into: $0) }
      let part = numbers.reduce(0, +)
      sum.withLock { $0 += part }
    }
    let found = NonFiniteCount(in: UnsafeRawBufferPointer(buffer), of: elementType)
    guard !found.isZero else { return }
    count.withLock { $0 += found }
  }
}
