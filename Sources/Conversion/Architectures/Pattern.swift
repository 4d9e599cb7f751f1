extension Architecture {
  /// The names that one row of a table stands for: a text with at most one counter and with choices, or with `*`.
  ///
  /// Names are compared byte by byte: two spellings of "é" are two names.
  public struct Pattern: Equatable, Sendable {
    enum Part: Equatable, Sendable {
      case text([UInt8])
      /// A block's number, without leading zeros or, with a width, padded with zeros to it; the names count from `first`.
      case counter(letter: String, width: Int, first: Int)
      /// One of several texts, the same in every name of a checkpoint.
      case choice(Choice)
      /// Any bytes, also none.
      case anything
    }

    /// Several texts, of which all names of a checkpoint have one and the same in this place: `(bert.|)`.
    struct Choice: Equatable, Sendable {
      enum Alternative: Equatable, Sendable {
        case text([UInt8])
        /// Any bytes but a slash; only at the beginning of a name.
        case prefix
      }

      /// The choice as the table spells it; choices of one spelling are one choice.
      let spelling: String
      /// At least two; files that Ingot writes have the first.
      let alternatives: [Alternative]

      /// The text that files usually have in this place, `bert.`; nil where they usually have none.
      var word: [UInt8]? {
        if case .text(let bytes)? = alternatives.first, !bytes.isEmpty { bytes } else { nil }
      }
    }

    /// The pattern as the table spells it.
    public let spelling: String
    let parts: [Part]
    /// What every name begins and ends with: most names are told apart by these alone.
    let (beginning, ending): ([UInt8], [UInt8])

    /// Reads a pattern; nil when a brace is not part of a counter such as `{L}`, `{L:3}` or `{L+1}`, or a parenthesis not part of
    /// a choice such as `(weight|gamma)` or, at the beginning, `(|*)`.
    package init?(_ spelling: String) {
      var parts: [Part] = []
      var rest = spelling.unicodeScalars[...]
      while let scalar = rest.first {
        switch scalar {
        case "{", "(":
          guard let end = rest.firstIndex(of: scalar == "{" ? "}" : ")") else { return nil }
          let inside = String(rest[..<end].dropFirst())
          guard let part = scalar == "{" ? Pattern.counter(inside) : Pattern.choice(inside, isFirst: parts.isEmpty)
          else {
            return nil
          }
          parts.append(part)
          rest = rest[rest.index(after: end)...]
        case "}", ")": return nil
        case "*":
          parts.append(.anything)
          rest = rest.dropFirst()
        default:
          let text = rest.prefix { !"{}()*".unicodeScalars.contains($0) }
          parts.append(.text(Array(String(text).utf8)))
          rest = rest.dropFirst(text.count)
        }
      }
      self.spelling = spelling
      self.parts = parts
      (beginning, ending) = (Pattern.text(parts.first), Pattern.text(parts.last))
      let choices = choices.map(\.spelling)
      guard Set(choices).count == choices.count, choices.count <= 3, choices.isEmpty || !hasWildcard else { return nil }
    }

    private static func text(_ part: Part?) -> [UInt8] {
      if case .text(let bytes) = part { bytes } else { [] }
    }

    private static func counter(_ text: String) -> Part? {
      let fields = text.split(separator: ":", omittingEmptySubsequences: false)
      guard let sum = fields.first, fields.count <= 2 else { return nil }
      let first = sum.hasSuffix("+1") ? 1 : 0
      let letter = sum.dropLast(2 * first)
      guard letter.utf8.count == 1, ("A"..."Z").contains(letter) else { return nil }
      guard fields.count == 2 else { return .counter(letter: String(letter), width: 1, first: first) }
      guard let width = Int(fields[1]), (2...9).contains(width), String(width) == fields[1] else { return nil }
      return .counter(letter: String(letter), width: width, first: first)
    }

    private static func choice(_ text: String, isFirst: Bool) -> Part? {
      let texts = text.unicodeScalars.split(separator: "|", omittingEmptySubsequences: false).map { String($0) }
      guard (2...8).contains(texts.count), Set(texts).count == texts.count else { return nil }
      guard !text.unicodeScalars.contains(where: "{}(".unicodeScalars.contains) else { return nil }
      let alternatives = texts.map { $0 == "*" ? Choice.Alternative.prefix : .text(Array($0.utf8)) }
      guard texts.allSatisfy({ $0 == "*" || !$0.unicodeScalars.contains("*") }) else { return nil }
      guard isFirst || !alternatives.contains(.prefix) else { return nil }
      return .choice(Choice(spelling: "(\(text))", alternatives: alternatives))
    }

    /// The letters of the counters, in order.
    var counters: [String] {
      parts.compactMap { if case .counter(let letter, _, _) = $0 { letter } else { nil } }
    }

    /// The choices, in order.
    var choices: [Choice] {
      parts.compactMap { if case .choice(let choice) = $0 { choice } else { nil } }
    }

    /// Whether `*` occurs outside choices.
    var hasWildcard: Bool { parts.contains(.anything) }
  }
}
