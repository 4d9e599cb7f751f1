import Bytes
import Synchronization

/// A matrix with its rows and columns exchanged, made while it is read.
///
/// Reading in order costs little more than copying: a strip of the base, which is some columns of all its rows, is read once
/// and kept until the rows that it becomes have been taken. A matrix of up to 4.5 MiB is a single strip. Contents that unfold in
/// order only, such as compressed ones, are unfolded again for every strip: their strips have up to 9 MiB. The strip is
/// shared by this value and its copies: threads that read them take turns, and the last element read releases it.
public struct TransposedTensor: TensorSource {
  /// The matrix that is transposed, `[R, C]`.
  public let base: any TensorSource
  /// The extents, `[C, R]`.
  public let shape: Shape
  private let shared: Shared

  init(_ base: any TensorSource, stripByteCount: Int) {
    self.base = base
    shape = Shape(base.shape.dimensions.reversed())!
    shared = Shared(MatrixStrip(of: base, byteCount: stripByteCount))
  }

  /// The type of the elements.
  public var elementType: ElementType { base.elementType }

  /// The base's bytes, when it is a single row or column, which transposition leaves in order.
  public var contiguousBytes: ByteView? { keepsOrder ? base.contiguousBytes : nil }

  /// Copies bytes of the contents, gathered from strips of the base.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    if keepsOrder { return try base.read(at: offset, into: buffer) }
    try readWholeElements(at: offset, into: buffer) { first, elements in
      try shared.strip.withLock { try $0.gather(from: first, into: elements) }
    }
  }

  private var keepsOrder: Bool { shape.dimensions.contains { $0 <= 1 } }

  private final class Shared: Sendable {
    let strip: Mutex<MatrixStrip>

    init(_ strip: consuming sending MatrixStrip) { self.strip = Mutex(strip) }
  }
}

extension TensorSource {
  /// Exchanges rows and columns; nil when this is no matrix.
  public func transposed() -> TransposedTensor? {
    transposed(stripByteCount: contiguousBytes == nil ? StripStore.largeByteCount : StripStore.smallByteCount)
  }

  func transposed(stripByteCount: Int) -> TransposedTensor? {
    shape.rank == 2 ? TransposedTensor(self, stripByteCount: stripByteCount) : nil
  }
}
