/// What a program knows of characters: that of Unicode 14.0, or what the library tokenizers knows, which is older.
///
/// tokenizers takes categories from the crate unicode_categories (Unicode 8, see ``ScalarTraits``), combining classes from
/// unicode-normalization-alignments (Unicode 9), and lower case from Rust's standard library, which agreed with Unicode 14.0 in 0.15.2.
struct CharacterData: Sendable {
  /// Whether the categories Cn and Co vanish like Cc and Cf.
  let removesUnassigned: Bool
  /// Whether it is the library tokenizers that knows.
  let isOfTokenizers: Bool

  /// Unicode 14.0, where controls and format characters alone vanish.
  static let unicode14 = CharacterData(removesUnassigned: false, isOfTokenizers: false)

  /// Tells whether a scalar vanishes without separating anything: controls, format characters and U+FFFD.
  func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E, 0x09, 0x0A, 0x0D, Unicode14.ideographs: return false
    case 0xFFFD: return true
    default: break
    }
    if isOfTokenizers { return traits(of: scalar).contains(.dropped) }
    switch Unicode14.category(of: scalar) {
    case .control, .format: return true
    case .privateUse, .unassigned: return removesUnassigned
    default: return false
    }
  }

  /// Tells whether a scalar separates words: white space of any kind that is not removed.
  func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20, 0x09, 0x0A, 0x0D, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// Tells whether a scalar is a word by itself for being punctuation, as all signs of ASCII are.
  func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return false
    case 0x21...0x7E: return true
    case Unicode14.ideographs: return false
    default: break
    }
    if isOfTokenizers { return traits(of: scalar).contains(.punctuation) }
    switch Unicode14.category(of: scalar) {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      return true
    default: return false
    }
  }

  /// Tells whether a scalar is an ideograph that is spaced out.
  ///
  /// tokenizers has 2B920 where the others have 2B820, so the first 256 ideographs of extension E are letters to it
  /// (`normalizers/bert.rs`, `is_chinese_char`).
  func isSpacedIdeograph(_ scalar: Unicode.Scalar) -> Bool {
    isIdeograph(scalar) && !(isOfTokenizers && 0x2B820..<0x2B920 ~= scalar.value)
  }

  /// Tells whether a scalar is dropped with accents, for it has the category Mn.
  func isMark(_ scalar: Unicode.Scalar) -> Bool {
    isOfTokenizers ? traits(of: scalar).contains(.nonspacingMark) : Lowercasing.isNonspacingMark(scalar)
  }

  /// The canonical combining class of a scalar.
  func combiningClass(of scalar: Unicode.Scalar) -> UInt8 {
    // No scalar below U+0300 and none of the ideographs combines.
    if scalar.value < 0x300 || Unicode14.ideographs ~= scalar.value { return 0 }
    if isOfTokenizers, CharacterData.laterClasses.contains(scalar) { return 0 }
    return Unicode14.combiningClass(of: scalar)
  }

  /// Tells whether the canonical decomposition of a scalar is known.
  func decomposes(_ scalar: Unicode.Scalar) -> Bool { !(isOfTokenizers && scalar == "\u{11938}") }

  private func traits(of scalar: Unicode.Scalar) -> ScalarTraits { ScalarTable.traits.traits(of: scalar.value) }

  /// Scalars with a combining class in Unicode 14.0 that have none to tokenizers.
  private static let laterClasses = ScalarRanges(
    """
    7fd 898-89f 8ca-8d3 9fe c3c d3b-d3c eba 1715 1abf-1ace 1df6-1dfa a82c 10d24-10d27 10eab-10eac 10f46-10f50 10f82-10f85 11070 1133b \
    1145e 11839-1183a 1193d-1193e 11943 119e0 11a34 11a47 11a99 11d42 11d44-11d45 11d97 16ff0-16ff1 1e130-1e136 1e2ae 1e2ec-1e2ef
    """)
}

/// A set of scalars as ranges in ascending order.
private struct ScalarRanges {
  private let bounds: [(first: UInt32, last: UInt32)]

  /// Reads ranges such as `890-891 8e2`, in hexadecimal.
  init(_ text: String) {
    bounds = text.split(separator: " ").map { word in
      let ends = word.split(separator: "-").map { UInt32($0, radix: 16)! }
      return (ends[0], ends[ends.count - 1])
    }
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    var (low, high) = (0, bounds.count)
    while low < high {
      let middle = (low + high) / 2
      if bounds[middle].last < scalar.value { low = middle + 1 } else { high = middle }
    }
    return low < bounds.count && bounds[low].first <= scalar.value
  }
}
