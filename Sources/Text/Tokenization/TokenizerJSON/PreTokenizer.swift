/// A text that is cut into parts, within which alone pieces are made; what stands between parts is dropped.
struct CutText {
  var text: PlacedBytes
  var parts: [Range<Int>]
  /// Whether places are kept.
  let isPlaced: Bool

  init(_ text: PlacedBytes, isPlaced: Bool) {
    self.text = text
    self.isPlaced = isPlaced
    parts = text.bytes.isEmpty ? [] : [text.bytes.indices]
  }

  /// Cuts each part again.
  mutating func cut(_ body: (UnsafeBufferPointer<UInt8>, (Range<Int>) -> Void) -> Void) {
    var cut: [Range<Int>] = []
    cut.reserveCapacity(max(parts.count, text.bytes.count / 5))
    text.bytes.withUnsafeBufferPointer { bytes in
      for part in parts {
        body(UnsafeBufferPointer(rebasing: bytes[part])) { range in
          if !range.isEmpty { cut.append(part.lowerBound + range.lowerBound..<part.lowerBound + range.upperBound) }
        }
      }
    }
    parts = cut
  }

  /// Writes each part anew.
  mutating func rewrite(_ body: (_ part: Range<Int>, _ old: PlacedBytes, _ new: inout PlacedBytes) -> Void) {
    var new = PlacedBytes()
    new.bytes.reserveCapacity(text.bytes.count * 2)
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(parts.count)
    for part in parts {
      let start = new.bytes.count
      body(part, text, &new)
      ranges.append(start..<new.bytes.count)
    }
    (text, parts) = (new, ranges)
  }
}

/// How a `tokenizer.json` cuts a text.
///
/// Source: tokenizers 0.23.3, `pre_tokenizers/`.
indirect enum PreTokenizer: Sendable {
  case sequence([PreTokenizer])
  case bert
  case byteLevel(ByteLevel)
  case metaspace(Metaspace)
  case whitespace
  case whitespaceSplit
  case punctuation

  func cut(_ text: inout CutText) {
    switch self {
    case .sequence(let cutters): for cutter in cutters { cutter.cut(&text) }
    case .bert:
      Self.whitespaceSplit.cut(&text)
      Self.punctuation.cut(&text)
    case .byteLevel(let level): level.cut(&text)
    case .metaspace(let space): space.cut(&text)
    case .whitespace: text.cut { Self.cutWords($0, $1) }
    case .whitespaceSplit: text.cut { Self.cut($0, removing: isWhiteSpace, $1) }
    case .punctuation: text.cut { Self.cut($0, isolating: Self.isPunctuation, $1) }
    }
  }

  /// Whether the place of a part in the original text matters.
  var needsPlaces: Bool {
    switch self {
    case .sequence(let cutters): cutters.contains { $0.needsPlaces }
    case .metaspace(let space): space.scheme == .first
    default: false
    }
  }

  private static func isPunctuation(_ scalar: UInt32) -> Bool {
    ScalarTable.traits.traits(of: scalar).contains(.punctuation)
  }

  private static func cut(
    _ text: UnsafeBufferPointer<UInt8>, removing isRemoved: (UInt32) -> Bool, _ body: (Range<Int>) -> Void
  ) {
    var start = 0
    var position = 0
    while position < text.count {
      let (scalar, length) = UTF8Scan.scalar(in: text, at: position)
      if isRemoved(scalar) {
        body(start..<position)
        start = position + length
      }
      position += length
    }
    body(start..<position)
  }

  private static func cut(
    _ text: UnsafeBufferPointer<UInt8>, isolating isIsolated: (UInt32) -> Bool, _ body: (Range<Int>) -> Void
  ) {
    var start = 0
    var position = 0
    while position < text.count {
      let (scalar, length) = UTF8Scan.scalar(in: text, at: position)
      if isIsolated(scalar) {
        body(start..<position)
        body(position..<position + length)
        start = position + length
      }
      position += length
    }
    body(start..<position)
  }

  /// Cuts by `\w+|[^\w\s]+`.
  private static func cutWords(_ text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
    enum Kind { case word, space, other }
    var start = 0
    var position = 0
    var kind = Kind.space
    let table = ScalarTable.traits
    while position < text.count {
      let (scalar, length) = UTF8Scan.scalar(in: text, at: position)
      let next: Kind = table.traits(of: scalar).contains(.word) ? .word : isWhiteSpace(scalar) ? .space : .other
      if next != kind {
        if kind != .space { body(start..<position) }
        (start, kind) = (position, next)
      }
      position += length
    }
    if kind != .space { body(start..<position) }
  }
}

