/// A SHA-256 digest (FIPS 180-4).
public struct Digest: Hashable, Sendable {
  /// The 32 bytes.
  public let bytes: [UInt8]

  /// The digest of some bytes.
  public init(of bytes: some Sequence<UInt8>) {
    var digest = RunningDigest()
    Array(bytes).withUnsafeBytes { digest.update($0) }
    self = digest.digest
  }

  /// The digest of a text's UTF-8 bytes: what tells one revision of an architecture from another.
  public init(of text: String) {
    self.init(of: text.utf8)
  }

  /// Reads 64 hexadecimal digits in lower case; nil for anything else.
  public init?(hexadecimal: String) {
    let digits = Array(hexadecimal.utf8)
    guard digits.count == 64 else { return nil }
    func value(_ digit: UInt8) -> UInt8? {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
      default: nil
      }
    }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  /// Takes the eight words that the rounds leave, big-endian.
  init(words: [UInt32]) {
    bytes = words.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// What stands where a digest is not known yet.
  package static let zero = Digest(bytes: [UInt8](repeating: 0, count: 32))
}

extension Digest: CustomStringConvertible {
  /// The 64 hexadecimal digits, in lower case.
  public var description: String {
    return String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
      var place = 0
      while place < bytes.count {
        text[2 * place] = Self.digit(bytes[place] >> 4)
        text[2 * place + 1] = Self.digit(bytes[place] & 15)
        place += 1
      }
      return 2 * place
    }
  }

  /// The hexadecimal digit of a number below 16.
  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
