/// The scalars by which byte-level vocabularies write bytes: what is printable stands for itself, the others follow from U+0100 on.
///
/// Source: GPT-2's `encoder.py:9-28`, as transformers 4.38.2 has it (`tokenization_gpt2.py:58-80`).
enum ByteAlphabet {
  /// The scalar of each byte.
  static let scalars: [UInt32] = {
    var next: UInt32 = 0x100
    return (0..<256).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return UInt32(byte)
      default:
        defer { next += 1 }
        return next
      }
    }
  }()

  /// The byte of each scalar below U+0144; -1 for one that stands for none.
  private static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar)] = Int16(byte) }
    return bytes
  }()

  /// The byte that a scalar stands for; nil for none.
  static func byte(of scalar: UInt32) -> UInt8? {
    guard scalar < bytes.count, bytes[Int(scalar)] >= 0 else { return nil }
    return UInt8(bytes[Int(scalar)])
  }

  /// The bytes that a piece stands for; nil when one of its scalars stands for none.
  static func bytes(ofPiece piece: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    var position = 0
    while position < piece.count {
      let (scalar, length) = UTF8Scan.scalar(in: piece, at: position)
      guard let byte = byte(of: scalar) else { return nil }
      result.append(byte)
      position += length
    }
    return result
  }
}
