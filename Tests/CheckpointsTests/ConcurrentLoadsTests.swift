import Checkpoints
import Foundation
import TestSupport
import Testing

/// One hostile file that is opened and read by many threads at once.
@Suite("Concurrent loads of a hostile file") struct ConcurrentLoadsTests {
  /// A terabyte declared by a few bytes, external and virtual data, and data that were never written.
  @Test("32 at once fail alike, in 64 MB together")
  func memory() async {
    // In a process of its own, whose memory no other test takes.
    await #expect(processExitsWith: .success) {
      let path = Fixtures.folder("HDF5").appending(path: "unreadable.h5").path
      let expected = try messages(of: path)
      guard expected.count == 5 else { exit(3) }
      let before = peakMemory()
      DispatchQueue.concurrentPerform(iterations: 32) { _ in
        for _ in 0..<4 {
          guard (try? messages(of: path)) == expected else { exit(4) }
        }
      }
      guard before > 0, peakMemory() - before < 64 << 20 else { exit(5) }
    }
  }
}

@Suite("Memory that a hostile header takes") struct HostileHeaderTests {
  /// A header of 7 MB in which all names have the same bytes, and one of as many names that is sound.
  @Test("a hundred thousand names take less than 64 MB, for one range or for one each")
  func names() async {
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      let before = peakMemory()
      for isSound in [false, true] {
        let path = directory.path("\(isSound).safetensors")
        guard FileManager.default.createFile(atPath: path, contents: nil),
          let file = FileHandle(forWritingAtPath: path)
        else { exit(3) }
        // In pieces, so that making the file takes no memory of its own.
        var length = 2
        for piece in 0..<100 { length += piece == 0 ? members(0, isSound).count - 1 : members(piece, isSound).count }
        try file.write(contentsOf: Data(withUnsafeBytes(of: UInt64(length).littleEndian) { Array($0) }))
        try file.write(contentsOf: Data("{".utf8))
        for piece in 0..<100 { try file.write(contentsOf: members(piece, isSound).dropFirst(piece == 0 ? 1 : 0)) }
        try file.write(contentsOf: Data("}".utf8))
        try file.truncate(atOffset: UInt64(8 + length + (isSound ? 1_600_000 : 16)))
        try file.close()
        let count = try? Checkpoint(opening: path).tensors.count
        guard count == (isSound ? 100_000 : nil) else { exit(4) }
      }
      guard before > 0, peakMemory() - before < 64 << 20 else { exit(5) }
    }
  }
}

/// A thousand members of a safetensors header, each with a comma before it.
private func members(_ piece: Int, _ isSound: Bool) -> Data {
  Data(
    (piece * 1_000..<piece * 1_000 + 1_000).map { number in
      let begin = isSound ? number * 16 : 0
      return ",\"w\(number)\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[\(begin),\(begin + 16)]}"
    }.joined().utf8)
}

/// Opens a file, reads every tensor, and returns what was wrong.
private func messages(of path: String) throws -> [String] {
  try Checkpoint(opening: path).tensors.compactMap { tensor in
    var start = [UInt8](repeating: 0, count: min(1 << 16, tensor.source.byteCount))
    do {
      try start.withUnsafeMutableBytes { try tensor.source.read(at: 0, into: $0) }
      return nil
    } catch {
      return "\(error)"
    }
  }
}

/// The largest resident memory of this process so far, in bytes.
private func peakMemory() -> Int {
  var usage = rusage()
  #if canImport(Darwin)
    getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss
  #else
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss * 1_024
  #endif
}
