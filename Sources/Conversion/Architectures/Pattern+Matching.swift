extension Architecture.Pattern {
  /// How a name fits.
  package struct Match: Equatable {
    /// The number in the counter's place; nil where the pattern has no counter.
    package let index: Int?
    /// What the name has in the place of each choice, by the choice's spelling.
    package let choices: [String: [UInt8]]

    package init(index: Int?, choices: [String: [UInt8]] = [:]) {
      self.index = index
      self.choices = choices
    }
  }

  /// Fits a name to the whole pattern; nil when it does not fit.
  ///
  /// Of two alternatives that both fit, the earlier counts.
  package func match(_ name: [UInt8]) -> Match? {
    guard Self.bytes(of: name, at: name.count - ending.count, are: ending), Self.bytes(of: name, at: 0, are: beginning)
    else { return nil }
    if hasWildcard { return matchesWildcards(name) ? Match(index: nil) : nil }
    return match(parts[...], name[...], index: nil, choices: [:])
  }

  /// Whether a name begins as the names of this pattern do, up to the number of a block and with it.
  func isBeginning(of name: [UInt8]) -> Bool {
    guard !hasWildcard, let counter = parts.firstIndex(where: { if case .counter = $0 { true } else { false } })
    else { return false }
    return match(parts[...counter], name[...], index: nil, choices: [:], isWhole: false) != nil
  }

  private static func bytes(of name: [UInt8], at offset: Int, are text: [UInt8]) -> Bool {
    guard offset >= 0, text.count <= name.count - offset else { return false }
    // Every name is held against many patterns, and most part with it at once.
    var place = 0
    while place < text.count {
      guard name[offset + place] == text[place] else { return false }
      place += 1
    }
    return true
  }

  private static func bytes(_ text: [UInt8], end name: ArraySlice<UInt8>) -> Bool {
    let start = name.endIndex - text.count
    guard start >= name.startIndex else { return false }
    var place = 0
    while place < text.count {
      guard name[start + place] == text[place] else { return false }
      place += 1
    }
    return true
  }

  /// Fits the rest of a name to the rest of the parts; it calls itself once per choice of the table, never on a name's word.
  private func match(
    _ parts: ArraySlice<Part>, _ name: ArraySlice<UInt8>, index: Int?, choices: [String: [UInt8]], isWhole: Bool = true
  ) -> Match? {
    guard let part = parts.first else {
      return name.isEmpty || !isWhole ? Match(index: index, choices: choices) : nil
    }
    switch part {
    case .text(let bytes):
      guard name.starts(with: bytes) else { return nil }
      return match(parts.dropFirst(), name.dropFirst(bytes.count), index: index, choices: choices, isWhole: isWhole)
    case .counter(_, let width, let first):
      let digits = name.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard digits.count == width || (digits.count > width && digits.first != UInt8(ascii: "0")) else { return nil }
      guard let value = Int(String(decoding: digits, as: UTF8.self)), value >= first else { return nil }
      return match(
        parts.dropFirst(), name.dropFirst(digits.count), index: value - first, choices: choices, isWhole: isWhole)
    case .choice(let choice):
      for text in choice.alternatives.flatMap({ texts($0, before: parts.dropFirst(), in: name, isWhole: isWhole) }) {
        let taken = choices.merging([choice.spelling: Array(text)]) { $1 }
        let rest = name.dropFirst(text.count)
        if let match = match(parts.dropFirst(), rest, index: index, choices: taken, isWhole: isWhole) { return match }
      }
      return nil
    case .anything: preconditionFailure("wildcards are matched apart")
    }
  }

  /// The beginnings of a name that an alternative may stand for, the shortest first.
  ///
  /// What follows a prefix in a whole name has a length between narrow bounds, so few beginnings are tried even in a long name.
  private func texts(
    _ alternative: Choice.Alternative, before parts: ArraySlice<Part>, in name: ArraySlice<UInt8>, isWhole: Bool
  ) -> [ArraySlice<UInt8>] {
    switch alternative {
    case .text(let bytes): return name.starts(with: bytes) ? [name.prefix(bytes.count)] : []
    case .prefix:
      let longest = name.prefix { $0 != UInt8(ascii: "/") }.count
      let shortest = isWhole ? max(1, name.count - parts.reduce(0) { $0 + $1.greatestLength }) : 1
      return shortest <= longest ? (shortest...longest).map { name.prefix($0) } : []
    }
  }

  /// Fits the end of a name to the whole pattern, which has no `*` beside that of a choice: with each way how many bytes stand before it.
  ///
  /// Of two ways with the same beginning, the one with the earlier alternatives counts, and comes first.
  func endMatches(_ name: [UInt8]) -> [(prefixLength: Int, match: Match)] {
    guard Self.bytes(of: name, at: name.count - ending.count, are: ending) else { return [] }
    var found: [(prefixLength: Int, match: Match)] = []
    endMatch(parts[...], name[...], Match(index: nil), into: &found)
    return found
  }

  /// Fits the end of a name to the last parts; it calls itself once per choice and digit, which are few.
  private func endMatch(
    _ parts: ArraySlice<Part>, _ name: ArraySlice<UInt8>, _ match: Match,
    into found: inout [(prefixLength: Int, match: Match)]
  ) {
    guard let part = parts.last else {
      if !found.contains(where: { $0.prefixLength == name.count }) { found.append((name.count, match)) }
      return
    }
    let rest = parts.dropLast()
    switch part {
    case .text(let bytes):
      guard Self.bytes(bytes, end: name) else { return }
      endMatch(rest, name.dropLast(bytes.count), match, into: &found)
    case .counter(_, let width, let first):
      let digits = name.suffix(19).reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      for count in stride(from: digits.count, through: width, by: -1) {
        let number = name.suffix(count)
        guard count == width || number.first != UInt8(ascii: "0"),
          let value = Int(String(decoding: number, as: UTF8.self)), value >= first
        else { continue }
        endMatch(rest, name.dropLast(count), Match(index: value - first, choices: match.choices), into: &found)
      }
    case .choice(let choice):
      for alternative in choice.alternatives {
        let text: ArraySlice<UInt8>
        switch alternative {
        case .text(let bytes):
          guard Self.bytes(bytes, end: name) else { continue }
          text = name.suffix(bytes.count)
        case .prefix:
          // A prefix has no slash: what lies before the last one stands before the name.
          text = name.suffix(from: name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? name.startIndex)
          guard !text.isEmpty else { continue }
        }
        let choices = match.choices.merging([choice.spelling: Array(text)]) { $1 }
        endMatch(rest, name.dropLast(text.count), Match(index: match.index, choices: choices), into: &found)
      }
    case .anything: preconditionFailure("wildcards are matched apart")
    }
  }

  /// The texts of which every name has one at its end: what follows the last counter, or the alternatives of a last choice.
  var endings: [[UInt8]] {
    guard case .choice(let choice)? = parts.last else { return [ending] }
    return choice.alternatives.map { if case .text(let bytes) = $0 { bytes } else { [] } }
  }

  /// Steps through name and pattern together, and back to the last `*` where they part: at most |name| · |pattern| steps.
  private func matchesWildcards(_ name: [UInt8]) -> Bool {
    let wanted = parts.flatMap { part -> [UInt8?] in if case .text(let bytes) = part { bytes } else { [nil] } }
    var (position, place) = (0, 0)
    var restart: (position: Int, place: Int)?
    while position < name.count {
      if place < wanted.count, wanted[place] == nil {
        place += 1
        restart = (position, place)
      } else if place < wanted.count, wanted[place] == name[position] {
        position += 1
        place += 1
      } else if let last = restart {
        restart = (last.position + 1, last.place)
        (position, place) = (last.position + 1, last.place)
      } else {
        return false
      }
    }
    return wanted[place...].allSatisfy { $0 == nil }
  }
}

extension Architecture.Pattern {
  /// The pattern with what is known of its choices in their places.
  func spelling(choosing chosen: [String: [UInt8]]) -> String {
    choices.reduce(spelling) { spelling, choice in
      chosen[choice.spelling].map { text in
        spelling.split(separator: choice.spelling, omittingEmptySubsequences: false)
          .joined(separator: String(decoding: text, as: UTF8.self))
      } ?? spelling
    }
  }
}

extension Architecture.Pattern.Part {
  /// The most bytes that this part takes; a counter's number fits an `Int`.
  fileprivate var greatestLength: Int {
    switch self {
    case .text(let bytes): bytes.count
    case .counter: 19
    case .choice(let choice):
      choice.alternatives.map { if case .text(let bytes) = $0 { bytes.count } else { 0 } }.max() ?? 0
    case .anything: 0
    }
  }
}
