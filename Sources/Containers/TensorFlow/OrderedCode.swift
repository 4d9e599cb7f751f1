/// Bytes that sort as the values that they stand for (`tensorflow/core/lib/strings/ordered_code.cc`).
struct OrderedCode {
  private(set) var bytes: [UInt8] = []

  /// Appends a number: how many bytes it has without leading zeros, and these, the most significant first.
  mutating func append(unsigned value: UInt64) {
    let digits = bigEndian(value).drop { $0 == 0 }
    bytes.append(UInt8(digits.count))
    bytes += digits
  }

  /// Appends bytes, 00 as 00 FF and FF as FF 00, and the end 00 01.
  mutating func append(bytes text: some Sequence<UInt8>) {
    for byte in text {
      bytes.append(byte)
      if byte == 0 { bytes.append(0xFF) }
      if byte == 0xFF { bytes.append(0) }
    }
    bytes += [0, 1]
  }

  /// Appends a signed number: as many leading ones as it has bytes, then its sign and its lower bits, all inverted when negative.
  mutating func append(signed value: Int64) {
    let magnitude = UInt64(bitPattern: value < 0 ? ~value : value)
    let count = (64 - magnitude.leadingZeroBitCount) / 7 + 1
    let sign: UInt8 = value < 0 ? 0xFF : 0
    var digits = Array(([sign, sign] + bigEndian(UInt64(bitPattern: value))).suffix(count))
    let ones = UInt16.max << UInt16(16 - count)
    digits[0] ^= UInt8(ones >> 8)
    if count > 1 { digits[1] ^= UInt8(ones & 0xFF) }
    bytes += digits
  }

  private func bigEndian(_ value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}
