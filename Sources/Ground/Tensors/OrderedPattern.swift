/// A number whose bits, read as integers, are ordered as the numbers are, so that a loop of comparisons vectorises.
protocol PatternOrdered: BinaryFloatingPoint {
  associatedtype Pattern: FixedWidthInteger & SignedInteger

  /// The bits without the sign.
  var magnitudePattern: Pattern { get }
  init(magnitudePattern: Pattern)

  /// The bits, those of negative numbers turned round; −0 comes before +0.
  var orderedPattern: Pattern { get }
  init(orderedPattern: Pattern)
}

extension Float: PatternOrdered {
  @inline(__always) var magnitudePattern: Int32 { Int32(bitPattern: bitPattern & 0x7FFF_FFFF) }
  @inline(__always) init(magnitudePattern: Int32) { self.init(bitPattern: UInt32(bitPattern: magnitudePattern)) }

  @inline(__always) var orderedPattern: Int32 {
    let bits = Int32(bitPattern: bitPattern)
    return bits ^ (bits >> 31 & 0x7FFF_FFFF)
  }
  @inline(__always) init(orderedPattern: Int32) {
    self.init(bitPattern: UInt32(bitPattern: orderedPattern ^ (orderedPattern >> 31 & 0x7FFF_FFFF)))
  }
}

extension Double: PatternOrdered {
  @inline(__always) var magnitudePattern: Int64 { Int64(bitPattern: bitPattern & 0x7FFF_FFFF_FFFF_FFFF) }
  @inline(__always) init(magnitudePattern: Int64) { self.init(bitPattern: UInt64(bitPattern: magnitudePattern)) }

  @inline(__always) var orderedPattern: Int64 {
    let bits = Int64(bitPattern: bitPattern)
    return bits ^ (bits >> 63 & 0x7FFF_FFFF_FFFF_FFFF)
  }
  @inline(__always) init(orderedPattern: Int64) {
    self.init(bitPattern: UInt64(bitPattern: orderedPattern ^ (orderedPattern >> 63 & 0x7FFF_FFFF_FFFF_FFFF)))
  }
}
