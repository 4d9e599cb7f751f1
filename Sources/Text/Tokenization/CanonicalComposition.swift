/// Canonical composition (NFC) as Unicode 14.0 defines it, in linear time.
///
/// Source: Unicode 14.0, sections 3.11 (definition D117) and 3.12.
enum CanonicalComposition {
  /// Composes scalars that are decomposed and in canonical order; a composite keeps the origin of its first scalar.
  static func compose(_ scalars: inout [Unicode.Scalar], _ origins: inout [Int]) {
    /// Where the last starter was put, and the class of what was put behind it; 0 when that is nothing.
    var starter = -1
    var lastClass: UInt8 = 0
    var count = 0
    for index in scalars.indices {
      let scalar = scalars[index]
      let combiningClass = scalar.value < 0x300 ? 0 : Unicode14.combiningClass(of: scalar)
      let isAdjacent = starter == count - 1
      if starter >= 0, isAdjacent || lastClass != 0 && lastClass < combiningClass,
        let composite = composite(of: scalars[starter], scalar)
      {
        scalars[starter] = composite
        continue
      }
      scalars[count] = scalar
      origins[count] = origins[index]
      if combiningClass == 0 { starter = count }
      lastClass = combiningClass
      count += 1
    }
    scalars.removeSubrange(count...)
    origins.removeSubrange(count...)
  }

  /// Tells whether a scalar can be the second of two that compose.
  static func isSecond(_ scalar: Unicode.Scalar) -> Bool {
    0x1161...0x1175 ~= scalar.value || 0x11A8...0x11C2 ~= scalar.value || pairs.seconds.contains(scalar.value)
  }

  /// The scalar that two make; nil when they make none.
  private static func composite(of first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
    if 0x1100...0x1112 ~= first.value, 0x1161...0x1175 ~= second.value {
      return Unicode.Scalar(0xAC00 + ((first.value - 0x1100) * 21 + second.value - 0x1161) * 28)
    }
    if 0xAC00...0xD7A3 ~= first.value, (first.value - 0xAC00) % 28 == 0, 0x11A8...0x11C2 ~= second.value {
      return Unicode.Scalar(first.value + second.value - 0x11A7)
    }
    return second.value < 0x300 ? nil : pairs.composites[UInt64(first.value) << 32 | UInt64(second.value)]
  }

  private static let pairs: (composites: [UInt64: Unicode.Scalar], seconds: Set<UInt32>) = {
    var composites: [UInt64: Unicode.Scalar] = [:]
    var seconds: Set<UInt32> = []
    for entry in table.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      let numbers = entry.split { $0 == "+" || $0 == "=" }.map { UInt32($0, radix: 16)! }
      composites[UInt64(numbers[0]) << 32 | UInt64(numbers[1])] = Unicode.Scalar(numbers[2])!
      seconds.insert(numbers[1])
    }
    return (composites, seconds)
  }()
}
