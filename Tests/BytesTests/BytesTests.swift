import Bytes
import Foundation
import Testing
import TestSupport

@Suite("Bytes") struct BytesTests {
  @Test("a cursor takes little-endian fields and knows its place in the file")
  func cursor() throws {
    let view = try ByteView([9, 9, 1, 2, 0, 3, 0, 0, 0], file: "x").slice(at: 2, count: 7, of: "the fields")
    var cursor = Cursor(view)
    #expect(try cursor.u8("a") == 1)
    #expect(try cursor.u16("b") == 2)
    #expect(cursor.filePosition == 5)
    #expect(try cursor.u32("c") == 3)
    #expect(cursor.remaining == 0)
  }

  @Test("a cursor names the field that a file is too short for")
  func shortCursor() {
    var cursor = Cursor(ByteView([1, 2, 3], file: "x"), at: 1)
    let problem = #expect(throws: Problem.self) { try cursor.u64("the address of the root") }
    #expect(
      problem?.description == """
        x: damaged at byte 1: found 2 bytes left, expected 8 bytes for the address of the root. \
        The file is cut short or overwritten; get it again from where it came.
        """)
  }

  @Test("spellings differ when their bytes differ, and are sorted by them")
  func spelling() {
    let (composed, decomposed) = (Spelling("\u{E9}"), Spelling("e\u{301}"))
    #expect(composed.text == decomposed.text)
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed, Spelling("\u{E9}")]).count == 2)
    let sorted = [Spelling("z"), composed, decomposed, Spelling("Z")].sorted()
    #expect(sorted.map { $0.text.utf8.first } == [90, 101, 122, 195])
  }

  @Test("a slice outside the window is damaged", arguments: [(-1, 1), (0, 4), (4, 0), (2, Int.max), (1, -1)])
  func badSlice(offset: Int, count: Int) {
    let view = ByteView([1, 2, 3], file: "x")
    #expect(throws: Problem.self) { try view.slice(at: offset, count: count, of: "data") }
  }

  @Test("a mapped file and a read of it give the same bytes")
  func mapping() throws {
    let path = NSTemporaryDirectory() + "ingot-bytes-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let view = try ByteView(mapping: path)
    #expect(view.array() == bytes)
    let copy = try ByteView(count: 100) { try view.read(at: 5_000, into: $0) }
    #expect(copy.array() == Array(bytes[5_000..<5_100]))
  }

  @Test("a file that shrinks while it is open gives an error, not a bus error")
  func shrinking() throws {
    let path = NSTemporaryDirectory() + "ingot-bytes-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(count: 8_192).write(to: URL(fileURLWithPath: path))
    let view = try ByteView(mapping: path)
    try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: 100)
    let problem = #expect(throws: Problem.self) { try ByteView(count: 200) { try view.read(at: 0, into: $0) } }
    #expect(problem?.found == "the end of a file that was longer when it was opened")
    #expect(problem?.byte == 100)
  }

  @Test("what is no regular file is unavailable")
  func unavailable() {
    let directory = #expect(throws: Problem.self) { try ByteView(mapping: "/tmp") }
    #expect(directory?.description == "/tmp: unavailable: found a directory, expected a readable regular file.")
    let missing = #expect(throws: Problem.self) { try ByteView(mapping: "/no/such/file") }
    #expect(
      missing?.description
        == "/no/such/file: unavailable: found no such file or directory, expected a readable regular file.")
    #expect(throws: Problem.self) { try ByteView(mapping: "/dev/zero") }
  }

  @Test("a map is read the same however many windows were cut from it")
  func windows() throws {
    let folder = try TemporaryDirectory()
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let view = try ByteView(mapping: folder.write(bytes, to: "file"))
    for offset in stride(from: 0, to: 199_000, by: 501) {
      let window = try view.slice(at: offset, count: 100, of: "a window")
      #expect(window.array() == Array(bytes[offset..<(offset + 100)]))
    }
  }

  @Test("what could steer a terminal is printed escaped")
  func escaping() {
    #expect(printable("a\u{1B}[2J\u{202E}月\n") == "a\\u{1b}[2J\\u{202e}月\\u{a}")
  }
}
