/// Lower case and removal of accents as bert4keras does it with `do_lower_case`: Python's `lower()`, NFD, and every
/// nonspacing mark dropped.
///
/// Hangul syllables come apart into jamo and stay so. Source: bert4keras 0.11.5, `snippets.py`,
/// `lowercase_and_normalize`.
package enum Lowercasing {
  /// A text as Python's `lower()` gives it.
  package static func lowercase(_ text: String) -> String {
    var lower = String.UnicodeScalarView()
    forEachLowercase(of: Array(text.unicodeScalars)) { lower.append($1) }
    return String(lower)
  }

  /// Calls `body` with each scalar of the text in lower case and the place of the scalar that it comes from.
  ///
  /// U+0130 gives two scalars. A capital sigma that ends a word gives `ς`, any other `σ`: it ends one when, passing over
  /// case-ignorable scalars, a cased one stands before it and none after it (Unicode 14.0, table 3-17).
  ///
  /// - Parameter inContext: Whether that is asked; otherwise every capital sigma gives `σ`.
  static func forEachLowercase(
    of text: [Unicode.Scalar], inContext: Bool = true, _ body: (Int, Unicode.Scalar) -> Void
  ) {
    var followsCased = false
    for (index, scalar) in text.enumerated() {
      switch scalar.value {
      case 0x3A3:
        body(index, inContext && followsCased && !precedesCased(text, after: index) ? "ς" : "σ")
        followsCased = true
        continue
      case 0x41...0x5A:
        body(index, Unicode.Scalar(UInt8(scalar.value) + 0x20))
      case 0..<0x80:
        body(index, scalar)
      case Unicode14.ideographs:
        body(index, scalar)
        followsCased = false
        continue
      default:
        for lower in Unicode14.lowercase(of: scalar) { body(index, lower) }
      }
      if !Unicode14.isCaseIgnorable(scalar) {
        followsCased = Unicode14.isCased(scalar)
      }
    }
  }

  /// Tells whether the scalar has the category Mn.
  static func isNonspacingMark(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x300, !Unicode14.ideographs.contains(scalar.value) else { return false }
    return Unicode14.category(of: scalar) == .nonspacingMark
  }

  private static func precedesCased(_ text: [Unicode.Scalar], after index: Int) -> Bool {
    let next = text[(index + 1)...].first { !Unicode14.isCaseIgnorable($0) }
    return next.map(Unicode14.isCased) ?? false
  }
}
