/// Which two scalars make one by canonical composition, in Unicode 14.0.
///
/// Source: Unicode 14.0, sections 3.11 (definition D117) and 3.12.
enum CanonicalComposition {
  /// Tells whether a scalar can be the second of two that compose.
  static func isSecond(_ scalar: UInt32) -> Bool {
    0x1161...0x1175 ~= scalar || 0x11A8...0x11C2 ~= scalar || pairs.seconds.contains(scalar)
  }

  /// The scalar that two make; nil when they make none.
  static func composite(of first: UInt32, _ second: UInt32) -> UInt32? {
    switch (first, second) {
    case (_, 0..<0x300): nil
    case (0x1100...0x1112, 0x1161...0x1175): 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
    case (0xAC00...0xD7A3, 0x11A8...0x11C2) where (first - 0xAC00) % 28 == 0: first + second - 0x11A7
    default: pairs.composites[UInt64(first) << 32 | UInt64(second)]
    }
  }

  private static let pairs: (composites: [UInt64: UInt32], seconds: Set<UInt32>) = {
    var composites: [UInt64: UInt32] = [:]
    var seconds: Set<UInt32> = []
    for entry in ScalarNumbers.entries(of: table) {
      let numbers = ScalarNumbers.numbers(in: entry)
      composites[UInt64(numbers[0]) << 32 | UInt64(numbers[1])] = numbers[2]
      seconds.insert(numbers[1])
    }
    return (composites, seconds)
  }()
}
