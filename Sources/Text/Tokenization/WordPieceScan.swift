import Bytes

/// A text on its way through WordPiece: the word that is being gathered, and the pieces so far.
///
/// Each scalar takes one look into a ``WordTable``. Where one depends on its neighbours, the stretch between spaces around it is done over
/// by the ``WordNormalizer``; no stretch is done more than twice.
struct WordPieceScan {
  /// One piece: a token by its place in the vocabulary's order, or -1 for a word that does not come apart.
  struct Part {
    var rank: Int32
    /// Whether it was found in the text before anything else, and the place is one among those tokens.
    var isFound = false
    /// Where the word stands among the unknown words' bytes.
    var word = 0..<0
    /// The bytes of the text.
    let source: Range<Int>
  }

  private(set) var parts: [Part] = []
  /// The bytes of words that do not come apart, one behind the other.
  private(set) var unknownWords: [UInt8] = []

  private let text: UnsafeBufferPointer<UInt8>
  private let normalizer: WordNormalizer
  private let table: WordTable
  private let entries: UnsafeBufferPointer<WordTable.Entry>
  private let units: UnsafeBufferPointer<ByteTrie.Unit>
  private let continuation: Int32
  private let maximumWordLength: Int

  /// The word's bytes, for each byte the byte of the text where its scalar comes from, and its length in scalars.
  private var word: [UInt8] = []
  private var origins: [Int] = []
  private var length = 0

  /// Calls `body` with a scan over a text.
  static func with<Result>(
    _ text: UnsafeBufferPointer<UInt8>, by tokenizer: WordPieceTokenizer, _ body: (inout WordPieceScan) -> Result
  ) -> Result {
    tokenizer.table.entries.withUnsafeBufferPointer { entries in
      tokenizer.vocabulary.trie.units.withUnsafeBufferPointer { units in
        var scan = WordPieceScan(text, tokenizer, entries, units)
        return body(&scan)
      }
    }
  }

  private init(
    _ text: UnsafeBufferPointer<UInt8>, _ tokenizer: WordPieceTokenizer,
    _ entries: UnsafeBufferPointer<WordTable.Entry>, _ units: UnsafeBufferPointer<ByteTrie.Unit>
  ) {
    self.text = text
    normalizer = tokenizer.normalizer
    table = tokenizer.table
    self.entries = entries
    self.units = units
    continuation = tokenizer.vocabulary.continuation
    maximumWordLength = tokenizer.maximumWordLength
  }

  /// Splits a part of the text into words, and the words into pieces.
  mutating func split(_ range: Range<Int>) {
    var position = range.lowerBound
    /// Where the stretch without spaces began, and how many pieces there were.
    var stretch = (start: position, partCount: parts.count, unknownCount: unknownWords.count)
    var several: [WordTable.Entry] = []
    while position < range.upperBound {
      let entry: WordTable.Entry
      let length: Int
      let first = text[position]
      if first < 0x80 {
        (entry, length) = (entries[Int(first)], 1)
      } else {
        let (scalar, count) = PlacedText.scalar(of: text, at: position)
        length = count
        entry = scalar.value < 0x10000 ? entries[Int(scalar.value)] : table.entryBeyond(scalar, &several)
      }
      switch entry.kind {
      case .letter: append(entry.value, from: position)
      case .word: appendWord(entry.value, from: position)
      case .nothing: break
      case .space:
        finishWord()
        stretch = (position + length, parts.count, unknownWords.count)
      case .several:
        if several.isEmpty {
          takeSeveral(table.several, at: Int(entry.value), from: position)
        } else {
          takeSeveral(several, at: 0, from: position)
          several.removeAll(keepingCapacity: true)
        }
      case .context:
        parts.removeSubrange(stretch.partCount...)
        unknownWords.removeSubrange(stretch.unknownCount...)
        removeWord()
        let end = endOfStretch(from: position, in: range)
        take(normalizer.normalize(PlacedText(text, in: stretch.start..<end)))
        position = end
        stretch = (position, parts.count, unknownWords.count)
        continue
      }
      position += length
    }
    finishWord()
  }

