/// What a scalar decomposes to canonically, in Unicode 14.0.
///
/// Source: Unicode 14.0, sections 3.11 and 3.12.
enum CanonicalDecomposition {
  /// Appends the full decomposition of one scalar, or the scalar itself where it has none.
  static func append(_ scalar: UInt32, to result: inout [UInt32]) {
    switch scalar {
    case 0..<0xC0, Unicode14.ideographs: result.append(scalar)
    case Hangul.syllables: Hangul.append(scalar, to: &result)
    default:
      if let parts = mappings.parts(of: scalar) { result += parts } else { result.append(scalar) }
    }
  }

  /// Whether a scalar decomposes.
  static func decomposes(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0..<0xC0, Unicode14.ideographs: false
    case Hangul.syllables: true
    default: mappings.parts(of: scalar) != nil
    }
  }

  private static let mappings = Mappings(parsing: table)
}

/// The decompositions of the table, found by binary search.
private struct Mappings {
  private var keys: [UInt32] = []
  private var starts: [Int] = []
  private var scalars: [UInt32] = []

  init(parsing table: String) {
    for entry in ScalarNumbers.entries(of: table) {
      let numbers = ScalarNumbers.numbers(in: entry)
      keys.append(numbers[0])
      starts.append(scalars.count)
      scalars += numbers.dropFirst()
    }
    starts.append(scalars.count)
  }

  func parts(of scalar: UInt32) -> ArraySlice<UInt32>? {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < scalar { low = middle + 1 } else { high = middle }
    }
    guard low < keys.count, keys[low] == scalar else { return nil }
    return scalars[starts[low]..<starts[low + 1]]
  }
}

/// The arithmetic by which Hangul syllables decompose into jamo (Unicode 14.0, section 3.12).
private enum Hangul {
  static let syllables: ClosedRange<UInt32> = 0xAC00...0xD7A3
  private static let vowelCount: UInt32 = 21
  private static let trailingCount: UInt32 = 28  // with the absent one

  static func append(_ syllable: UInt32, to result: inout [UInt32]) {
    let index = syllable - syllables.lowerBound
    let (block, trailing) = index.quotientAndRemainder(dividingBy: trailingCount)
    let (leading, vowel) = block.quotientAndRemainder(dividingBy: vowelCount)
    result += [0x1100 + leading, 0x1161 + vowel]
    if trailing > 0 { result.append(0x11A7 + trailing) }
  }
}
