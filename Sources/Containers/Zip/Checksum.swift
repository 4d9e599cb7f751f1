import Bytes
import CZlib

/// A CRC-32 in the making (APPNOTE 4.4.7).
struct Checksum {
  private(set) var value: UInt32 = 0

  /// Takes in further bytes.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    value = UInt32(crc32_z(uLong(value), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
  }

  /// Throws *damaged* when the finished value is not the expected one.
  func check(against expected: UInt32, file: String, object: String, byte: Int) throws {
    #if !FUZZING  // A fuzzer can hardly make a right checksum: its build takes any (tools/fuzz).
      guard value == expected else {
        throw Problem(
          .damaged, file: file, object: object, byte: byte, found: "contents with the CRC-32 \(hexadecimal(value))",
          expected: hexadecimal(expected),
          advice: "The file changed after it was written; get it again from where it came")
      }
    #endif
  }

  private func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
