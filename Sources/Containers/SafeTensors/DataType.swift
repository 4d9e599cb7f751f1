import Tensors

/// The type of a tensor's elements as a safetensors header spells it.
///
/// These are the types of whole bytes that the reference implementation knows (safetensors 0.8, `tensor.rs`, `Dtype`).
public enum DataType: String, CaseIterable, Sendable {
  /// One byte, 0 or 1.
  case bool = "BOOL"
  /// An unsigned 8-bit integer.
  case u8 = "U8"
  /// A signed 8-bit integer.
  case i8 = "I8"
  /// Floating point: 5 exponent bits, 2 significand bits.
  case f8e5m2 = "F8_E5M2"
  /// Floating point: 4 exponent bits, 3 significand bits, no infinities.
  case f8e4m3 = "F8_E4M3"
  /// A power of two: 8 exponent bits.
  case f8e8m0 = "F8_E8M0"
  /// Floating point: 4 exponent bits, 3 significand bits, no infinities and no negative zero.
  case f8e4m3fnuz = "F8_E4M3FNUZ"
  /// Floating point: 5 exponent bits, 2 significand bits, no infinities and no negative zero.
  case f8e5m2fnuz = "F8_E5M2FNUZ"
  /// A signed 16-bit integer.
  case i16 = "I16"
  /// An unsigned 16-bit integer.
  case u16 = "U16"
  /// IEEE 754 binary16.
  case f16 = "F16"
  /// The upper half of a binary32.
  case bf16 = "BF16"
  /// A signed 32-bit integer.
  case i32 = "I32"
  /// An unsigned 32-bit integer.
  case u32 = "U32"
  /// IEEE 754 binary32.
  case f32 = "F32"
  /// Two binary32 numbers, real part first.
  case c64 = "C64"
  /// IEEE 754 binary64.
  case f64 = "F64"
  /// A signed 64-bit integer.
  case i64 = "I64"
  /// An unsigned 64-bit integer.
  case u64 = "U64"

  /// Finds the spelling of an element type; nil for `complex128`, which the format does not have.
  public init?(_ elementType: ElementType) {
    guard let type = DataType.allCases.first(where: { $0.elementType == elementType }) else { return nil }
    self = type
  }

  /// The element type; nil for numbers of 8 bits, which Ingot lists but does not read.
  public var elementType: ElementType? {
    switch self {
    case .bool: .bool
    case .u8: .uint8
    case .i8: .int8
    case .i16: .int16
    case .u16: .uint16
    case .f16: .float16
    case .bf16: .bfloat16
    case .i32: .int32
    case .u32: .uint32
    case .f32: .float32
    case .c64: .complex64
    case .f64: .float64
    case .i64: .int64
    case .u64: .uint64
    case .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz: nil
    }
  }

  /// The size of one element in bytes.
  public var byteCount: Int { elementType?.byteCount ?? 1 }
}
