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

/// Opens a file, reads every tensor that our own reader reads, and returns what was wrong.
private func messages(of path: String) throws -> [String] {
  try Checkpoint(opening: path).tensors.filter { !$0.storage.contains("scaleoffset") }.compactMap { tensor in
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