  /// Appends the pieces of scalars that are normalized.
  mutating func take(_ scalars: some Sequence<WordNormalizer.Placed>) {
    for placed in scalars {
      switch placed.role {
      case .letter: append(placed.scalar.value, from: placed.origin)
      case .word: appendWord(placed.scalar.value, from: placed.origin)
      case .space: finishWord()
      case .nothing: break
      }
    }
    finishWord()
  }

  /// Appends the pieces of a part of the text as it stands, which only white space splits (`do_basic_tokenize` = false).
  mutating func splitAtSpaces(_ range: Range<Int>) {
    var position = range.lowerBound
    while position < range.upperBound {
      let (scalar, length) = PlacedText.scalar(of: text, at: position)
      if isPythonWhitespace(scalar) { finishWord() } else { append(scalar.value, from: position) }
      position += length
    }
    finishWord()
  }

  /// Appends a token that is a piece by itself.
  mutating func append(_ part: Part) { parts.append(part) }

  /// Where the next space begins; a scalar is one if the table says so.
  private func endOfStretch(from start: Int, in range: Range<Int>) -> Int {
    var position = start
    while position < range.upperBound {
      let (scalar, length) = PlacedText.scalar(of: text, at: position)
      if scalar.value < 0x10000, entries[Int(scalar.value)].kind == .space { break }
      position += length
    }
    return position
  }

  private mutating func takeSeveral(_ several: [WordTable.Entry], at place: Int, from origin: Int) {
    for entry in several[(place + 1)...].prefix(Int(several[place].value)) {
      if entry.kind == .letter { append(entry.value, from: origin) } else { appendWord(entry.value, from: origin) }
    }
  }

  private mutating func appendWord(_ scalar: UInt32, from origin: Int) {
    finishWord()
    append(scalar, from: origin)
    finishWord()
  }

  @inline(__always)
  private mutating func append(_ scalar: UInt32, from origin: Int) {
    length += 1
    if scalar < 0x80 {
      word.append(UInt8(truncatingIfNeeded: scalar))
      origins.append(origin)
      return
    }
    let lead: UInt32 = scalar < 0x800 ? 0xC0 : scalar < 0x10000 ? 0xE0 : 0xF0
    var shift: UInt32 = scalar < 0x800 ? 6 : scalar < 0x10000 ? 12 : 18
    word.append(UInt8(truncatingIfNeeded: lead | scalar >> shift))
    origins.append(origin)
    while shift > 0 {
      shift -= 6
      word.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> shift & 0x3F))
      origins.append(origin)
    }
  }

  private mutating func removeWord() {
    word.removeAll(keepingCapacity: true)
    origins.removeAll(keepingCapacity: true)
    length = 0
  }

  /// Splits the word into the longest tokens from left to right, `##` in front of all but the first.
  ///
  /// Source: bert4keras 0.11.5, `tokenizers.py`, `Tokenizer._word_piece_tokenize`; `WordpieceTokenizer.tokenize` of the others is the same.
  private mutating func finishWord() {
    guard length > 0 else { return }
    let first = parts.count
    var start = 0
    var node: Int32 = length <= maximumWordLength ? 0 : -1
    word.withUnsafeBufferPointer { word in
      while start < word.count, node >= 0 {
        var end = start
        var best = (rank: Int32(-1), end: start)
        while end < word.count, let child = units.child(of: node, by: word[end]) {
          node = child
          end += 1
          let rank = units[Int(node)].id
          if rank >= 0 { best = (rank, end) }
        }
        guard best.rank >= 0 else { break }
        parts.append(Part(rank: best.rank, source: source(of: start..<best.end)))
        start = best.end
        node = continuation
      }
    }
    if start < word.count {
      parts.removeSubrange(first...)
      let place = unknownWords.count
      unknownWords += word
      parts.append(Part(rank: -1, word: place..<unknownWords.count, source: source(of: word.indices)))
    }
    removeWord()
  }

  /// The bytes of the text that some bytes of the word come from; marks may have changed places.
  private func source(of range: Range<Int>) -> Range<Int> {
    var (first, last) = (origins[range.lowerBound], origins[range.lowerBound])
    for index in range {
      first = min(first, origins[index])
      last = max(last, origins[index])
    }
    return first..<(last + PlacedText.scalar(of: text, at: last).length)
  }
}
