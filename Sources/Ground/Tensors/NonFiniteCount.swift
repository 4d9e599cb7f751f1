/// How many values of some tensor are no finite numbers, as no healthy weight and no answer has any.
public struct NonFiniteCount: Hashable, Sendable {
  /// How many are not a number.
  public var notANumber = 0
  /// How many are infinite.
  public var infinite = 0

  /// Whether every value is a finite number.
  public var isZero: Bool { notANumber == 0 && infinite == 0 }

  /// Starts with none.
  public init() {}

  /// Reads a tensor, on all processors where it lies contiguous, and counts; integers and complex numbers count as finite.
  ///
  /// - Throws: What reading throws.
  public init(in source: any TensorSource) throws {
    self.init()
    let type = source.elementType
    guard type.isFloatingPoint else { return }
    for part in try source.mapTiles(of: 1 << 20, { NonFiniteCount(in: $0, of: type) }) { self += part }
  }

  /// Counts among elements that lie in memory.
  public init(in bytes: UnsafeRawBufferPointer, of type: ElementType) {
    self =
      switch type {
      case .float16: NonFiniteCount(in: bytes, exponent: 0x7C00 as UInt16)
      case .bfloat16: NonFiniteCount(in: bytes, exponent: 0x7F80 as UInt16)
      case .float32: NonFiniteCount(in: bytes, exponent: 0x7F80_0000 as UInt32)
      case .float64: NonFiniteCount(in: bytes, exponent: 0x7FF0_0000_0000_0000 as UInt64)
      default: NonFiniteCount()
      }
  }

  /// Counts numbers whose exponent is all ones: infinite with a mantissa of zero, else not a number.
  private init<Bits: FixedWidthInteger & UnsignedInteger>(in bytes: UnsafeRawBufferPointer, exponent: Bits) {
    let magnitude = Bits.max >> 1
    // An exponent of all ones, and only that, carries into the sign when its lowest bit is added: one pass without branches
    // tells whether there is anything to count, which there hardly ever is.
    let unit = exponent & (~exponent &+ 1)
    var carries: Bits = 0
    let size = MemoryLayout<Bits>.size
    for index in 0..<(bytes.count / size) {
      carries |= (bytes.loadUnaligned(fromByteOffset: index &* size, as: Bits.self) & magnitude) &+ unit
    }
    guard carries > magnitude else { return }
    for index in 0..<(bytes.count / size) {
      let bits = bytes.loadUnaligned(fromByteOffset: index * size, as: Bits.self) & magnitude
      notANumber += bits > exponent ? 1 : 0
      infinite += bits == exponent ? 1 : 0
    }
  }

  /// Adds what was counted elsewhere.
  public static func += (total: inout NonFiniteCount, part: NonFiniteCount) {
    total.notANumber += part.notANumber
    total.infinite += part.infinite
  }
}

extension NonFiniteCount: CustomStringConvertible {
  /// The counts as a noun phrase: `2 NaN and 1 infinite value`.
  public var description: String {
    let infinities = "\(infinite) infinite \(infinite == 1 ? "value" : "values")"
    if notANumber == 0 { return infinities }
    return infinite == 0 ? "\(notANumber) NaN" : "\(notANumber) NaN and \(infinities)"
  }
}
