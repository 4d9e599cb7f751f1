import Bytes
import Foundation
import JSON
import TestSupport
import Testing
import Zip

@Suite("ZIP archives by real programs") struct ZipFixtureTests {
  static let folder = Fixtures.folder("Zip")

  static func archives() throws -> [URL] {
    try Fixtures.files(in: folder, withExtension: "zip", atLeast: 9)
  }

  static func expectations() throws -> JSON {
    let file = folder.appending(path: "expected.json")
    return try JSON(parsing: ByteView(mapping: file.path))
  }

  @Test("every archive has the members that Python's zipfile reads", arguments: try Self.archives())
  func members(file: URL) throws {
    let expected = try #require(try Self.expectations()[file.lastPathComponent]?.elements)
    let archive = try ZipArchive(ByteView(mapping: file.path))
    #expect(archive.members.count == expected.count)
    for (member, expected) in zip(archive.members, expected) {
      #expect(member.name == expected["name"]?.string)
      #expect(member.byteCount == expected["size"]?.integer)
      #expect(member.storedByteCount == expected["stored"]?.integer)
      #expect((member.method == .deflated) == expected["deflated"]?.bool)
      #expect(member.file == "\(file.path)(\(member.name))")
      let whole = try contents(of: member, inPiecesOf: max(1, member.byteCount))
      #expect("\(Digest(of: whole))" == expected["sha256"]?.string)
      #expect(try contents(of: member, inPiecesOf: 7) == whole)
      #expect(try member.prefix(10).array() == Array(whole.prefix(10)))
      try member.verifyChecksum()
    }
  }

  @Test("a stored member is a window onto its archive; a deflated one is not", arguments: try Self.archives())
  func windows(file: URL) throws {
    for member in try ZipArchive(ByteView(mapping: file.path)).members {
      let window = member.contiguousBytes
      #expect((window != nil) == (member.method == .stored))
      guard let window else { continue }
      #expect(window.file == member.file)
      #expect(try window.array() == contents(of: member, inPiecesOf: max(1, member.byteCount)))
    }
  }

  @Test("a deflated member can be read in any order")
  func anyOrder() throws {
    let file = Self.folder.appending(path: "deflated.zip")
    let member = try #require(try ZipArchive(ByteView(mapping: file.path)).members.first { $0.name == "a.txt" })
    let whole = try member.prefix(.max).array()
    #expect(whole.count == member.byteCount)
    var generator = SeededGenerator(seed: 44)
    for _ in 0..<200 {
      let start = Int.random(in: 0...whole.count, using: &generator)
      let end = Int.random(in: start...whole.count, using: &generator)
      let part = try ByteView(count: end - start) { try member.read(at: start, into: $0) }
      #expect(part.array() == Array(whole[start..<end]), "bytes \(start) to \(end)")
    }
  }

  @Test("a deflated member can be read by several threads at once")
  func threads() async throws {
    let file = Self.folder.appending(path: "deflated.zip")
    let member = try #require(try ZipArchive(ByteView(mapping: file.path)).members.first { $0.name == "a.txt" })
    let whole = try member.prefix(.max).array()
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for size in 1...8 { group.addTask { try contents(of: member, inPiecesOf: size * 37) } }
      for try await result in group { #expect(result == whole) }
    }
  }
}

/// Reads a member from front to back in pieces of one size.
func contents(of member: ZipMember, inPiecesOf size: Int) throws -> [UInt8] {
  var result: [UInt8] = []
  repeat {
    let count = min(size, member.byteCount - result.count)
    result += try ByteView(count: count) { try member.read(at: result.count, into: $0) }.array()
  } while result.count < member.byteCount
  return result
}
