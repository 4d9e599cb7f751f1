/// Why the bytes of a filter make no sense.
struct FilterDamage: Error {
  let found: String
  let expected: String
}

/// Numbers of any width up to 64 bits, one behind the other, the highest bit first.
struct PackedBits {
  private let bytes: [UInt8]
  private var position: Int
  private var rest: UInt8 = 0
  private var restWidth = 0

  /// Begins at a byte; the caller has seen to it that there are as many bits as will be taken.
  init(_ bytes: [UInt8], from start: Int) {
    self.bytes = bytes
    position = start
  }

  /// Takes the next number.
  mutating func next(_ width: Int) -> UInt64 {
    var value: UInt64 = 0
    var left = width
    while left > 0 {
      if restWidth == 0 {
        rest = bytes[position]
        position += 1
        restWidth = 8
      }
      let count = min(left, restWidth)
      let taken = UInt64(rest) >> UInt64(restWidth - count) & ((1 << UInt64(count)) - 1)
      value = value << UInt64(count) | taken
      restWidth -= count
      left -= count
    }
    return value
  }

  /// Checks that as many bytes are there as numbers of a width take, or one more, which libhdf5 adds.
  static func check(_ stored: Int, hold count: Int, of width: Int, _ what: String) throws(FilterDamage) {
    let (bits, overflow) = count.multipliedReportingOverflow(by: width)
    let needed = bits / 8 + (bits % 8 > 0 ? 1 : 0)
    guard !overflow, stored == needed || stored == needed + 1 else {
      throw FilterDamage(
        found: "\(stored) bytes of \(what)",
        expected: "\(overflow ? "fewer than 2^60" : "\(needed)") bytes for \(count) numbers of \(width) bits")
    }
  }
}

extension [UInt8] {
  /// Puts the low bytes of a number at a place, in one of the two orders.
  mutating func put(_ value: UInt64, at place: Int, size: Int, isBigEndian: Bool) {
    for index in 0..<size {
      self[place + (isBigEndian ? size - 1 - index : index)] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
    }
  }
}
