import Tensors

/// The class of a storage, which says what its elements are: `torch.FloatStorage`.
struct StorageType: Equatable {
  /// The name of the class.
  let name: String
  /// The type of the elements; nil for storages of raw bytes and for elements that Ingot does not have.
  let elementType: ElementType?
  /// The size of one element in bytes.
  let byteCount: Int

  /// A storage that counts in bytes and leaves the type to its tensors.
  static let untyped = StorageType(name: "UntypedStorage", elementType: nil, byteCount: 1)

  /// Finds a class of the module `torch`; nil when it is none of its storages.
  init?(className: String) {
    if let type = StorageType.elementTypes[className] {
      self.init(name: className, elementType: type, byteCount: type.byteCount)
    } else if let size = StorageType.quantized[className] {
      self.init(name: className, elementType: nil, byteCount: size)
    } else {
      return nil
    }
  }

  private init(name: String, elementType: ElementType?, byteCount: Int) {
    self.name = name
    self.elementType = elementType
    self.byteCount = byteCount
  }

  private static let elementTypes: [String: ElementType] = [
    "BoolStorage": .bool, "CharStorage": .int8, "ByteStorage": .uint8, "ShortStorage": .int16, "IntStorage": .int32,
    "LongStorage": .int64, "HalfStorage": .float16, "BFloat16Storage": .bfloat16, "FloatStorage": .float32,
    "DoubleStorage": .float64, "ComplexFloatStorage": .complex64, "ComplexDoubleStorage": .complex128,
  ]

  private static let quantized: [String: Int] = [
    "QInt8Storage": 1, "QUInt8Storage": 1, "QInt32Storage": 4, "QUInt4x2Storage": 1, "QUInt2x4Storage": 1,
  ]
}

/// The type of a tensor's elements as an object of its own, `torch.uint16`, which later types have instead of a storage's class.
struct TorchType: Equatable {
  /// The name in the module `torch`.
  let name: String

  /// Finds a type of the module `torch`; nil when there is none of this name.
  init?(name: String) {
    guard TorchType.names.contains(name) else { return nil }
    self.name = name
  }

  /// The element type; nil for those that Ingot does not have, such as 8-bit floating point.
  var elementType: ElementType? { ElementType(rawValue: name) }

  private static let names: Set<String> = [
    "bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "bfloat16", "float32",
    "float64", "complex32", "complex64", "complex128", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz",
    "float8_e5m2fnuz", "float8_e8m0fnu", "float4_e2m1fn_x2", "qint8", "quint8", "qint32", "quint4x2", "quint2x4",
  ]
}
