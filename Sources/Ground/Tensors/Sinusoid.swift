import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Sines and cosines of positions, which no training changes: row r holds those of r · 10000^(−2i/d) (Vaswani and others 2017,
/// section 3.5).
///
/// Some files hold such a table and others do not, since whoever needs it computes it.
public struct Sinusoid: TensorSource {
  /// Where the cosine of an angle stands.
  public enum Arrangement: Sendable {
    /// Behind its sine, as in NEZHA.
    case adjacent
    /// Half a row behind its sine, as in `RoFormerSinusoidalPositionalEmbedding` of transformers.
    case halves
  }

  /// `[positions, d]`.
  public let shape: Shape
  private let arrangement: Arrangement

  /// `float32`.
  public var elementType: ElementType { .float32 }
  /// None: the numbers are computed while they are read.
  public var contiguousBytes: ByteView? { nil }

  /// Describes a table; nil where its size overflows.
  public init?(positions: Int, width: Int, _ arrangement: Arrangement) {
    guard positions > 0, width > 0, let shape = Shape([positions, width]), shape.byteCount(of: .float32) != nil else {
      return nil
    }
    (self.shape, self.arrangement) = (shape, arrangement)
  }

  /// The whole table in memory.
  public var table: Tensor {
    Tensor((0..<shape.elementCount).map { Float(value(of: $0)) }, shape: shape)!
  }

  /// Computes bytes of the table, each number in float64 and rounded once.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) {
    var (element, bytes) = (-1, UInt32(0))
    for index in 0..<buffer.count {
      if (offset + index) / 4 != element {
        element = (offset + index) / 4
        bytes = Float(value(of: element)).bitPattern
      }
      buffer[index] = UInt8(truncatingIfNeeded: bytes >> ((offset + index) % 4 * 8))
    }
  }

  /// Whether a tensor is this table, as far as its type and the programs that compute it can tell.
  ///
  /// A number below 1 in absolute value is within half a unit of its type of the exact one: 2⁻²⁵, 2⁻¹² or 2⁻⁹. Programs that
  /// compute the angle in float32 first are off by another r · 2⁻²⁴, and the function itself by 2⁻²⁴.
  public func isEqual(to tensor: any TensorSource) throws -> Bool {
    guard tensor.shape == shape, let numbers = tensor.converted(to: .float64) else { return false }
    let halfUnit = [.float16: 0x1p-12, .bfloat16: 0x1p-9][tensor.elementType] ?? 0x1p-25
    var isEqual = true
    try numbers.forEachTile { offset, bytes in
      for (index, number) in bytes.bindMemory(to: Double.self).enumerated() where isEqual {
        let element = offset / 8 + index
        let row = Double(element / shape.dimensions[1])
        isEqual = abs(number - value(of: element)) <= halfUnit + (1 + row) * 0x1p-24
      }
    }
    return isEqual
  }

  private func value(of element: Int) -> Double {
    let width = shape.dimensions[1]
    let (row, feature) = (element / width, element % width)
    let sines = (width + 1) / 2
    let (pair, isSine) =
      switch arrangement {
      case .adjacent: (feature / 2, feature.isMultiple(of: 2))
      case .halves: (feature < sines ? feature : feature - sines, feature < sines)
      }
    let angle = Double(row) / pow(10_000, Double(2 * pair) / Double(width))
    return isSine ? sin(angle) : cos(angle)
  }
}
