import Bytes

/// The rules by which a SentencePiece model rewrites characters: a trie of what is replaced, and the replacements.
///
/// The trie is a double array of darts-clone, whose units are read as they lie. A unit u of 32 bits has the label
/// `u & 0x800000FF`, the offset `(u >> 10) << ((u & 512) >> 6)` and, in bit 8, whether a value hangs at offset 0 of it; a value has
/// bit 31 set. Sources: sentencepiece 0.2.1, `normalizer.cc:293-354`; darts-clone, `darts.h`.
package struct Charsmap: Sendable {
  private let units: [UInt32]
  /// The replacements, each with a NUL behind it.
  let replacements: [UInt8]

  /// Reads `precompiled_charsmap`, and checks that no step of a search can leave it.
  ///
  /// - Throws: `Problem` of kind *damaged* for a trie that does not fit, and for values that are no replacements.
  init(_ range: Range<Int>, of message: MessageReader) throws {
    func damaged(_ found: String, _ expected: String, at offset: Int = 0) -> Problem {
      message.damaged(found, expected, at: range.lowerBound + offset, object: "precompiled_charsmap")
    }
    let bytes = UnsafeRawBufferPointer(rebasing: message.bytes[range])
    guard bytes.count > 4 else { throw damaged("\(bytes.count) bytes", "a length, a trie and replacements") }
    let size = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
    // Units lie in blocks of 256, within which labels lead from one to another.
    guard size > 0, size.isMultiple(of: 1_024), size < bytes.count - 4 else {
      throw damaged(
        "a trie of \(size) bytes", "a multiple of 1024, below the \(bytes.count - 4) bytes that are left")
    }
    let units = (0..<size / 4).map {
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 + 4 * $0, as: UInt32.self))
    }
    let replacements = Array(bytes[(4 + size)...])
    guard replacements.last == 0 else { throw damaged("no NUL at the end", "one behind each replacement", at: size) }
    guard !Charsmap.isValue(units[0]) else { throw damaged("a root that is a value", "a node", at: 4) }
    for (index, unit) in units.enumerated() where !Charsmap.isValue(unit) {
      let place = index ^ Charsmap.offset(of: unit)
      guard place < units.count else {
        throw damaged("an offset to the unit \(place)", "one of \(units.count)", at: 4 + 4 * index)
      }
      guard unit & Charsmap.hasValue != 0 else { continue }
      let value = units[place]
      guard Charsmap.isValue(value), Charsmap.value(of: value) < replacements.count else {
        throw damaged(
          "a value \(Charsmap.value(of: value)) of the unit \(index)",
          "the place of a replacement, below \(replacements.count)", at: 4 + 4 * index)
      }
    }
    guard String(validating: replacements, as: UTF8.self) != nil else {
      throw damaged("replacements that are not UTF-8", "UTF-8", at: 4 + size)
    }
    self.units = units
    self.replacements = replacements
  }

  /// Reads a charsmap of its own, as a `tokenizer.json` holds it.
  ///
  /// - Throws: `Problem` of kind *damaged*, with places in the charsmap.
  package init(_ bytes: [UInt8], file: String) throws {
    self = try bytes.withUnsafeBytes { try Charsmap($0.indices, of: MessageReader($0, file: file)) }
  }

  /// What the shortest rule that begins a text makes of it; nil where none does.
  package func shortestMatch(in text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var place = Charsmap.offset(of: units[0])
    for byte in text {
      let next = place ^ Int(byte)
      let unit = units[next]
      guard unit & Charsmap.labelMask == UInt32(byte) else { return nil }
      place = next ^ Charsmap.offset(of: unit)
      if unit & Charsmap.hasValue != 0 {
        return Array(replacements[Charsmap.value(of: units[place])...].prefix { $0 != 0 })
      }
    }
    return nil
  }

  /// The longest rule that applies at a place of a text: how many bytes it takes, and where its replacement begins.
  @inline(__always)
  func longestMatch(in text: UnsafeBufferPointer<UInt8>, at start: Int) -> (length: Int, replacement: Int)? {
    units.withUnsafeBufferPointer { units in
      var longest: (length: Int, replacement: Int)?
      var place = Charsmap.offset(of: units[0])
      var position = start
      while position < text.count {
        // The trie was checked: a place and a byte stay within a block of 256 units.
        let next = place ^ Int(text[position])
        let unit = units[next]
        guard unit & Charsmap.labelMask == UInt32(text[position]) else { break }
        position += 1
        place = next ^ Charsmap.offset(of: unit)
        if unit & Charsmap.hasValue != 0 { longest = (position - start, Charsmap.value(of: units[place])) }
      }
      return longest
    }
  }

  private static let labelMask: UInt32 = 0x8000_00FF
  private static let hasValue: UInt32 = 1 << 8

  @inline(__always) private static func offset(of unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 512) >> 6)) }
  @inline(__always) private static func value(of unit: UInt32) -> Int { Int(unit & 0x7FFF_FFFF) }
  @inline(__always) private static func isValue(_ unit: UInt32) -> Bool { unit >> 31 != 0 }
}
