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
  ///
  /// - Parameters:
  ///   - classes: The combining class of a scalar from U+0300 on.
  ///   - originsStay: Whether origins stay where they are, as in the library tokenizers: there a scalar that is moved counts as come from
  ///     the place that it takes, one of several that a scalar became from that of the scalar before it.
  static func order(
    _ scalars: inout [Unicode.Scalar], _ origins: inout [Int],
    classes: (Unicode.Scalar) -> UInt8 = Unicode14.combiningClass, originsStay: Bool = false
  ) {
    var marks: [Mark] = []
    func finishRun(before end: Int) {
      guard marks.count > 1 else { return marks.removeAll(keepingCapacity: true) }
      let start = end - marks.count
      var places = marks.filter { !$0.isFurther }.map(\.origin).makeIterator()
      var place = start > 0 ? origins[start - 1] : 0
      // Sorting by class and place keeps the order of equal classes, which `sort` alone does not promise.
      let sorted = marks.enumerated().sorted {
        ($0.element.class, $0.offset) < ($1.element.class, $1.offset)
      }
      for (position, (_, mark)) in zip(start..., sorted) {
        if !mark.isFurther { place = places.next() ?? place }
        scalars[position] = mark.scalar
        origins[position] = originsStay ? place : mark.origin
      }
      marks.removeAll(keepingCapacity: true)
    }
    for index in scalars.indices {
      let scalar = scalars[index]
      // No scalar below U+0300 and none of the ideographs combines.
      let combiningClass = scalar.value < 0x300 || Unicode14.ideographs ~= scalar.value ? 0 : classes(scalar)
      if combiningClass == 0 {
        finishRun(before: index)
      } else {
        let isFurther = index > 0 && origins[index] == origins[index - 1]
        marks.append(Mark(class: combiningClass, scalar: scalar, origin: origins[index], isFurther: isFurther))
      }
    }
    finishRun(before: scalars.count)
  }

  /// A scalar with a combining class.
  private struct Mark {
    let `class`: UInt8
    let scalar: Unicode.Scalar
    let origin: Int
    /// Whether it is not the first of those that a scalar became.
    let isFurther: Bool
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
