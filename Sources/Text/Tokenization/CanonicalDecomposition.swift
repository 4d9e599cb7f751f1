/// Canonical decomposition (NFD) as Unicode 14.0 defines it, in time linear in the text but for sorting runs of marks.
///
/// The standard library decomposes for its own use only, and Foundation takes time quadratic in a run of combining
/// marks. Source: Unicode 14.0, sections 3.11 and 3.12.
enum CanonicalDecomposition {
  /// Appends the full decomposition of one scalar, or the scalar itself where it has none.
  static func append(_ scalar: Unicode.Scalar, to result: inout [Unicode.Scalar]) {
    switch scalar.value {
    case 0..<0xC0, Unicode14.ideographs:
      result.append(scalar)
    case Hangul.syllables:
      Hangul.append(scalar.value, to: &result)
    default:
      if let parts = mappings.parts(of: scalar) {
        result.append(contentsOf: parts)
      } else {
        result.append(scalar)
      }
    }
  }

  /// Sorts every run of scalars with a combining class by that class, equal ones in their order, and their origins with them.
  static func order(_ scalars: inout [Unicode.Scalar], _ origins: inout [Int]) {
    var marks: [(class: UInt8, scalar: Unicode.Scalar, origin: Int)] = []
    func finishRun(before end: Int) {
      guard marks.count > 1 else { return marks.removeAll(keepingCapacity: true) }
      var position = end - marks.count
      // Sorting by class and place keeps the order of equal classes, which `sort` alone does not promise.
      let sorted = marks.enumerated().sorted {
        ($0.element.class, $0.offset) < ($1.element.class, $1.offset)
      }
      for (_, mark) in sorted {
        scalars[position] = mark.scalar
        origins[position] = mark.origin
        position += 1
      }
      marks.removeAll(keepingCapacity: true)
    }
    for index in scalars.indices {
      let scalar = scalars[index]
      // No scalar below U+0300 and none of the ideographs combines.
      let combiningClass =
        scalar.value < 0x300 || Unicode14.ideographs ~= scalar.value ? 0 : Unicode14.combiningClass(of: scalar)
      if combiningClass == 0 {
        finishRun(before: index)
      } else {
        marks.append((combiningClass, scalar, origins[index]))
      }
    }
    finishRun(before: scalars.count)
  }

  private static let mappings = Mappings(parsing: table)
}

/// The decompositions of the table, found by binary search.
private struct Mappings {
  private var keys: [UInt32] = []
  private var starts: [Int] = []
  private var scalars: [Unicode.Scalar] = []

  init(parsing table: String) {
    for entry in table.utf8.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }) {
      let numbers = entry.split { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "+") }
        .map { UInt32(Substring($0), radix: 16)! }
      keys.append(numbers[0])
      starts.append(scalars.count)
      scalars.append(contentsOf: numbers.dropFirst().map { Unicode.Scalar($0)! })
    }
    starts.append(scalars.count)
  }

  func parts(of scalar: Unicode.Scalar) -> ArraySlice<Unicode.Scalar>? {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < scalar.value { low = middle + 1 } else { high = middle }
    }
    guard low < keys.count, keys[low] == scalar.value else { return nil }
    return scalars[starts[low]..<starts[low + 1]]
  }
}

/// The arithmetic by which Hangul syllables decompose into jamo (Unicode 14.0, section 3.12).
private enum Hangul {
  static let syllables: ClosedRange<UInt32> = 0xAC00...0xD7A3
  private static let vowelCount: UInt32 = 21
  private static let trailingCount: UInt32 = 28  // with the absent one

  static func append(_ syllable: UInt32, to result: inout [Unicode.Scalar]) {
    let index = syllable - syllables.lowerBound
    let (block, trailing) = index.quotientAndRemainder(dividingBy: trailingCount)
    let (leading, vowel) = block.quotientAndRemainder(dividingBy: vowelCount)
    result.append(Unicode.Scalar(0x1100 + leading)!)
    result.append(Unicode.Scalar(0x1161 + vowel)!)
    if trailing > 0 { result.append(Unicode.Scalar(0x11A7 + trailing)!) }
  }
}
