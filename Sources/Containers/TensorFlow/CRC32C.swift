import CKernels

/// A CRC-32C in the making (Castagnoli's polynomial; RFC 3720, appendix B.4).
///
/// Computed by the processor's instruction for it (`CRC32C.c`), or by tables where there is none.
struct CRC32C {
  private static let instruction = ck_crc32c()

  private(set) var value: UInt32 = 0
  private let usesInstruction: Bool

  /// Starts with no bytes.
  ///
  /// - Parameter usesInstruction: False leaves the work to the tables in any case.
  init(usesInstruction: Bool = true) {
    self.usesInstruction = usesInstruction
  }

  /// Takes in further bytes.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    if usesInstruction, let instruction = Self.instruction {
      value = instruction(value, bytes.baseAddress, bytes.count)
    } else {
      updateByTables(bytes)
    }
  }

  /// Takes in sixteen bytes at a step, each through a table of its own ("slicing": Kounavis and Berry, "A Systematic Approach
  /// to Building High Performance Software-based CRC Generators", 2005).
  private mutating func updateByTables(_ bytes: UnsafeRawBufferPointer) {
    value = Self.tables.withUnsafeBufferPointer { tables in
      var crc = ~value
      var offset = 0
      while bytes.count - offset >= 16 {
        let low = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian ^ UInt64(crc)
        let high = bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self).littleEndian
        crc =
          tables[15 << 8 | Int(low & 0xFF)] ^ tables[14 << 8 | Int(low >> 8 & 0xFF)]
          ^ tables[13 << 8 | Int(low >> 16 & 0xFF)] ^ tables[12 << 8 | Int(low >> 24 & 0xFF)]
          ^ tables[11 << 8 | Int(low >> 32 & 0xFF)] ^ tables[10 << 8 | Int(low >> 40 & 0xFF)]
          ^ tables[9 << 8 | Int(low >> 48 & 0xFF)] ^ tables[8 << 8 | Int(low >> 56)]
          ^ tables[7 << 8 | Int(high & 0xFF)] ^ tables[6 << 8 | Int(high >> 8 & 0xFF)]
          ^ tables[5 << 8 | Int(high >> 16 & 0xFF)] ^ tables[4 << 8 | Int(high >> 24 & 0xFF)]
          ^ tables[3 << 8 | Int(high >> 32 & 0xFF)] ^ tables[2 << 8 | Int(high >> 40 & 0xFF)]
          ^ tables[1 << 8 | Int(high >> 48 & 0xFF)] ^ tables[Int(high >> 56)]
        offset += 16
      }
      while offset < bytes.count {
        crc = tables[Int((crc ^ UInt32(bytes[offset])) & 0xFF)] ^ crc >> 8
        offset += 1
      }
      return ~crc
    }
  }

  /// Takes in the bytes of an array.
  mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// The value as files hold it, turned and shifted so that a checksum of checksums stays one.
  ///
  /// `tensorflow/core/lib/hash/crc32c.h`, `Mask`.
  var masked: UInt32 { (value >> 15 | value << 17) &+ 0xA282_EAD8 }

  /// Whether the value is the one that a file gives, masked.
  func matches(_ masked: UInt32) -> Bool {
    #if FUZZING  // A fuzzer can hardly make a right checksum: its build takes any (tools/fuzz).
      true
    #else
      self.masked == masked
    #endif
  }

  /// Table n holds what a byte becomes that n zero bytes follow.
  private static let tables: [UInt32] = {
    var tables = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
    for index in 256..<(16 * 256) {
      let earlier = tables[index - 256]
      tables.append(earlier >> 8 ^ tables[Int(earlier & 0xFF)])
    }
    return tables
  }()
}

/// Returns a checksum as it is written in messages: eight hexadecimal digits.
func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}
