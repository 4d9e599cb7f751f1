import Bytes
import Foundation
import Subjects
import TestSupport
import Testing

@Suite("Hostile paths and many readers") struct HostilePathTests {
  @Test("a pipe that nobody writes to does not hold the reader") func pipe() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let problem = #expect(throws: Problem.self) { try ByteView(mapping: path) }
    #expect(
      problem?.description
        == "\(path): unavailable: found a device, pipe or socket, expected a readable regular file.")
  }

  @Test("links in a circle lead nowhere") func circle() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("a")
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder.path("b"))
    try FileManager.default.createSymbolicLink(atPath: folder.path("b"), withDestinationPath: path)
    let problem = #expect(throws: Problem.self) { try ByteView(mapping: path) }
    #expect(
      problem?.description
        == "\(path): unavailable: found too many levels of symbolic links, expected a readable regular file.")
  }

  @Test("a device that never ends is not read", arguments: ["/dev/zero", "/dev/urandom"])
  func device(path: String) {
    let problem = #expect(throws: Problem.self) { try ByteView(mapping: path) }
    #expect(
      problem?.description
        == "\(path): unavailable: found a device, pipe or socket, expected a readable regular file.")
  }

  @Test("a file that may not be read says so") func unreadable() async {
    // In a process of its own, which gives up the rights of the superuser where it has them.
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryDirectory()
      let path = try folder.write([1, 2, 3], to: "locked")
      guard chmod(path, 0) == 0, chmod(folder.url.path, 0o755) == 0 else { exit(3) }
      if getuid() == 0 { guard seteuid(65_534) == 0 else { exit(4) } }
      do {
        _ = try ByteView(mapping: path)
        exit(5)
      } catch {
        guard "\(error)" == "\(path): unavailable: found permission denied, expected a readable regular file." else {
          exit(6)
        }
      }
      if getuid() == 0 { seteuid(0) }
    }
  }

  @Test(
    "thirty-two readers of one hostile file give the same answer",
    arguments: [
      (Subject.hdf5, "crash-listing-1.h5"), (.hdf5, "hang-1.h5"), (.checkpoint, "unreadable.h5"), (.npy, "object.npy"),
    ])
  func concurrency(subject: Subject, name: String) async throws {
    let file = try #require(try subject.fixtures().first { $0.lastPathComponent == name })
    let bytes = Array(try Data(contentsOf: file))
    let expected = try subject.isReadable(bytes)
    try await withThrowingTaskGroup { group in
      for _ in 0..<32 { group.addTask { try subject.isReadable(bytes) } }
      for try await answer in group { #expect(answer == expected) }
    }
  }
}
