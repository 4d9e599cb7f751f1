import Foundation
import TestSupport

/// The bytes of an archive without a comment, and where its records stand, so that tests can patch them.
struct ZipBytes {
  var bytes: [UInt8]
  /// Where the end of central directory record stands.
  let end: Int
  /// Where the entries of the central directory stand.
  let entries: [Int]
  /// Where the local headers stand.
  let headers: [Int]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    end = bytes.count - 22
    var position = Self.number(bytes, end + 16, 4)
    var entries: [Int] = []
    for _ in 0..<Self.number(bytes, end + 10, 2) {
      entries.append(position)
      position += 46 + (28...32).filter { $0 % 2 == 0 }.map { Self.number(bytes, entries.last! + $0, 2) }.reduce(0, +)
    }
    self.entries = entries
    headers = entries.map { Self.number(bytes, $0 + 42, 4) }
  }

  /// Reads a fixture.
  init(fixture name: String) throws {
    self.init(Array(try Data(contentsOf: Fixtures.folder("Zip").appending(path: name))))
  }

  /// Makes an archive of one member, which may be such as no program writes it.
  init(memberNamed name: [UInt8], method: Int = 0, data: [UInt8] = [], claiming byteCount: Int = 0) {
    // From the flags to the length of the name: what the local header and the entry have in common.
    let common =
      [0, 0] + Self.littleEndian(method, 2) + Array(repeating: 0, count: 8) + Self.littleEndian(data.count, 4)
      + Self.littleEndian(byteCount, 4) + Self.littleEndian(name.count, 2)
    let header = [0x50, 0x4B, 3, 4, 10, 0] + common + [0, 0] + name
    let entry = [0x50, 0x4B, 1, 2, 10, 0, 10, 0] + common + Array(repeating: 0, count: 16) + name
    let end =
      [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0] + Self.littleEndian(entry.count, 4)
      + Self.littleEndian(header.count + data.count, 4) + [0, 0]
    self.init(header + data + entry + end)
  }

  /// Where the data of a member begin.
  func data(_ member: Int) -> Int {
    let header = headers[member]
    return header + 30 + Self.number(bytes, header + 26, 2) + Self.number(bytes, header + 28, 2)
  }

  /// Puts a little-endian number of `size` bytes at an offset.
  mutating func put(_ value: Int, size: Int, at offset: Int) {
    bytes = patched(bytes, at: offset, with: Self.littleEndian(value, size))
  }

  /// Puts one number into the entry and the local header of a member, which have it at different places.
  mutating func put(_ value: Int, size: Int, of member: Int, entryField: Int, headerField: Int) {
    put(value, size: size, at: entries[member] + entryField)
    put(value, size: size, at: headers[member] + headerField)
  }

  static func littleEndian(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func number(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> Int {
    bytes[offset..<(offset + size)].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
