import TestSupport
import Testing

@testable import TensorFlow

@Suite("CRC-32C") struct CRC32CTests {
  private static func checksum(of bytes: ArraySlice<UInt8>, usesInstruction: Bool = true) -> UInt32 {
    var checksum = CRC32C(usesInstruction: usesInstruction)
    bytes.withUnsafeBytes { checksum.update($0) }
    return checksum.value
  }

  @Test("the examples of RFC 3720, appendix B.4", arguments: [true, false])
  func examples(usesInstruction: Bool) {
    let ascending = (0..<32).map { UInt8($0) }
    let examples: [([UInt8], UInt32)] = [
      ([], 0), (Array(repeating: 0, count: 32), 0x8A91_36AA), (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
      (ascending, 0x46DD_794E), (ascending.reversed(), 0x113F_DB5C), (Array("123456789".utf8), 0xE306_9283),
    ]
    for (bytes, expected) in examples {
      #expect(Self.checksum(of: bytes[...], usesInstruction: usesInstruction) == expected)
    }
  }

  @Test("the instruction and the tables agree, from any byte on, for any length and in pieces", arguments: 0..<60)
  func agreement(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    // Three streams of 1,024 bytes are taken together: lengths around their multiples are the ones that could go wrong.
    let count = 3_072 * (seed % 4) + Int.random(in: 0...20, using: &random)
    let bytes = (0..<(count + 7)).map { _ in UInt8.random(in: 0...255, using: &random) }.dropFirst(seed % 8)
    let expected = Self.checksum(of: bytes, usesInstruction: false)
    #expect(Self.checksum(of: bytes) == expected)
    let middle = bytes.startIndex + Int.random(in: 0...bytes.count, using: &random)
    var pieces = CRC32C()
    for piece in [bytes[..<middle], bytes[middle...]] { piece.withUnsafeBytes { pieces.update($0) } }
    #expect(pieces.value == expected)
  }
}
