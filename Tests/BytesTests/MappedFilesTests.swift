import Bytes
import Foundation
import Testing
import TestSupport

@Suite("Files that are cut short while they are mapped") struct MappedFilesTests {
  @Test("reading through the map ends a program with the message and the exit code of any other problem")
  func handled() async throws {
    let result = await #expect(processExitsWith: .exitCode(2), observing: [\.standardErrorContent]) {
      let folder = try TemporaryDirectory()
      let path = try folder.write([UInt8](repeating: 7, count: 100_000), to: "cut\u{1B}.bin")
      MappedFiles.exitWhenCutShort(reportingAs: "ingot")
      let other = try ByteView(mapping: folder.write([1, 2, 3], to: "whole.bin"))
      let view = try ByteView(mapping: path)
      try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: 10)
      _ = other.array()
      _ = view.array()
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.hasPrefix("ingot: /"))
    #expect(
      message.hasSuffix(
        """
        /cut\\u{1b}.bin: unavailable: found the end of a file that was longer when it was opened, expected all of its 100000 \
        bytes. Do not change a file while it is being read.\n
        """), "\(message)")
  }

  @Test("a bus error in a map that is not ours ends a program as ever")
  func foreign() async {
    await #expect(processExitsWith: .signal(SIGBUS)) {
      let folder = try TemporaryDirectory()
      let path = try folder.write([UInt8](repeating: 7, count: 100_000), to: "cut.bin")
      MappedFiles.exitWhenCutShort(reportingAs: "ingot")
      // A map that has been let go is not ours any more, also when its addresses are taken again.
      do { _ = try ByteView(mapping: path) }
      let descriptor = open(path, O_RDWR)
      let map = mmap(nil, 100_000, PROT_READ, MAP_SHARED, descriptor, 0)
      ftruncate(descriptor, 10)
      // The value is used, or the optimiser would leave the reading out.
      exit(map?.load(fromByteOffset: 90_000, as: UInt8.self) == 7 ? 3 : 4)
    }
  }

  @Test("reading by pread is an error that can be caught")
  func streamed() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write([UInt8](repeating: 7, count: 100_000), to: "cut.bin")
    let view = try ByteView(mapping: path)
    try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: 10)
    let problem = #expect(throws: Problem.self) {
      try ByteView(count: 1_000) { try view.read(at: 0, into: $0) }
    }
    #expect(
      problem?.description == """
        \(path): unavailable at byte 10: found the end of a file that was longer when it was opened, expected 990 more \
        bytes. Do not change a file while it is being read.
        """)
  }
}
