import Bytes
import Foundation
import TestSupport
import Testing

@Suite("Lines of a file") struct LineReaderTests {
  @Test("a line ends with a line feed, with or without a carriage return, and the last one with the file")
  func ends() throws {
    #expect(try lines(of: "a\nb\r\n\nc\rd\n") == ["a", "b", "", "c\rd"])
    #expect(try lines(of: "a\nb") == ["a", "b"])
    #expect(try lines(of: "") == [])
    #expect(try lines(of: "\n") == [""])
    #expect(try lines(of: "\u{FEFF}a\n\u{FEFF}b") == ["a", "\u{FEFF}b"])
  }

  @Test("a line may be longer than what is read at a time, and its place is counted") func long() throws {
    let text = String(repeating: "长", count: 100_000)
    let folder = try TemporaryDirectory()
    let path = folder.url.appending(path: "long.txt").path
    try Data("a\n\(text)\nb".utf8).write(to: URL(filePath: path))
    let reader = try LineReader(opening: path)
    #expect(reader.byteCount == 300_004)
    #expect(try reader.next() == "a")
    #expect(reader.position == 2)
    #expect(try reader.next() == text)
    #expect((reader.number, reader.position) == (2, 300_003))
    #expect(try reader.next() == "b")
    #expect(try reader.next() == nil)
  }

  @Test("a line that nobody wrote is refused before it takes all memory") func endless() throws {
    let folder = try TemporaryDirectory()
    let path = folder.url.appending(path: "endless.txt").path
    try Data(count: LineReader.greatestByteCount + 100_000).write(to: URL(filePath: path))
    let problem = #expect(throws: Problem.self) {
      let reader = try LineReader(opening: path)
      _ = try reader.nextBytes()
    }
    #expect(problem?.kind == .refused)
    #expect(problem?.object == "line 1")
  }

  @Test("bytes that are not UTF-8 are told with their line, and a file that is not there by its name") func faults()
    throws
  {
    let folder = try TemporaryDirectory()
    let path = folder.url.appending(path: "latin.txt").path
    try Data([0x61, 0x0A, 0xE9, 0x0A]).write(to: URL(filePath: path))
    let problem = #expect(throws: Problem.self) {
      let reader = try LineReader(opening: path)
      while try reader.next() != nil {}
    }
    #expect(
      problem?.description == "\(path): damaged in line 2: found bytes that are not UTF-8, expected a text in UTF-8.")
    let absent = #expect(throws: Problem.self) { _ = try LineReader(opening: path + ".no") }
    #expect(absent?.kind == .unavailable)
  }

  private func lines(of text: String) throws -> [String] {
    let folder = try TemporaryDirectory()
    let path = folder.url.appending(path: "lines.txt").path
    try Data(text.utf8).write(to: URL(filePath: path))
    let reader = try LineReader(opening: path)
    var lines: [String] = []
    while let line = try reader.next() { lines.append(line) }
    return lines
  }
}
