import Tensors

/// Numbers whose bits do not fill their elements, or lie elsewhere in them than those of the usual types.
///
/// HDF5 File Format Specification 3.0, IV.A.2.d. "The Datatype Message", classes 0 and 1. The n-bit filter is made for them.
struct NumberFields: Sendable, Equatable {
  /// Some neighbouring bits of an element.
  struct Field: Sendable, Equatable {
    /// The lowest bit.
    let location: Int
    /// How many bits there are.
    let width: Int

    /// Takes the bits out of an element.
    func callAsFunction(_ element: UInt64) -> UInt64 {
      width == 64 ? element : element >> UInt64(location) & ((1 << UInt64(width)) - 1)
    }

    /// Whether the bits lie inside others.
    func isInside(_ other: Field) -> Bool {
      location >= other.location && location + width <= other.location + other.width
    }
  }

  private enum Kind: Equatable {
    case integer(Field, isSigned: Bool)
    case float(sign: Field, exponent: Field, mantissa: Field)
  }

  /// What the numbers become: the type of their size.
  let elementType: ElementType
  private let isBigEndian: Bool
  private let kind: Kind

  /// Takes an integer type of a size that there is; nil when its bits do not lie in its elements.
  init?(integer bits: Field, isSigned: Bool, as elementType: ElementType, isBigEndian: Bool) {
    guard bits.width > 0, bits.isInside(Field(location: 0, width: 8 * elementType.byteCount)) else { return nil }
    self.elementType = elementType
    self.isBigEndian = isBigEndian
    kind = .integer(bits, isSigned: isSigned)
  }

  /// Takes a float type with an implied bit and the usual bias of its exponent; nil when binary32 or binary64, whichever has its
  /// size, does not hold each of its numbers, or when its fields overlap.
  init?(floatOf size: Int, bits: Field, sign: Int, exponent: Field, mantissa: Field, bias: UInt32, isBigEndian: Bool) {
    let sign = Field(location: sign, width: 1)
    let (widest, longest) = size == 4 ? (8, 23) : size == 8 ? (11, 52) : (0, 0)
    guard (2...max(2, widest)).contains(exponent.width), (1...max(1, longest)).contains(mantissa.width), widest > 0,
      bits.isInside(Field(location: 0, width: 8 * size)), [sign, exponent, mantissa].allSatisfy({ $0.isInside(bits) }),
      bias == 1 << UInt32(exponent.width - 1) - 1
    else { return nil }
    let fields = [sign, exponent, mantissa].sorted { $0.location < $1.location }
    guard zip(fields, fields.dropFirst()).allSatisfy({ $0.location + $0.width <= $1.location }) else { return nil }
    elementType = size == 4 ? .float32 : .float64
    self.isBigEndian = isBigEndian
    kind = .float(sign: sign, exponent: exponent, mantissa: mantissa)
  }

  /// Makes little-endian numbers of the element type out of stored elements, in their place.
  func unpack(_ bytes: UnsafeMutableRawBufferPointer) {
    let size = elementType.byteCount
    for start in stride(from: 0, to: bytes.count, by: size) {
      var element: UInt64 = 0
      for index in 0..<size {
        element |= UInt64(bytes[start + (isBigEndian ? size - 1 - index : index)]) << UInt64(8 * index)
      }
      let number = number(element)
      for index in 0..<size { bytes[start + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index)) }
    }
  }

  /// The bits of one number.
  private func number(_ element: UInt64) -> UInt64 {
    switch kind {
    case .integer(let bits, let isSigned):
      let value = bits(element)
      let isNegative = isSigned && value >> UInt64(bits.width - 1) == 1
      return isNegative && bits.width < 64 ? value | ~0 << UInt64(bits.width) : value
    case .float(let sign, let exponent, let mantissa):
      let (power, digits) = (exponent(element), mantissa(element))
      let bias = 1 << (exponent.width - 1) - 1
      let magnitude: Double =
        if power == (1 << UInt64(exponent.width)) - 1 {
          digits == 0 ? .infinity : .nan
        } else if power == 0 {
          Double(sign: .plus, exponent: 1 - bias - mantissa.width, significand: Double(digits))
        } else {
          Double(
            sign: .plus, exponent: Int(power) - bias - mantissa.width,
            significand: Double(digits | 1 << UInt64(mantissa.width)))
        }
      let value = sign(element) == 1 ? -magnitude : magnitude
      return elementType == .float32 ? UInt64(Float(value).bitPattern) : value.bitPattern
    }
  }
}
