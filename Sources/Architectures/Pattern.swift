extension Architecture {
  /// The names that one row of a table stands for: a text with at most one counter, or with `*`.
  ///
  /// Names are compared byte by byte: two spellings of "é" are two names.
  public struct Pattern: Equatable, Sendable {
    enum Part: Equatable, Sendable {
      case text([UInt8])
      /// A block's number, without leading zeros or, with a width, padded with zeros to it.
      case counter(letter: String, width: Int)
      /// Any bytes, also none.
      case anything
    }

    /// The pattern as the table spells it.
    public let spelling: String
    let parts: [Part]

    /// Reads a pattern; nil when a brace is not part of a counter such as `{L}` or `{L:3}`.
    package init?(_ spelling: String) {
      var parts: [Part] = []
      var text: [UInt8] = []
      func flush() {
        if !text.isEmpty { parts.append(.text(text)) }
        text = []
      }
      var rest = spelling.unicodeScalars[...]
      while let scalar = rest.popFirst() {
        switch scalar {
        case "{":
          guard let end = rest.firstIndex(of: "}"), let counter = Pattern.counter(String(rest[..<end])) else {
            return nil
          }
          flush()
          parts.append(counter)
          rest = rest[rest.index(after: end)...]
        case "}": return nil
        case "*":
          flush()
          parts.append(.anything)
        default: text += Array(String(scalar).utf8)
        }
      }
      flush()
      self.spelling = spelling
      self.parts = parts
    }

    private static func counter(_ text: String) -> Part? {
      let fields = text.split(separator: ":", omittingEmptySubsequences: false)
      guard let letter = fields.first, letter.utf8.count == 1, ("A"..."Z").contains(letter), fields.count <= 2 else {
        return nil
      }
      guard fields.count == 2 else { return .counter(letter: String(letter), width: 1) }
      guard let width = Int(fields[1]), (2...9).contains(width), String(width) == fields[1] else { return nil }
      return .counter(letter: String(letter), width: width)
    }

    /// The letters of the counters, in order.
    var counters: [String] {
      parts.compactMap { if case .counter(let letter, _) = $0 { letter } else { nil } }
    }

    /// Whether `*` occurs.
    var hasWildcard: Bool { parts.contains(.anything) }
  }
}

extension Architecture.Pattern {
  /// How a name fits: the number in the counter's place, or nil in it where the pattern has no counter.
  package struct Match: Equatable {
    package let index: Int?

    package init(index: Int?) { self.index = index }
  }

  /// Fits a name to the whole pattern; nil when it does not fit.
  package func match(_ name: [UInt8]) -> Match? {
    if hasWildcard { return matchesWildcards(name) ? Match(index: nil) : nil }
    var rest = name[...]
    var index: Int?
    for part in parts {
      switch part {
      case .text(let bytes):
        guard rest.starts(with: bytes) else { return nil }
        rest = rest.dropFirst(bytes.count)
      case .counter(_, let width):
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard digits.count == width || (digits.count > width && digits.first != UInt8(ascii: "0")) else { return nil }
        guard let value = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        index = value
        rest = rest.dropFirst(digits.count)
      case .anything: preconditionFailure("wildcards are matched apart")
      }
    }
    return rest.isEmpty ? Match(index: index) : nil
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
  /// Whether some name fits both patterns; counters count as any digits.
  ///
  /// The patterns are read as two machines that step through one common name together.
  package func overlaps(_ other: Architecture.Pattern) -> Bool {
    let (left, right) = (machine, other.machine)
    var reached: Set<[Int]> = []
    var open = [[0, 0]]
    while let state = open.popLast() {
      guard reached.insert(state).inserted else { continue }
      let (i, j) = (state[0], state[1])
      if i == left.count, j == right.count { return true }
      if i < left.count, left[i].repeats { open.append([i + 1, j]) }
      if j < right.count, right[j].repeats { open.append([i, j + 1]) }
      if i < left.count, j < right.count, left[i].accepts.overlaps(right[j].accepts) {
        open.append([left[i].repeats ? i : i + 1, right[j].repeats ? j : j + 1])
      }
    }
    return false
  }

  private var machine: [(accepts: ClosedRange<UInt8>, repeats: Bool)] {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    return parts.flatMap { part -> [(accepts: ClosedRange<UInt8>, repeats: Bool)] in
      switch part {
      case .text(let bytes): bytes.map { ($0...$0, false) }
      case .counter: [(digits, false), (digits, true)]
      case .anything: [(0...255, true)]
      }
    }
  }
}
