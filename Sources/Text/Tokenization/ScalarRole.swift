/// What BERT's basic normalisation does with a scalar of the text.
///
/// Source: bert4keras 0.11.5, `tokenizers.py`, `Tokenizer._tokenize` and the predicates that it calls.
enum ScalarRole {
  /// The scalar is a word by itself: punctuation and ideographs.
  case word
  /// The scalar is part of the word around it.
  case letter
  /// The scalar separates words.
  case space
  /// The scalar vanishes without separating anything: control and format characters, NUL and U+FFFD.
  case nothing

  /// Finds the role of a scalar.
  init(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case UInt32(UInt8(ascii: "0"))...UInt32(UInt8(ascii: "9")),
      UInt32(UInt8(ascii: "A"))...UInt32(UInt8(ascii: "Z")),
      UInt32(UInt8(ascii: "a"))...UInt32(UInt8(ascii: "z")):
      self = .letter
    case 0x20, 0x0A, 0x0D, 0x09:
      self = .space
    case 0x21...0x7E:
      // Symbols such as $ and ~ are no punctuation to Unicode, yet are to BERT.
      self = .word
    case 0xFFFD:
      self = .nothing
    default:
      self = isIdeograph(scalar) ? .word : ScalarRole(Unicode14.category(of: scalar))
    }
  }

  private init(_ category: Unicode.GeneralCategory) {
    switch category {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      self = .word
    case .spaceSeparator:
      self = .space
    case .lineSeparator, .paragraphSeparator:
      // No space to BERT; but Python's `split()`, which cuts the words apart in the end, takes them for one.
      self = .space
    case .control, .format:
      self = .nothing
    default:
      self = .letter
    }
  }
}

/// Tells whether a scalar lies in one of the eight blocks of ideographs that BERT spaces out.
///
/// Kana, Hangul and the ideographs of later extensions are letters.
func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B820...0x2CEAF,
    0xF900...0xFAFF, 0x2F800...0x2FA1F:
    true
  default: false
  }
}

/// Tells whether Python's `str.split()` and `str.strip()` take a scalar for white space (29 scalars in Unicode 14.0).
func isPythonWhitespace(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
  default: false
  }
}
