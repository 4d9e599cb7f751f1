/// What a program knows of characters: that of Unicode 14.0, or what the library tokenizers knows, which is older.
///
/// tokenizers takes categories from the crate unicode_categories (Unicode 8, see ``ScalarTraits``), combining classes from
/// unicode-normalization-alignments (Unicode 9), and lower case from Rust's standard library, which agreed with Unicode 14.0 in 0.15.2.
struct CharacterData: Sendable {
  /// Whether the categories Cn and Co vanish like Cc and Cf.
  let removesUnassigned: Bool
  /// Whose tables count when characters are taken apart; with those of the library tokenizers go its categories.
  let edition: Normalization.Edition

  /// Unicode 14.0, where controls and format characters alone vanish.
  static let unicode14 = CharacterData(removesUnassigned: false, edition: .unicode14)

  /// Tells whether a scalar vanishes without separating anything: controls, format characters and U+FFFD.
  func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E, 0x09, 0x0A, 0x0D, Unicode14.ideographs: return false
    case 0xFFFD: return true
    default: break
    }
    if edition == .tokenizers { return traits(of: scalar).contains(.dropped) }
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
    if edition == .tokenizers { return traits(of: scalar).contains(.punctuation) }
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
    isIdeograph(scalar) && !(edition == .tokenizers && 0x2B820..<0x2B920 ~= scalar.value)
  }

  /// Tells whether a scalar is dropped with accents, for it has the category Mn.
  func isMark(_ scalar: Unicode.Scalar) -> Bool {
    edition == .tokenizers ? traits(of: scalar).contains(.nonspacingMark) : Lowercasing.isNonspacingMark(scalar)
  }

  private func traits(of scalar: Unicode.Scalar) -> ScalarTraits { ScalarTable.traits.traits(of: scalar.value) }
}