/// GPT-2's cutting, and the writing of bytes as scalars.
struct ByteLevel: Sendable {
  /// Whether a space is put before a part that begins with none.
  var addsPrefixSpace: Bool
  /// Whether GPT-2's pattern cuts.
  var usesPattern: Bool
  /// Whether bytes are written as scalars; where a model of byte pairs follows at once, it takes the bytes themselves.
  var spellsBytes = true

  func cut(_ text: inout CutText) {
    let space = UInt8(ascii: " ")
    let isPlaced = text.isPlaced
    if addsPrefixSpace {
      text.rewrite { part, old, new in
        if old.bytes[part.lowerBound] != space {
          new.append([space], from: old.seam(before: part.lowerBound), isPlaced: isPlaced)
        }
        new.append(part, of: old)
      }
    }
    if usesPattern { text.cut { BytePairPattern(edition: .tokenizers).forEachPart(of: $0, $1) } }
    guard spellsBytes else { return }
    text.rewrite { part, old, new in
      for place in part {
        var spelling: [UInt8] = []
        UTF8Scan.append(ByteAlphabet.scalars[Int(old.bytes[place])], to: &spelling)
        new.append(spelling, from: isPlaced ? old.origins[place] : 0..<0, isPlaced: isPlaced)
      }
    }
  }
}

/// SentencePiece's cutting: spaces become `▁`, at which a part begins.
struct Metaspace: Sendable {
  /// Where a `▁` is put before a part.
  enum Scheme: String, Sendable, CaseIterable {
    /// Before the part that begins the text.
    case first
    case never
    case always
  }

  /// What takes the place of spaces, in UTF-8.
  var replacement: [UInt8]
  var scheme: Scheme
  /// Whether a part is cut before each of them.
  var splits: Bool

  func cut(_ text: inout CutText) {
    let isPlaced = text.isPlaced
    text.rewrite { part, old, new in
      let begins = old.bytes[part].starts(with: replacement) || old.bytes[part.lowerBound] == UInt8(ascii: " ")
      let wanted = scheme == .always || scheme == .first && old.origin(of: part).lowerBound == 0
      if wanted, !begins {
        new.append(replacement, from: old.seam(before: part.lowerBound), isPlaced: isPlaced)
      }
      var start = part.lowerBound
      for place in part where old.bytes[place] == UInt8(ascii: " ") {
        new.append(start..<place, of: old)
        new.append(replacement, from: isPlaced ? old.origins[place] : 0..<0, isPlaced: isPlaced)
        start = place + 1
      }
      new.append(start..<part.upperBound, of: old)
    }
    guard splits else { return }
    text.cut { part, body in
      var start = 0
      var position = 0
      while position < part.count {
        if part[position] == replacement[0], part[position...].starts(with: replacement) {
          body(start..<position)
          start = position
          position += replacement.count
        } else {
          position += 1
        }
      }
      body(start..<position)
    }
  }
}

extension PlacedBytes {
  /// The empty place before a byte.
  fileprivate func seam(before position: Int) -> Range<Int> {
    guard !origins.isEmpty else { return 0..<0 }
    return origins[position].lowerBound..<origins[position].lowerBound
  }

  /// Appends a range of another text.
  fileprivate mutating func append(_ range: Range<Int>, of other: PlacedBytes) {
    bytes += other.bytes[range]
    if !other.origins.isEmpty { origins += other.origins[range] }
  }
}
