/// The type of a tensor's elements, named as NumPy names it.
public enum ElementType: String, CaseIterable, Sendable {
  /// One byte, 0 or 1.
  case bool
  /// A signed 8-bit integer.
  case int8
  /// An unsigned 8-bit integer.
  case uint8
  /// A signed 16-bit integer.
  case int16
  /// An unsigned 16-bit integer.
  case uint16
  /// A signed 32-bit integer.
  case int32
  /// An unsigned 32-bit integer.
  case uint32
  /// A signed 64-bit integer.
  case int64
  /// An unsigned 64-bit integer.
  case uint64
  /// IEEE 754 binary16.
  case float16
  /// The upper half of a binary32: 8 exponent bits, 7 mantissa bits.
  case bfloat16
  /// IEEE 754 binary32.
  case float32
  /// IEEE 754 binary64.
  case float64
  /// Two binary32 numbers, real part first.
  case complex64
  /// Two binary64 numbers, real part first.
  case complex128

  /// The size of one element in bytes.
  public var byteCount: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64, .complex64: 8
    case .complex128: 16
    }
  }

  /// Whether elements are real floating-point numbers.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// The size of the unit in which bytes are swapped between byte orders: half an element for complex numbers.
  public var swapUnit: Int {
    switch self {
    case .complex64, .complex128: byteCount / 2
    default: byteCount
    }
  }
}
