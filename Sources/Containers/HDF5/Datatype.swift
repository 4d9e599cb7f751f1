import Bytes
import Tensors

/// The type of the elements of a dataset or an attribute, as far as Ingot has a use for it.
///
/// HDF5 File Format Specification 3.0, IV.A.2.d. "The Datatype Message".
enum Datatype: Sendable {
  /// Numbers, stored in one of the two byte orders.
  case element(ElementType, isBigEndian: Bool)
  /// Numbers that do not fill their elements, or lie elsewhere in them than usual.
  case fields(NumberFields)
  /// Two opaque bytes without a tag, which is how Keras writes bfloat16 through h5py.
  case opaquePair
  /// Strings of a fixed size in bytes.
  case fixedString(size: Int, isSpacePadded: Bool)
  /// Strings in a global heap.
  case variableString
  /// Anything else, as a noun phrase.
  case other(String, size: Int)

  /// The size of one stored element in bytes.
  var size: Int {
    switch self {
    case .element(let type, _): type.byteCount
    case .fields(let fields): fields.elementType.byteCount
    case .opaquePair: 2
    case .fixedString(let size, _): size
    case .variableString: 16
    case .other(_, let size): size
    }
  }

  /// What Ingot takes the elements for; nil when it has no such type.
  var elementType: ElementType? {
    switch self {
    case .element(let type, _): type
    case .fields(let fields): fields.elementType
    case .opaquePair: .bfloat16
    default: nil
    }
  }

  /// What must be done to elements to make little-endian numbers of them.
  var form: ElementForm {
    switch self {
    case .element(let type, isBigEndian: true) where type.swapUnit > 1: .swapped(unit: type.swapUnit)
    case .fields(let fields): .fields(fields)
    default: .plain
    }
  }

  /// The type as a noun phrase in the plural.
  var description: String {
    switch self {
    case .element(let type, _): "elements of type \(type)"
    case .fields(let fields): "elements of type \(fields.elementType) with bits of their own"
    case .opaquePair: "opaque elements of 2 bytes"
    case .fixedString(let size, _): "strings of \(size) bytes"
    case .variableString: "strings of variable length"
    case .other(let description, _): description
    }
  }

  /// Reads a datatype, leaving the cursor behind it.
  ///
  /// - Throws: `Problem` of kind *damaged* when it contradicts itself. Types that Ingot has no use for are no problem
  ///   here: they become ``other(_:size:)``, and the cursor's place is then unspecified.
  init(_ cursor: inout Cursor) throws {
    self = try Self.read(&cursor, depth: 0)
  }

  private static func read(_ cursor: inout Cursor, depth: Int) throws -> Datatype {
    let place = cursor
    let classAndVersion = try cursor.u8("the class of a datatype")
    let version = classAndVersion >> 4
    let bits = UInt32(try cursor.u16("the bits of a datatype")) | UInt32(try cursor.u8("the bits of a datatype")) << 16
    let size = Int(try cursor.u32("the size of a datatype"))
    guard (1...5).contains(version) else {
      throw place.damaged(found: "version \(version) of a datatype", expected: "a version from 1 to 5")
    }
    guard size > 0 else { throw place.damaged(found: "a datatype of size 0", expected: "at least 1 byte") }

    switch classAndVersion & 0x0F {
    case 0: return try fixedPoint(&cursor, bits: bits, size: size)
    case 1: return try floatingPoint(&cursor, bits: bits, size: size)
    case 2: return .other("elements of a time type", size: size)
    case 3: return .fixedString(size: size, isSpacePadded: bits & 0x0F == 2)
    case 4: return .other("bit fields of \(size) bytes", size: size)
    case 5: return try opaque(&cursor, bits: bits, size: size)
    case 6: return try compound(&cursor, bits: bits, size: size, version: version, depth: depth)
    case 7: return .other("references", size: size)
    case 8: return try enumeration(&cursor, bits: bits, size: size, version: version, depth: depth)
    case 9:
      guard bits & 0x0F == 1 else { return .other("sequences of variable length", size: size) }
      guard size == 16 else {
        throw place.damaged(found: "a variable-length string of \(size) bytes", expected: "16 bytes")
      }
      return .variableString
    case 10: return .other("array elements", size: size)
    case 11: return .other("complex elements of HDF5 2.0", size: size)
    default:
      throw place.damaged(found: "a datatype of class \(classAndVersion & 0x0F)", expected: "a class from 0 to 11")
    }
  }

  /// Class 0.
  private static func fixedPoint(_ cursor: inout Cursor, bits: UInt32, size: Int) throws -> Datatype {
    let offset = try cursor.u16("the bit offset of an integer type")
    let precision = try cursor.u16("the precision of an integer type")
    let (isSigned, isBigEndian) = (bits & 0x08 != 0, bits & 0x01 != 0)
    let type: ElementType? =
      switch size {
      case 1: isSigned ? .int8 : .uint8
      case 2: isSigned ? .int16 : .uint16
      case 4: isSigned ? .int32 : .uint32
      case 8: isSigned ? .int64 : .uint64
      default: nil
      }
    guard let type, offset == 0, Int(precision) == 8 * size else {
      let bits = NumberFields.Field(location: Int(offset), width: Int(precision))
      let fields = type.flatMap {
        NumberFields(integer: bits, isSigned: isSigned, as: $0, isBigEndian: isBigEndian)
      }
      if let fields { return .fields(fields) }
      return .other("integers of \(size) bytes with \(precision) bits from bit \(offset)", size: size)
    }
    return .element(type, isBigEndian: isBigEndian)
  }

