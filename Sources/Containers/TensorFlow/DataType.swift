import Tensors

/// The type of a tensor's elements as TensorFlow numbers it (`tensorflow/core/framework/types.proto`).
public struct DataType: Hashable, Sendable {
  /// TensorFlow's number.
  public let rawValue: Int

  /// Takes any number; those that no type has are unreadable.
  public init(rawValue: Int) {
    self.rawValue = rawValue
  }

  /// What an entry has that names no type (`DT_INVALID`).
  static let none = DataType(rawValue: 0)

  /// Text of any bytes.
  static let string = DataType(rawValue: 7)

  /// The type in Ingot; nil for text, quantized numbers, 4- and 8-bit floats, and what is no data at all.
  public var elementType: ElementType? {
    switch rawValue {
    case 1: .float32
    case 2: .float64
    case 3: .int32
    case 4: .uint8
    case 5: .int16
    case 6: .int8
    case 8: .complex64
    case 9: .int64
    case 10: .bool
    case 14: .bfloat16
    case 17: .uint16
    case 18: .complex128
    case 19: .float16
    case 22: .uint32
    case 23: .uint64
    default: nil
    }
  }

  /// TensorFlow's name: `float32`, `string`, `qint8`; the number itself where no type has it.
  public var name: String {
    if let elementType { return elementType.rawValue }
    return Self.unreadableNames[rawValue] ?? String(rawValue)
  }

  private static let unreadableNames = [
    7: "string", 11: "qint8", 12: "quint8", 13: "qint32", 15: "qint16", 16: "quint16", 20: "resource", 21: "variant",
    24: "float8_e5m2", 25: "float8_e4m3fn", 29: "int4", 30: "uint4",
  ]
}
