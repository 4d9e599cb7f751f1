/// Numbers as files of scores spell them.
enum Score {
  /// The finite decimal number that a field is, white space around it aside; nil for anything else.
  static func number(in field: some StringProtocol) -> Double? {
    let text = PythonText.stripped(field)
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard text.utf8.contains(where: digits.contains),
      text.utf8.allSatisfy({ digits.contains($0) || "+-.eE".utf8.contains($0) }),
      let value = Double(String(text)), value.isFinite
    else { return nil }
    return value
  }
}

/// Texts as Python's methods take them.
enum PythonText {
  /// The text without white space at both ends, as `str.strip()` leaves it.
  static func stripped<Text: StringProtocol>(_ text: Text) -> Text.SubSequence {
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isSpace($0) }) else { return text[text.endIndex...] }
    let last = scalars.lastIndex { !isSpace($0) }!
    return text[first..<scalars.index(after: last)]
  }

  /// `str.isspace()` of a scalar: Unicode's White_Space, and the four separators of information (U+001C to U+001F).
  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
  }
}
