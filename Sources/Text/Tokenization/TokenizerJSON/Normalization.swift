/// The four normalization forms as `unicode-normalization-alignments` has them, in time linear in the text but for sorting runs of marks.
///
/// Source: Unicode 16.0, sections 3.11 and 3.12; the tables are those of the crate (`tools/unicode/normalizations.py`).
struct Normalization: Sendable {
  /// Whether compatibility decompositions count (NFKC, NFKD).
  let isCompatible: Bool
  /// Whether what was decomposed is composed again (NFC, NFKC).
  let composes: Bool

  /// Normalizes a text.
  func normalize(_ text: NormalizedText) -> NormalizedText {
    // No scalar below U+00C0 changes canonically, none below U+00A0 by compatibility; none of them combines.
    if text.scalars.allSatisfy({ $0 < 0xA0 }) { return text }
    var result = decompose(text)
    Self.sortMarks(of: &result)
    return composes ? Self.compose(result) : result
  }

  private func decompose(_ text: NormalizedText) -> NormalizedText {
    var parts: [Unicode.Scalar] = []
    return text.mapped { index, scalar, result in
      if scalar < 0xA0 { return result.append(scalar, from: text.origin(of: index)) }
      if isCompatible, let full = Self.compatibilities[scalar] {
        for part in full { result.append(part, from: text.origin(of: index)) }
        return
      }
      if Self.wholes.contains(scalar) { return result.append(scalar, from: text.origin(of: index)) }
      parts.removeAll(keepingCapacity: true)
      CanonicalDecomposition.append(Unicode.Scalar(scalar)!, to: &parts)
      for part in parts { result.append(part.value, from: text.origin(of: index)) }
    }
  }

  /// Sorts every run of scalars with a combining class by that class, equal ones in their order.
  private static func sortMarks(of text: inout NormalizedText) {
    var start = 0
    while start < text.scalars.count {
      guard combiningClass(of: text.scalars[start]) != 0 else {
        start += 1
        continue
      }
      var marks: [(class: UInt8, index: Int)] = []
      var end = start
      while end < text.scalars.count {
        let combining = combiningClass(of: text.scalars[end])
        guard combining != 0 else { break }
        marks.append((combining, end))
        end += 1
      }
      if zip(marks, marks.dropFirst()).contains(where: { $0.class > $1.class }) {
        marks.sort { ($0.class, $0.index) < ($1.class, $1.index) }
        text.replace(start..<end, with: marks.map(\.index))
      }
      start = end
    }
  }

  /// Composes each scalar with the last starter before it, unless another of its class or a higher one stands between.
  private static func compose(_ text: NormalizedText) -> NormalizedText {
    var scalars: [UInt32] = []
    var origins: [Range<Int>] = []
    var starter: Int?
    var lastClass: UInt8 = 0
    for (index, scalar) in text.scalars.enumerated() {
      let combining = combiningClass(of: scalar)
      if let place = starter, place == scalars.count - 1 || lastClass < combining && lastClass != 0,
        let whole = composition(of: scalars[place], scalar)
      {
        scalars[place] = whole
        let origin = text.origin(of: index)
        let old = origins[place]
        origins[place] = min(old.lowerBound, origin.lowerBound)..<max(old.upperBound, origin.upperBound)
        continue
      }
      if combining == 0 { starter = scalars.count }
      lastClass = combining
      scalars.append(scalar)
      origins.append(text.origin(of: index))
    }
    var result = NormalizedText(isPlaced: text.isPlaced)
    for (scalar, origin) in zip(scalars, origins) { result.append(scalar, from: origin) }
    return result
  }

  private static func composition(of first: UInt32, _ second: UInt32) -> UInt32? {
    switch (first, second) {
    case (0x1100...0x1112, 0x1161...0x1175): 0xAC00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28
    case (0xAC00...0xD7A3, 0x11A8...0x11C2) where (first - 0xAC00) % 28 == 0: first + (second - 0x11A7)
    default: compositions[UInt64(first) << 32 | UInt64(second)]
    }
  }

  static func combiningClass(of scalar: UInt32) -> UInt8 {
    // No scalar below U+0300 and none of the ideographs combines.
    if scalar < 0x300 || Unicode14.ideographs ~= scalar || aparts.contains(scalar) { return 0 }
    return Unicode14.combiningClass(of: Unicode.Scalar(scalar)!)
  }

  private static let wholes = Set(numbers(in: whole))
  private static let aparts = Set(numbers(in: apart))

  private static let compatibilities: [UInt32: [UInt32]] = {
    var table: [UInt32: [UInt32]] = [:]
    for entry in entries(of: compatibility) {
      let halves = entry.split(separator: UInt8(ascii: "="))
      table[number(halves[0])] = halves[1].split(separator: UInt8(ascii: "+")).map(number)
    }
    return table
  }()

  private static let compositions: [UInt64: UInt32] = {
    var table: [UInt64: UInt32] = [:]
    for entry in entries(of: pairs) {
      let halves = entry.split(separator: UInt8(ascii: "="))
      let pair = halves[0].split(separator: UInt8(ascii: "+")).map(number)
      table[UInt64(pair[0]) << 32 | UInt64(pair[1])] = number(halves[1])
    }
    return table
  }()

  private static func entries(of table: String) -> [Substring.UTF8View] {
    table.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
  }
  private static func numbers(in table: String) -> [UInt32] { entries(of: table).map(number) }
  private static func number(_ text: Substring.UTF8View) -> UInt32 { UInt32(Substring(text), radix: 16)! }
}