  /// Class 1: the IEEE 754 formats and bfloat16, and what binary32 and binary64 hold exactly.
  private static func floatingPoint(_ cursor: inout Cursor, bits: UInt32, size: Int) throws -> Datatype {
    let offset = try cursor.u16("the bit offset of a float type")
    let precision = try cursor.u16("the precision of a float type")
    let exponentLocation = try cursor.u8("the exponent location of a float type")
    let exponentSize = try cursor.u8("the exponent size of a float type")
    let mantissaLocation = try cursor.u8("the mantissa location of a float type")
    let mantissaSize = try cursor.u8("the mantissa size of a float type")
    let bias = try cursor.u32("the exponent bias of a float type")
    guard bits & 0x40 == 0 else { return .other("floats of \(size) bytes in the VAX byte order", size: size) }
    let type: ElementType? =
      switch (size, exponentSize, mantissaSize, bias) {
      case (2, 5, 10, 15): .float16
      case (2, 8, 7, 127): .bfloat16
      case (4, 8, 23, 127): .float32
      case (8, 11, 52, 1_023): .float64
      default: nil
      }
    let hasImpliedBit = bits >> 4 & 0x03 == 2
    let sign = bits >> 8 & 0xFF
    func field(_ location: UInt8, _ width: UInt8) -> NumberFields.Field {
      NumberFields.Field(location: Int(location), width: Int(width))
    }
    let isUsual =
      offset == 0 && Int(precision) == 8 * size && mantissaLocation == 0 && exponentLocation == mantissaSize
      && Int(sign) == 8 * size - 1
    if hasImpliedBit, type == nil || !isUsual,
      let fields = NumberFields(
        floatOf: size, bits: NumberFields.Field(location: Int(offset), width: Int(precision)), sign: Int(sign),
        exponent: field(exponentLocation, exponentSize), mantissa: field(mantissaLocation, mantissaSize), bias: bias,
        isBigEndian: bits & 0x01 != 0)
    {
      return .fields(fields)
    }
    guard let type else {
      return .other(
        "floats of \(size) bytes with \(exponentSize) exponent and \(mantissaSize) mantissa bits, bias \(bias)",
        size: size)
    }
    guard isUsual, hasImpliedBit else {
      return .other("floats of \(size) bytes whose bits lie elsewhere than those of \(type)", size: size)
    }
    return .element(type, isBigEndian: bits & 0x01 != 0)
  }

  /// Class 5.
  private static func opaque(_ cursor: inout Cursor, bits: UInt32, size: Int) throws -> Datatype {
    let tag = try cursor.bytes(Int(bits & 0xFF), "the tag of an opaque type")
    let isUntagged = tag.withUnsafeBytes { $0.allSatisfy { $0 == 0 } }
    return size == 2 && isUntagged ? .opaquePair : .other("opaque elements of \(size) bytes", size: size)
  }

  /// Class 6: exactly h5py's complex numbers, a compound of the floats `r` and `i`.
  private static func compound(
    _ cursor: inout Cursor, bits: UInt32, size: Int, version: UInt8, depth: Int
  ) throws -> Datatype {
    let other = Datatype.other("compound elements of \(size) bytes", size: size)
    guard bits & 0xFFFF == 2, depth == 0 else { return other }
    var parts: [(name: String, offset: Int, type: Datatype)] = []
    for _ in 0..<2 {
      guard let name = try name(&cursor, isPadded: version < 3) else { return other }
      let width = version < 3 ? 4 : byteWidth(UInt64(size))
      let offset = Int(clamping: try cursor.number(width: width, "the offset of a compound member"))
      if version == 1 {
        // Dimensionality, permutation and four dimension sizes: arrays, before array types existed.
        guard try cursor.u8("the rank of a compound member") == 0 else { return other }
        try cursor.skip(27, "the dimensions of a compound member")
      }
      parts.append((name, offset, try read(&cursor, depth: depth + 1)))
    }
    guard parts[0].name == "r", parts[1].name == "i", parts[0].offset == 0, parts[1].offset == size / 2,
      case .element(let real, let isBigEndian) = parts[0].type,
      case .element(real, isBigEndian) = parts[1].type
    else { return other }
    switch (real, size) {
    case (.float32, 8): return .element(.complex64, isBigEndian: isBigEndian)
    case (.float64, 16): return .element(.complex128, isBigEndian: isBigEndian)
    default: return other
    }
  }

  /// Class 8: exactly h5py's booleans, an enumeration of one byte with FALSE = 0 and TRUE = 1.
  private static func enumeration(
    _ cursor: inout Cursor, bits: UInt32, size: Int, version: UInt8, depth: Int
  ) throws -> Datatype {
    let other = Datatype.other("an enumeration over \(size) bytes", size: size)
    guard bits & 0xFFFF == 2, depth == 0, size == 1 else { return other }
    guard case .element(.int8, _) = try read(&cursor, depth: depth + 1) else { return other }
    let names = [try name(&cursor, isPadded: version < 3), try name(&cursor, isPadded: version < 3)]
    let values = [try cursor.u8("an enumeration value"), try cursor.u8("an enumeration value")]
    guard names == ["FALSE", "TRUE"], values == [0, 1] else { return other }
    return .element(.bool, isBigEndian: false)
  }

  /// Takes a NUL-terminated member name of at most 7 bytes; nil when it is longer.
  private static func name(_ cursor: inout Cursor, isPadded: Bool) throws -> String? {
    var bytes: [UInt8] = []
    while bytes.count < 8 {
      let byte = try cursor.u8("the name of a member")
      if byte == 0 {
        if isPadded { try cursor.skip(7 - bytes.count, "the padding of a member's name") }
        return String(decoding: bytes, as: UTF8.self)
      }
      bytes.append(byte)
    }
    return nil
  }
}
