import SentencePiece

/// What a `tokenizer.json` does to a text before it is cut.
///
/// Source: tokenizers 0.23.3, `normalizers/`.
indirect enum TextNormalizer: Sendable {
  case sequence([TextNormalizer])
  case bert(BERTNormalizer)
  case lowercase
  case form(Normalization)
  case stripAccents
  case nmt
  case precompiled(Charsmap)
  case replace(TextReplacement)
  case prepend([UInt32])
  case strip(left: Bool, right: Bool)

  func normalize(_ text: NormalizedText) -> NormalizedText {
    switch self {
    case .sequence(let normalizers): normalizers.reduce(text) { $1.normalize($0) }
    case .bert(let normalizer): normalizer.normalize(text)
    case .lowercase: Self.lowered(text)
    case .form(let form): Self.normalized(text, form)
    case .stripAccents: text.filtered { !ScalarTable.traits.traits(of: $0).contains(.mark) }
    case .nmt: Self.cleaned(text)
    case .precompiled(let map): PrecompiledNormalizer(map: map).normalize(text)
    case .replace(let replacement): replacement.applied(to: text)
    case .prepend(let prefix): Self.prepended(prefix, to: text)
    case .strip(let left, let right): Self.stripped(text, left: left, right: right)
    }
  }

  private static func normalized(_ text: NormalizedText, _ form: Normalization) -> NormalizedText {
    var text = text
    text.normalize(form)
    return text
  }

  /// The lower case of each scalar regardless of its neighbours (Rust's `char::to_lowercase`, Unicode 17.0).
  static func lowered(_ text: NormalizedText) -> NormalizedText {
    text.mapped { index, scalar, result in
      switch scalar {
      case 0x41...0x5A: result.append(scalar + 0x20, from: text.origin(of: index))
      case 0..<0xC0, Unicode14.ideographs: result.append(scalar, from: text.origin(of: index))
      // What Unicode 17.0 has added, which the standard library may not know.
      case 0xA7CE, 0xA7D2, 0xA7D4: result.append(scalar + 1, from: text.origin(of: index))
      case 0x16EA0...0x16EB8: result.append(scalar + 0x1B, from: text.origin(of: index))
      default:
        let properties = Unicode.Scalar(scalar)!.properties
        guard properties.changesWhenLowercased, let age = properties.age, age.major <= 17 else {
          return result.append(scalar, from: text.origin(of: index))
        }
        for lower in properties.lowercaseMapping.unicodeScalars {
          result.append(lower.value, from: text.origin(of: index))
        }
      }
    }
  }

  /// Drops control characters, and makes spaces of what else is blank (`normalizers/unicode.rs:49-85`).
  private static func cleaned(_ text: NormalizedText) -> NormalizedText {
    text.mapped { index, scalar, result in
      switch scalar {
      case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: break
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
        result.append(0x20, from: text.origin(of: index))
      default: result.append(scalar, from: text.origin(of: index))
      }
    }
  }

  static func prepended(_ prefix: [UInt32], to text: NormalizedText) -> NormalizedText {
    guard !text.scalars.isEmpty else { return text }
    return text.mapped { index, scalar, result in
      if index == 0 { for added in prefix { result.append(added, from: text.seam(before: 0)) } }
      result.append(scalar, from: text.origin(of: index))
    }
  }

  private static func stripped(_ text: NormalizedText, left: Bool, right: Bool) -> NormalizedText {
    var range = text.scalars.indices
    while left, let first = range.first, isWhiteSpace(text.scalars[first]) { range = first + 1..<range.upperBound }
    while right, let last = range.last, isWhiteSpace(text.scalars[last]) { range = range.lowerBound..<last }
    return text.slice(range)
  }
}

/// BERT's cleaning as tokenizers has it.
///
/// Source: tokenizers 0.23.3, `normalizers/bert.rs`. The block of ideographs from U+2B820 begins there at U+2B920.
struct BERTNormalizer: Sendable {
  var cleansText = true
  var spacesIdeographs = true
  var stripsAccents = true
  var lowers = true

