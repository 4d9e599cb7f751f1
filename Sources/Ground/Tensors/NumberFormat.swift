/// How the bits of one element stand for a number.
///
/// The functions are free of branches and of calls, so that loops over them vectorise on any processor: half precision
/// needs no hardware conversion, which the x86-64 baseline does not have.
protocol NumberFormat {
  /// The bits of one element.
  associatedtype Bits: BitwiseCopyable

  /// The number in binary32, rounded to nearest even where it does not fit.
  static func float(_ bits: Bits) -> Float
  /// The number in binary64, rounded to nearest even where it does not fit.
  static func double(_ bits: Bits) -> Double
}

/// A format to which any number can be rounded.
protocol FloatingPointFormat: NumberFormat {
  /// The bits nearest to a number, ties to even; a NaN stays a NaN of the same sign.
  static func bits(_ number: Float) -> Bits
  /// The bits nearest to a number, ties to even; a NaN stays a NaN of the same sign.
  static func bits(_ number: Double) -> Bits
}

/// IEEE 754 binary16: 5 exponent bits, 10 significand bits.
enum Binary16: FloatingPointFormat {
  @inline(__always) static func float(_ bits: UInt16) -> Float {
    let magnitude = UInt32(bits & 0x7FFF)
    let normal = magnitude << 13 &+ 112 << 23
    // Infinity and NaN move up to the exponent 255; subnormals are multiples of 2^-24.
    let special = normal &+ 112 << 23
    let subnormal = (Float(Int32(bitPattern: magnitude)) * 0x1p-24).bitPattern
    let result = magnitude < 0x400 ? subnormal : magnitude >= 0x7C00 ? special : normal
    return Float(bitPattern: result | UInt32(bits & 0x8000) << 16)
  }

  @inline(__always) static func double(_ bits: UInt16) -> Double { Double(float(bits)) }

  @inline(__always) static func bits(_ number: Float) -> UInt16 {
    let magnitude = number.bitPattern & 0x7FFF_FFFF
    // The 13 bits that go decide; a carry runs into the exponent and, from 65520 on, makes infinity.
    let normal = (magnitude &+ 0xFFF &+ magnitude >> 13 & 1) >> 13 &- 112 << 10
    // One half has the spacing of binary16's subnormals, so the addition itself rounds.
    let subnormal = (Float(bitPattern: magnitude) + 0.5).bitPattern &- Float(0.5).bitPattern
    let notANumber = 0x7E00 | magnitude >> 13 & 0x3FF
    let finite = magnitude < 113 << 23 ? subnormal : magnitude < 143 << 23 ? normal : 0x7C00
    let result = magnitude > 0x7F80_0000 ? notANumber : finite
    return UInt16(truncatingIfNeeded: result | number.bitPattern >> 16 & 0x8000)
  }

  @inline(__always) static func bits(_ number: Double) -> UInt16 { bits(roundedToOdd(number)) }
}

/// The upper half of a binary32: 8 exponent bits, 7 significand bits.
enum BFloat16: FloatingPointFormat {
  @inline(__always) static func float(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  @inline(__always) static func double(_ bits: UInt16) -> Double { Double(float(bits)) }

  @inline(__always) static func bits(_ number: Float) -> UInt16 {
    let pattern = number.bitPattern
    let rounded = (pattern &+ 0x7FFF &+ pattern >> 16 & 1) >> 16
    let notANumber = pattern >> 16 | 0x40
    return UInt16(truncatingIfNeeded: pattern & 0x7FFF_FFFF > 0x7F80_0000 ? notANumber : rounded)
  }

  @inline(__always) static func bits(_ number: Double) -> UInt16 { bits(roundedToOdd(number)) }
}

/// IEEE 754 binary32.
enum Binary32: FloatingPointFormat {
  @inline(__always) static func float(_ bits: UInt32) -> Float { Float(bitPattern: bits) }
  @inline(__always) static func double(_ bits: UInt32) -> Double { Double(Float(bitPattern: bits)) }
  @inline(__always) static func bits(_ number: Float) -> UInt32 { number.bitPattern }
  @inline(__always) static func bits(_ number: Double) -> UInt32 { Float(number).bitPattern }
}

/// IEEE 754 binary64.
enum Binary64: FloatingPointFormat {
  @inline(__always) static func float(_ bits: UInt64) -> Float { Float(Double(bitPattern: bits)) }
  @inline(__always) static func double(_ bits: UInt64) -> Double { Double(bitPattern: bits) }
  @inline(__always) static func bits(_ number: Float) -> UInt64 { Double(number).bitPattern }
  @inline(__always) static func bits(_ number: Double) -> UInt64 { number.bitPattern }
}

/// Integers of any width, in two's complement.
enum Integer<Bits: FixedWidthInteger & BitwiseCopyable>: NumberFormat {
  @inline(__always) static func float(_ bits: Bits) -> Float { Float(bits) }
  @inline(__always) static func double(_ bits: Bits) -> Double { Double(bits) }
}

/// Truth values: 0 is 0, everything else is 1.
enum Truth: NumberFormat {
  @inline(__always) static func float(_ bits: UInt8) -> Float { bits == 0 ? 0 : 1 }
  @inline(__always) static func double(_ bits: UInt8) -> Double { bits == 0 ? 0 : 1 }
}

/// Rounds towards zero and sets the last bit when anything was lost.
///
/// Rounding the result to nearest in a format at least two bits narrower gives what rounding the argument at once
/// would have given (Boldo and Melquiond, *Emulation of FMA and correctly rounded sums: proved algorithms using rounding to
/// odd*, 2008).
@inline(__always)
private func roundedToOdd(_ number: Double) -> Float {
  let nearest = Float(number)
  let pattern = nearest.bitPattern
  let tooFar = Double(nearest.magnitude) > number.magnitude
  let inexact = Double(nearest) != number && !number.isNaN
  let truncated = tooFar ? pattern &- 1 : pattern
  return Float(bitPattern: inexact ? truncated | 1 : truncated)
}
