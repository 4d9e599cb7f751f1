import Synchronization

/// What becomes of each scalar by itself, in a table: splitting a text then takes one look for each.
///
/// Only scalars that depend on what stands around them need the whole of ``WordNormalizer``.
final class WordTable: Sendable {
  /// What becomes of one scalar: the kind in the upper bits; the scalar that takes its place, or where several stand in ``several``.
  struct Entry {
    let bits: UInt32

    /// What is to be done.
    enum Kind: UInt32 {
      case letter, word, space, nothing, several, context
    }

    init(_ kind: Kind, _ value: UInt32 = 0) { bits = kind.rawValue << 24 | value }

    @inline(__always) var kind: Kind { Kind(rawValue: bits >> 24).unsafelyUnwrapped }
    @inline(__always) var value: UInt32 { bits & 0xFF_FFFF }
  }

  private let normalizer: WordNormalizer
  /// The entries of the scalars below U+10000.
  let entries: [Entry]
  /// For each scalar that becomes several how many, and then they.
  let several: [Entry]

  /// The table of a normalizer; each is made once.
  static func of(_ normalizer: WordNormalizer) -> WordTable {
    made.withLock { tables in
      if let known = tables[normalizer] { return known }
      let table = WordTable(normalizer)
      tables[normalizer] = table
      return table
    }
  }

  private static let made = Mutex<[WordNormalizer: WordTable]>([:])

  private init(_ normalizer: WordNormalizer) {
    self.normalizer = normalizer
    var entries: [Entry] = []
    var several: [Entry] = []
    entries.reserveCapacity(0x10000)
    for value in UInt32(0)..<0x10000 {
      // Ideographs of the two great blocks are alike.
      if 0x4E01...0x9FFC ~= value {
        entries.append(Entry(entries[0x4E00].kind, value))
      } else if let scalar = Unicode.Scalar(value) {
        entries.append(WordTable.entry(of: scalar, normalizer, &several))
      } else {
        entries.append(Entry(.nothing))
      }
    }
    (self.entries, self.several) = (entries, several)
  }

  /// What becomes of a scalar from U+10000 on, which no table holds.
  func entryBeyond(_ scalar: Unicode.Scalar, _ several: inout [Entry]) -> Entry {
    several.removeAll(keepingCapacity: true)
    return WordTable.entry(of: scalar, normalizer, &several)
  }

  private static func entry(
    of scalar: Unicode.Scalar, _ normalizer: WordNormalizer, _ several: inout [Entry]
  ) -> Entry {
    let alone = normalizer.normalize(PlacedText(scalar))
    if normalizer.dependsOnContext(scalar, alone: alone) { return Entry(.context) }
    let entries = alone.filter { $0.role != .nothing }.map { placed in
      Entry(placed.role == .letter ? .letter : placed.role == .word ? .word : .space, placed.scalar.value)
    }
    if entries.count < 2 { return entries.first ?? Entry(.nothing) }
    let place = UInt32(several.count)
    several.append(Entry(.several, UInt32(entries.count)))
    several += entries
    return Entry(.several, place)
  }
}