  func normalize(_ text: NormalizedText) -> NormalizedText {
    var text = cleaned(text)
    if stripsAccents {
      text.normalize(Normalization(edition: .tokenizers))
      let table = ScalarTable.traits
      text = text.filtered { $0 < 0x300 || !table.traits(of: $0).contains(.nonspacingMark) }
    }
    return lowers ? TextNormalizer.lowered(text) : text
  }

  private func cleaned(_ text: NormalizedText) -> NormalizedText {
    guard cleansText || spacesIdeographs else { return text }
    let table = ScalarTable.traits
    return text.mapped { index, scalar, result in
      if spacesIdeographs, Self.isIdeograph(scalar) {
        result.append(0x20, from: text.seam(before: index))
        result.append(scalar, from: text.origin(of: index))
        return result.append(0x20, from: text.seam(before: index + 1))
      }
      guard cleansText, !(0x21...0x7E).contains(scalar) else {
        return result.append(scalar, from: text.origin(of: index))
      }
      if table.traits(of: scalar).contains(.dropped), !(scalar == 0x09 || scalar == 0x0A || scalar == 0x0D) { return }
      result.append(isWhiteSpace(scalar) ? 0x20 : scalar, from: text.origin(of: index))
    }
  }

  private static func isIdeograph(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B920...0x2CEAF,
      0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }
}

/// A text that takes the place of another wherever that stands, or of runs of spaces.
struct TextReplacement: Sendable {
  /// What is replaced.
  enum Pattern: Sendable {
    /// A text.
    case text([UInt32])
    /// Two spaces or more, the one regular expression that released tokenizers of this family have (` {2,}`).
    case spaces
  }

  let pattern: Pattern
  let content: [UInt32]

  func applied(to text: NormalizedText) -> NormalizedText {
    var result = NormalizedText(isPlaced: text.isPlaced)
    var position = 0
    for match in matches(in: text.scalars) {
      for index in position..<match.lowerBound { result.append(text.scalars[index], from: text.origin(of: index)) }
      // tokenizers places it at the last character that is replaced, which decides whether it begins the text.
      for scalar in content { result.append(scalar, from: text.origin(of: match.upperBound - 1)) }
      position = match.upperBound
    }
    for index in position..<text.scalars.count { result.append(text.scalars[index], from: text.origin(of: index)) }
    return result
  }

  /// The ranges that are replaced, in order.
  func matches(in scalars: [UInt32]) -> [Range<Int>] {
    switch pattern {
    case .spaces: Self.spaces(in: scalars)
    case .text(let pattern): pattern.isEmpty ? [] : Self.places(of: pattern, in: scalars)
    }
  }

  private static func spaces(in scalars: [UInt32]) -> [Range<Int>] {
    var matches: [Range<Int>] = []
    var position = 0
    while position < scalars.count {
      var end = position
      while end < scalars.count, scalars[end] == 0x20 { end += 1 }
      if end - position >= 2 { matches.append(position..<end) }
      position = max(end, position + 1)
    }
    return matches
  }

  /// The places of a pattern that do not overlap, in linear time (Knuth, Morris and Pratt 1977).
  private static func places(of pattern: [UInt32], in scalars: [UInt32]) -> [Range<Int>] {
    var borders = [0]
    for scalar in pattern.dropFirst() {
      var length = borders[borders.count - 1]
      while length > 0, pattern[length] != scalar { length = borders[length - 1] }
      borders.append(pattern[length] == scalar ? length + 1 : 0)
    }
    var matches: [Range<Int>] = []
    var matched = 0
    for (index, scalar) in scalars.enumerated() {
      while matched > 0, pattern[matched] != scalar { matched = borders[matched - 1] }
      if pattern[matched] == scalar { matched += 1 }
      if matched == pattern.count {
        matches.append(index + 1 - matched..<index + 1)
        matched = 0
      }
    }
    return matches
  }
}
