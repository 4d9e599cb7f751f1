/// What the programs behind transformers hold a scalar for.
///
/// They carry Unicode tables of different versions, none of which is that of the standard library: Oniguruma in tokenizers 0.23.3 has
/// Unicode 16.0 (in tokenizers 0.15.2 it had 15.0), the package `regex` 2026.11.19 has 18.0, the crates `unicode_categories` and
/// `unicode-normalization-alignments` have older ones, and Rust's `regex` has 16.0. So every scalar has been asked for
/// (`tools/unicode/traits.py`).
struct ScalarTraits: OptionSet, Sendable {
  let rawValue: UInt16

  /// Punctuation to `BertPreTokenizer`: the categories P, and what of ASCII is neither letter, digit nor control character.
  static let punctuation = ScalarTraits(rawValue: 1 << 4)
  /// Dropped by `BertNormalizer` with `clean_text`: NUL, U+FFFD and the categories C, unassigned scalars aside.
  static let dropped = ScalarTraits(rawValue: 1 << 5)
  /// Dropped by `BertNormalizer` with `strip_accents`: a nonspacing mark that does not decompose.
  static let nonspacingMark = ScalarTraits(rawValue: 1 << 6)
  /// Dropped by `StripAccents`: a mark of any kind.
  static let mark = ScalarTraits(rawValue: 1 << 7)
  /// Part of a word to `Whitespace`: `\w`.
  static let word = ScalarTraits(rawValue: 1 << 8)
}

/// What the pattern of GPT-2 holds a scalar for: `\p{L}`, `\p{N}`, `\s` or none of them.
enum PatternClass: UInt8, Sendable {
  case other
  case letter
  case number
  case space
}

/// The traits of all scalars in two stages: the upper bits lead to a block, the lower bits to a place in it.
struct ScalarTable: Sendable {
  private var blocks: [UInt16] = []
  private var values: [UInt16] = []
  private static let blockBits: UInt32 = 7
  private static let blockSize = 1 << Int(blockBits)

  /// The table of ``ScalarTraits/runs``.
  static let traits = ScalarTable(parsing: ScalarTraits.runs)

  /// Reads runs `count=value`, which cover all scalars; equal neighbours make one block where they fill it.
  private init(parsing runs: String) {
    var uniform: [UInt16: UInt16] = [:]
    var block: [UInt16] = []
    func number(_ text: Substring.UTF8View) -> Int { Int(Substring(text), radix: 16)! }
    for run in runs.utf8.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }) {
      let parts = run.split(separator: UInt8(ascii: "=")).map(number)
      let value = UInt16(parts[1])
      var count = parts[0]
      while count > 0 {
        let added = min(count, Self.blockSize - block.count)
        block.append(contentsOf: repeatElement(value, count: added))
        count -= added
        guard block.count == Self.blockSize else { continue }
        let isUniform = added == Self.blockSize
        if isUniform, let known = uniform[value] {
          blocks.append(known)
        } else {
          let place = UInt16(values.count / Self.blockSize)
          if isUniform { uniform[value] = place }
          blocks.append(place)
          values += block
        }
        block.removeAll(keepingCapacity: true)
      }
    }
  }

  /// The traits of a scalar.
  @inline(__always)
  func traits(of scalar: UInt32) -> ScalarTraits { ScalarTraits(rawValue: value(of: scalar)) }

  /// The class of a scalar to tokenizers, or to `regex`.
  @inline(__always)
  func patternClass(of scalar: UInt32, in edition: BytePairPattern.Edition) -> PatternClass {
    PatternClass(rawValue: UInt8(truncatingIfNeeded: value(of: scalar) >> edition.rawValue) & 3)!
  }

  @inline(__always)
  private func value(of scalar: UInt32) -> UInt16 {
    let block = Int(blocks[Int(scalar >> Self.blockBits)])
    return values[block << Int(Self.blockBits) | Int(scalar & UInt32(Self.blockSize - 1))]
  }
}
