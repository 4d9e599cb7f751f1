import TestSupport
import Testing

@Suite("Malformed tables") struct TableDamageTests {
  let sound = IndexBytes.index(IndexBytes.header(), IndexBytes.entry())

  @Test("the tables of these tests are read when nothing is wrong with them")
  func sane() throws {
    #expect(try open(sound).entries.map(\.name) == ["w"])
  }

  @Test("no table at all")
  func noTable() {
    expectProblem(
      "x.index: damaged at byte 0: found a file of 0 bytes, expected at least the 48 of a footer. "
        + "The file is cut short or is no index of a checkpoint; get it again from where it came."
    ) { try open([]) }
    expectProblem(
      "x.index: damaged at byte 0: found a file of 47 bytes, expected at least the 48 of a footer. "
        + "The file is cut short or is no index of a checkpoint; get it again from where it came."
    ) { try open(Array(sound.suffix(47))) }
    expectProblem(
      "x.index: damaged at byte 114: found other bytes than those that every table ends with, "
        + "expected 57 FB 80 8B 24 75 47 DB. "
        + "The file is cut short or is no index of a checkpoint; get it again from where it came."
    ) { try open(patched(sound, at: sound.count - 1, with: [0])) }
    expectProblem(
      "x.index: damaged at byte 113: found other bytes than those that every table ends with, "
        + "expected 57 FB 80 8B 24 75 47 DB. "
        + "The file is cut short or is no index of a checkpoint; get it again from where it came."
    ) { try open(Array(sound.dropLast())) }
  }

  @Test("a block with another checksum")
  func checksum() {
    expectProblem(
      "x.index: damaged at byte 0: found a block with the masked CRC-32C 93f208c3, expected 3add94a0. "
        + "The file changed after it was written; get it again from where it came."
    ) { try open(patched(sound, at: 4, with: [9])) }
  }

  @Test("handles that leave the file, are no numbers, or lead back")
  func handles() {
    let footer = sound.count - 48
    expectProblem(
      "x.index: damaged at byte 122: found a block of 0 bytes at byte 16383, expected one inside the 122 bytes. "
        + "The file is cut short or overwritten; get it again from where it came."
    ) { try open(patched(sound, at: footer + 2, with: [0xFF, 0x7F])) }
    expectProblem("x.index: damaged at byte 74: found a number of more than 64 bits, expected the offset of a block.") {
      try open(patched(sound, at: footer, with: Array(repeating: 0xFF, count: 11)))
    }
    expectProblem(
      "x.index: damaged at byte 74: found 18446744073709551615 as the offset of a block, "
        + "expected a number of less than 63 bits."
    ) { try open(patched(sound, at: footer, with: Array(repeating: 0xFF, count: 9) + [1])) }
    let handles = [IndexBytes.varint(0) + IndexBytes.varint(8), IndexBytes.varint(0) + IndexBytes.varint(8)]
    let blocks = [
      IndexBytes.block([]), IndexBytes.block(zip([[1], [2]] as [[UInt8]], handles).map { ($0, $1) }),
    ]
    var bytes = IndexBytes.table(blocks: blocks)
    bytes.replaceSubrange((bytes.count - 48)..., with: [0, 8, 13, UInt8(blocks[1].count)])
    bytes += Array(repeating: 0, count: 36) + IndexBytes.signature
    expectProblem(
      "x.index: damaged at byte 23: found a block at byte 0, expected one behind the last, which ends at byte 13."
    ) { try open(bytes) }
  }

  @Test("entries that leave their block or share what is not there")
  func entries() {
    func problem(_ entry: [UInt8], _ message: String) {
      expectProblem(message) {
        try open(IndexBytes.table(blocks: [entry + IndexBytes.littleEndian(0) + IndexBytes.littleEndian(1)]))
      }
    }
    problem(
      IndexBytes.block(shared: 1, [1], []),
      "x.index: damaged at byte 0: found a restart whose key shares 1 bytes, expected a whole key.")
    problem(
      IndexBytes.block(shared: 0, [1], []) + IndexBytes.block(shared: 2, [1], []),
      "x.index: damaged at byte 4: found a key that shares 2 bytes with the one before, expected at most its 1.")
    problem(
      [0] + IndexBytes.varint(.max >> 1) + [0],
      "x.index: damaged at byte 11: found 0 bytes left, "
        + "expected 9223372036854775807 bytes for the rest of a key. "
        + "The file is cut short or overwritten; get it again from where it came."
    )
    problem(
      [0] + IndexBytes.varint(1 << 63) + [0],
      "x.index: damaged at byte 1: found 9223372036854775808 as the rest of a key, "
        + "expected a number of less than 63 bits."
    )
    problem(
      [0, 1] + IndexBytes.varint(0xFFFF_FFFF) + [1],
      "x.index: damaged at byte 8: found 0 bytes left, expected 4294967295 bytes for a value. "
        + "The file is cut short or overwritten; get it again from where it came."
    )
  }

