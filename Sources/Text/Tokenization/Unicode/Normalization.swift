/// The four normalization forms, in time linear in the text but for sorting runs of marks.
///
/// The standard library decomposes for its own use only, and Foundation takes time quadratic in a run of combining marks.
/// Source: Unicode 14.0, sections 3.11 and 3.12.
struct Normalization: Hashable, Sendable {
  /// Whose tables count: the library tokenizers knows fewer characters than Unicode 14.0, and the same in 0.15.2 as in 0.23.3.
  enum Edition: Sendable {
    /// Unicode 14.0, as Python 3.11 has it.
    case unicode14
    /// The crate `unicode-normalization-alignments`, of which the table of this type tells what it lacks.
    case tokenizers
  }

  /// Whether compatibility decompositions count (NFKC, NFKD).
  var isCompatible = false
  /// Whether what was decomposed is composed again (NFC, NFKC).
  var composes = false
  /// Whose tables count.
  let edition: Edition
  /// Whether origins stay where marks change places, as in the library tokenizers: there a scalar that is moved counts as come from the
  /// place that it takes, one of several that a scalar became from that of the scalar before it.
  var originsStay = false

  /// Normalizes scalars, and their origins with them where there are any.
  ///
  /// - Parameter join: The origin of a scalar that two were composed to.
  func normalize<Origin: Equatable>(
    _ scalars: inout [UInt32], _ origins: inout [Origin], joining join: (Origin, Origin) -> Origin
  ) {
    // No scalar below U+00C0 changes canonically, none below U+00A0 by compatibility; none of them combines.
    let least: UInt32 = isCompatible ? 0xA0 : 0xC0
    if scalars.allSatisfy({ $0 < least }) { return }
    decompose(&scalars, &origins)
    sortMarks(&scalars, &origins)
    if composes { compose(&scalars, &origins, joining: join) }
  }

  /// The canonical combining class of a scalar, 0 for one that combines with nothing.
  static func combiningClass(of scalar: UInt32, in edition: Edition) -> UInt8 {
    // No scalar below U+0300 and none of the ideographs combines.
    if scalar < 0x300 || Unicode14.ideographs ~= scalar { return 0 }
    if edition == .tokenizers, aparts.contains(scalar) { return 0 }
    return Unicode14.combiningClass(of: Unicode.Scalar(scalar)!)
  }

  private func decomposes(_ scalar: UInt32) -> Bool {
    scalar >= 0xA0 && !(edition == .tokenizers && Self.wholes.contains(scalar))
      && (isCompatible && Self.compatibilities[scalar] != nil || CanonicalDecomposition.decomposes(scalar))
  }

  private func decompose<Origin>(_ scalars: inout [UInt32], _ origins: inout [Origin]) {
    guard let first = scalars.firstIndex(where: decomposes) else { return }
    let hasOrigins = !origins.isEmpty
    var parts = Array(scalars[..<first])
    var places = hasOrigins ? Array(origins[..<first]) : []
    parts.reserveCapacity(scalars.count)
    if hasOrigins { places.reserveCapacity(scalars.count) }
    for (index, scalar) in zip(first..., scalars[first...]) {
      if scalar < 0xA0 || edition == .tokenizers && Self.wholes.contains(scalar) {
        parts.append(scalar)
      } else if isCompatible, let full = Self.compatibilities[scalar] {
        parts += full
      } else {
        CanonicalDecomposition.append(scalar, to: &parts)
      }
      if hasOrigins { while places.count < parts.count { places.append(origins[index]) } }
    }
    (scalars, origins) = (parts, places)
  }

  /// Sorts every run of scalars with a combining class by that class, equal ones in their order.
  private func sortMarks<Origin: Equatable>(_ scalars: inout [UInt32], _ origins: inout [Origin]) {
    var marks: [(class: UInt8, index: Int)] = []
    for index in 0...scalars.count {
      let combining = index < scalars.count ? Self.combiningClass(of: scalars[index], in: edition) : 0
      if combining != 0 {
        marks.append((combining, index))
      } else if !marks.isEmpty {
        if zip(marks, marks.dropFirst()).contains(where: { $0.class > $1.class }) {
          marks.sort { ($0.class, $0.index) < ($1.class, $1.index) }
          move(marks.map(\.index), &scalars, &origins)
        }
        marks.removeAll(keepingCapacity: true)
      }
    }
  }

  /// Puts the scalars of a run in another order.
  private func move<Origin: Equatable>(_ order: [Int], _ scalars: inout [UInt32], _ origins: inout [Origin]) {
    let start = order.min()!
    let run = start..<start + order.count
    scalars.replaceSubrange(run, with: order.map { scalars[$0] })
    guard !origins.isEmpty else { return }
    guard originsStay else { return origins.replaceSubrange(run, with: order.map { origins[$0] }) }
    /// Whether it is not the first of those that a scalar became.
    func isFurther(_ index: Int) -> Bool { index > 0 && origins[index] == origins[index - 1] }
    var places = run.filter { !isFurther($0) }.map { origins[$0] }.makeIterator()
    var place = origins[max(0, start - 1)]
    let kept = order.map { index in
      if !isFurther(index) { place = places.next() ?? place }
      return place
    }
    origins.replaceSubrange(run, with: kept)
  }

  /// Composes each scalar with the last starter before it, unless another of its class or a higher one stands between.
  private func compose<Origin>(
    _ scalars: inout [UInt32], _ origins: inout [Origin], joining join: (Origin, Origin) -> Origin
  ) {
    let hasOrigins = !origins.isEmpty
    /// Where the last starter was put, and the class of what was put behind it; 0 when that is nothing.
    var starter = -1
    var lastClass: UInt8 = 0
    var count = 0
    for index in scalars.indices {
      let scalar = scalars[index]
      let combining = Self.combiningClass(of: scalar, in: edition)
      if starter >= 0, starter == count - 1 || lastClass != 0 && lastClass < combining,
        let whole = CanonicalComposition.composite(of: scalars[starter], scalar),
        edition == .unicode14 || !Self.wholes.contains(whole)
      {
        scalars[starter] = whole
        if hasOrigins { origins[starter] = join(origins[starter], origins[index]) }
        continue
      }
      scalars[count] = scalar
      if hasOrigins { origins[count] = origins[index] }
      if combining == 0 { starter = count }
      lastClass = combining
      count += 1
    }
    scalars.removeSubrange(count...)
    if hasOrigins { origins.removeSubrange(count...) }
  }

  private static let wholes = Set(ScalarNumbers.entries(of: whole).map(ScalarNumbers.number))
  private static let aparts = Set(ScalarNumbers.entries(of: apart).map(ScalarNumbers.number))

  private static let compatibilities: [UInt32: [UInt32]] = {
    var table: [UInt32: [UInt32]] = [:]
    for entry in ScalarNumbers.entries(of: compatibility) {
      let numbers = ScalarNumbers.numbers(in: entry)
      table[numbers[0]] = Array(numbers.dropFirst())
    }
    return table
  }()
}

/// Reads the tables of this folder: entries between spaces and line feeds, each of hexadecimal numbers between `+` and `=`.
enum ScalarNumbers {
  static func entries(of table: String) -> [Substring.UTF8View] {
    table.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
  }

  static func numbers(in entry: Substring.UTF8View) -> [UInt32] {
    entry.split { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "+") }.map(number)
  }

  static func number(_ text: Substring.UTF8View) -> UInt32 { UInt32(Substring(text), radix: 16)! }
}
