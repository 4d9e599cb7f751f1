import JSON
import SentencePiece

extension TextNormalizer {
  /// Reads a normalizer; see ``TokenizerPipeline/init(reading:)``.
  init(reading part: PartReader) throws {
    switch try part.type() {
    case "Sequence": self = .sequence(try part.parts("normalizers").map(TextNormalizer.init(reading:)))
    case "BertNormalizer":
      let lowers = try part.truth("lowercase")
      let strips = try part.truth("strip_accents", else: lowers)
      self = .bert(
        BERTNormalizer(
          cleansText: try part.truth("clean_text"), spacesIdeographs: try part.truth("handle_chinese_chars"),
          stripsAccents: strips, lowers: lowers))
    case "Lowercase": self = .lowercase
    case "NFC": self = .form(Normalization(composes: true, edition: .tokenizers))
    case "NFD": self = .form(Normalization(edition: .tokenizers))
    case "NFKC": self = .form(Normalization(isCompatible: true, composes: true, edition: .tokenizers))
    case "NFKD": self = .form(Normalization(isCompatible: true, edition: .tokenizers))
    case "StripAccents": self = .stripAccents
    case "Nmt": self = .nmt
    case "Precompiled": self = try Self.precompiled(part)
    case "Replace": self = .replace(try TextReplacement(reading: part))
    case "Prepend": self = .prepend(try part.text("prepend").unicodeScalars.map(\.value))
    case "Strip": self = .strip(left: try part.truth("strip_left"), right: try part.truth("strip_right"))
    case let type:
      throw part.unsupported(
        type,
        "Sequence, BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, StripAccents, Nmt, Precompiled, Replace, Prepend or Strip"
      )
    }
  }

  private static func precompiled(_ part: PartReader) throws -> TextNormalizer {
    guard let bytes = Base64.bytes(of: try part.text("precompiled_charsmap")) else {
      throw part.damaged("precompiled_charsmap", "a text that is not Base64", "Base64")
    }
    return .precompiled(try Charsmap(bytes, file: "\(part.file)(\(part.path).precompiled_charsmap)"))
  }
}

extension TextReplacement {
  /// Reads the normalizer or the decoder `Replace`.
  init(reading part: PartReader) throws {
    content = try part.text("content").unicodeScalars.map(\.value)
    let pattern = try part.part("pattern")
    if let text = pattern.json["String"]?.string {
      self.pattern = .text(text.unicodeScalars.map(\.value))
    } else {
      let expression = try pattern.text("Regex")
      guard expression == " {2,}" else {
        throw pattern.unsupported("Regex", found: "the regular expression \"\(expression)\"", "a text, or \" {2,}\"")
      }
      self.pattern = .spaces
    }
  }
}

extension PreTokenizer {
  /// Reads a pre-tokenizer; see ``TokenizerPipeline/init(reading:)``.
  init(reading part: PartReader) throws {
    switch try part.type() {
    case "Sequence": self = .sequence(try part.parts("pretokenizers").map(PreTokenizer.init(reading:)))
    case "BertPreTokenizer": self = .bert
    case "ByteLevel":
      self = .byteLevel(
        ByteLevel(
          addsPrefixSpace: try part.truth("add_prefix_space"), usesPattern: try part.truth("use_regex", else: true)))
    case "Metaspace": self = .metaspace(try Metaspace(reading: part))
    case "Whitespace": self = .whitespace
    case "WhitespaceSplit": self = .whitespaceSplit
    case "Punctuation":
      if let behavior = part.optional("behavior"), behavior != "Isolated" {
        throw part.unsupported("behavior", found: brief(behavior), "\"Isolated\"")
      }
      self = .punctuation
    case let type:
      throw part.unsupported(
        type, "Sequence, BertPreTokenizer, ByteLevel, Metaspace, Whitespace, WhitespaceSplit or Punctuation")
    }
  }

  /// The same, bytes at its end left as they are for a model that takes them.
  var leavingBytes: PreTokenizer? {
    switch self {
    case .byteLevel(var level):
      level.spellsBytes = false
      return .byteLevel(level)
    case .sequence(let cutters):
      guard let last = cutters.last?.leavingBytes else { return nil }
      return .sequence(cutters.dropLast() + [last])
    default: return nil
    }
  }
}

extension Metaspace {
  /// Reads the pre-tokenizer or the decoder `Metaspace`; older files say `add_prefix_space` in place of `prepend_scheme`.
  init(reading part: PartReader) throws {
    replacement = try part.character("replacement")
    var scheme = Scheme.always
    if let said = part.optional("prepend_scheme") {
      guard let known = said.string.flatMap(Scheme.init(rawValue:)) else {
        throw part.wrong("prepend_scheme", "\"first\", \"never\" or \"always\"")
      }
      scheme = known
    }
    if try !part.truth("add_prefix_space", else: true) {
      guard part.optional("prepend_scheme") == nil || scheme == .never else {
        throw part.damaged(
          "add_prefix_space", "false beside prepend_scheme = \"\(scheme.rawValue)\"", "the two to say the same")
      }
      scheme = .never
    }
    self.scheme = scheme
    splits = try part.truth("split", else: true)
  }
}

/// The text form of bytes (RFC 4648, section 4).
enum Base64 {
  /// The bytes of a text; nil when it is none.
  static func bytes(of text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 4 * 3)
    var bits: UInt32 = 0
    var count = 0
    var padding = 0
    for character in text.utf8 {
      if character == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      guard padding == 0, let digit = value(of: character) else { return nil }
      bits = bits << 6 | digit
      count += 1
      guard count.isMultiple(of: 4) else { continue }
      bytes += [
        UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits),
      ]
    }
    switch (count % 4, padding) {
    case (0, 0): break
    case (2, 2): bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
    case (3, 1): bytes += [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
    default: return nil
    }
    return bytes
  }

  private static func value(of character: UInt8) -> UInt32? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