  @Test("restarts that do not fit the block or its entries")
  func restarts() {
    let entries = IndexBytes.block(shared: 0, [], [8, 1]) + IndexBytes.block(shared: 0, [1], [])
    func problem(_ tail: [UInt32], _ message: String) {
      expectProblem(message) {
        try open(IndexBytes.table(blocks: [entries + tail.flatMap(IndexBytes.littleEndian)]))
      }
    }
    problem(
      [0, 100],
      "x.index: damaged at byte 13: found 100 restarts in a block of 17 bytes, expected at least 1, of 4 bytes each.")
    problem(
      [0], "x.index: damaged at byte 9: found 0 restarts in a block of 13 bytes, expected at least 1, of 4 bytes each.")
    problem(
      [3, 1], "x.index: damaged at byte 9: found a restart at 3, expected restarts that rise and stand at entries.")
    problem(
      [5, 0, 2], "x.index: damaged at byte 9: found a restart at 0, expected restarts that rise and stand at entries.")
    expectProblem(
      "x.index: damaged at byte 0: found a block of 2 bytes, expected at least the 4 that count its restarts."
    ) { try open(IndexBytes.table(blocks: [[1, 2]])) }
  }

  @Test("keys that fall, repeat, or lie outside what the index says of their block")
  func order() {
    let (a, b): (IndexBytes.Entry, IndexBytes.Entry) = (([1], []), ([2], []))
    expectProblem("x.index: damaged at byte 4: found the key \"\\u{1}\" out of order, expected keys that rise.") {
      try open(IndexBytes.table(blocks: [IndexBytes.block([b, a])]))
    }
    expectProblem("x.index: damaged at byte 4: found the key \"\\u{1}\" out of order, expected keys that rise.") {
      try open(IndexBytes.table(blocks: [IndexBytes.block([a, a])]))
    }
    let blocks = [IndexBytes.block([a]), IndexBytes.block([b])]
    expectProblem("x.index: damaged at byte 0: found the key \"\\u{1}\" out of order, expected keys that rise.") {
      try open(IndexBytes.table(blocks: blocks, separators: [[0], [2]]))
    }
    expectProblem("x.index: damaged at byte 17: found the key \"\\u{2}\" out of order, expected keys that rise.") {
      try open(IndexBytes.table(blocks: blocks, separators: [[2], [3]]))
    }
  }

  @Test("a block of unknown compression")
  func compression() {
    expectProblem("x.index: unsupported at byte 0: found a block of compression 2, expected 0 (none) or 1 (Snappy).") {
      try open(IndexBytes.table(blocks: [[]], types: [2]))
    }
  }

  @Test("keys beyond the limit")
  func longKey() {
    let key = Array(repeating: UInt8(1), count: 65_537)
    expectProblem("x.index: refused at byte 0: found a key of 65537 bytes, expected at most 65536.") {
      try open(IndexBytes.table(blocks: [IndexBytes.block([(key, [])])]))
    }
  }

  @Test(
    "a block that Snappy cannot expand",
    arguments: [
      (
        [0xFF, 0xFF, 0xFF, 0xFF, 0x0F] + Array(repeating: 0, count: 15),
        "x.index: damaged at byte 0: found 20 bytes that declare to expand to 4294967295, "
          + "expected at most 22 times as many."
      ),
      (
        [0x80, 0x80, 0x80, 0x21] + Array(repeating: 0xFE, count: 3_200_000),
        "x.index: refused at byte 0: found a block that expands to 69206016 bytes, expected at most 67108864."
      ),
      (
        [4, 0x00, 7, 0x01, 0],
        "x.index: damaged at byte 3: found a copy from 0 bytes back, expected from one of the 1 before it."
      ),
      (
        [8, 0x00, 7, 0x01, 2],
        "x.index: damaged at byte 3: found a copy from 2 bytes back, expected from one of the 1 before it."
      ),
      (
        [8, 0x00, 7, 0x02, 0, 0],
        "x.index: damaged at byte 3: found a copy from 0 bytes back, expected from one of the 1 before it."
      ),
      (
        [8, 0x00, 7, 0x03, 2, 0, 0, 1],
        "x.index: damaged at byte 3: found a copy from 16777218 bytes back, expected from one of the 1 before it."
      ),
      (
        [8, 0x1C, 1, 2, 3],
        "x.index: damaged at byte 2: found 3 bytes left, expected 8 bytes for a literal. "
          + "The file is cut short or overwritten; get it again from where it came."
      ),
      (
        [8, 0xF0, 9],
        "x.index: damaged at byte 1: found an element of 10 bytes after 0, expected the block to end at 8."
      ),
      (
        [8, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF],
        "x.index: damaged at byte 1: found an element of 4294967296 bytes after 0, expected the block to end at 8."
      ),
      (
        [8, 0x00, 7],
        "x.index: damaged at byte 3: found a block that expands to 1 bytes, expected the 8 that it declares."
      ),
      (
        [2, 0x08, 1, 2, 3],
        "x.index: damaged at byte 1: found an element of 3 bytes after 0, expected the block to end at 2."
      ),
      (
        [3, 0x00, 7, 0x01, 1],
        "x.index: damaged at byte 3: found an element of 4 bytes after 1, expected the block to end at 3."
      ),
      (
        [0xFF],
        "x.index: damaged at byte 1: found 0 bytes left, expected 1 bytes for the length of the expanded block. "
          + "The file is cut short or overwritten; get it again from where it came."
      ),
    ] as [([UInt8], String)])
  func snappy(block: [UInt8], message: String) {
    expectProblem(message) { try open(IndexBytes.table(blocks: [block], types: [1])) }
  }
}
