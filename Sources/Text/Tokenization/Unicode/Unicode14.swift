/// The character properties of Unicode 14.0, the version of Python 3.11, under which the references are recorded.
///
/// Token ids depend on categories, and categories grow with each version of Unicode. The standard library follows the
/// newest one, so this pins it: a scalar that is younger than 14.0 has the properties of an unassigned one, and the two
/// scalars whose category changed since have their old one. A test compares every scalar with Python's tables.
enum Unicode14 {
  /// The scalars U+3400 to U+9FFF, ideographs and hexagrams, of which none is a mark, has a case or decomposes.
  ///
  /// Most of Chinese text lies here, so the looking up is worth passing over.
  static let ideographs: ClosedRange<UInt32> = 0x3400...0x9FFF

  /// Returns the general category, `unassigned` for every scalar that came after 14.0.
  static func category(of scalar: Unicode.Scalar) -> Unicode.GeneralCategory {
    switch scalar {
    case laryngealFricative: .lowercaseLetter
    case ahomMedialRa: .nonspacingMark
    default:
      isAssigned(scalar) ? scalar.properties.generalCategory : .unassigned
    }
  }

  /// Tells whether the scalar has one of the cases, the property Cased.
  static func isCased(_ scalar: Unicode.Scalar) -> Bool {
    scalar == laryngealFricative || scalar.properties.isCased && isAssigned(scalar)
  }

  /// Tells whether the scalar is transparent to the rules of casing, the property Case_Ignorable.
  static func isCaseIgnorable(_ scalar: Unicode.Scalar) -> Bool {
    scalar == ahomMedialRa || scalar.properties.isCaseIgnorable && isAssigned(scalar)
  }

  /// Returns the lower case regardless of context: one scalar, or two for U+0130.
  static func lowercase(of scalar: Unicode.Scalar) -> String.UnicodeScalarView {
    isAssigned(scalar) ? scalar.properties.lowercaseMapping.unicodeScalars : String(scalar).unicodeScalars
  }

  /// Returns the canonical combining class, 0 for a scalar that combines with nothing.
  static func combiningClass(of scalar: Unicode.Scalar) -> UInt8 {
    let value = scalar.properties.canonicalCombiningClass.rawValue
    return value != 0 && isAssigned(scalar) ? value : 0
  }

  private static func isAssigned(_ scalar: Unicode.Scalar) -> Bool {
    guard let age = scalar.properties.age else { return false }
    return age.major <= 14
  }

  /// U+0295, a lower-case letter in Unicode 14.0, today a letter without case.
  private static let laryngealFricative: Unicode.Scalar = "\u{295}"
  /// U+1171E, a nonspacing mark in Unicode 14.0, today a spacing one.
  private static let ahomMedialRa: Unicode.Scalar = "\u{1171E}"
}
