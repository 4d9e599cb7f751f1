import Bytes
import Foundation
import TestSupport
import Testing

@testable import Checkpoints

/// Spoiled files: each is read or answered by a `Problem`, never by a trap.
@Suite("Hostile checkpoints") struct HostileFilesTests {
  private func read(_ bytes: [UInt8]) throws {
    let checkpoint = try Checkpoint(reading: ByteView(bytes))
    for tensor in checkpoint.tensors where tensor.source.byteCount <= 1 << 20 {
      _ = try contents(of: tensor.source)
    }
    _ = try BERT4KerasSettings(of: checkpoint)
  }

  @Test("every byte of a small file flipped")
  func flips() throws {
    let original = try ByteView(mapping: odd("unlisted")).array()
    let tally = try readMutants(of: original, Mutation.everyFlip(of: original), read: read)
    #expect(tally.readings > 0 && tally.problems > 0)
  }

  @Test(
    "random changes of files that Keras wrote",
    arguments: [
      "keras-2.2.4/chinese-few", "keras-2.15.0/counting", "keras-2.15.0/top-level",
    ])
  func randomChanges(name: String) throws {
    let original = try ByteView(mapping: keras.appending(path: "\(name).h5").path).array()
    let tally = try readMutants(of: original, Mutation.randomChanges(300, ofBytes: 24, seed: 1), read: read)
    #expect(tally.readings + tally.problems == 300)
  }

  @Test("a file cut at every 97th byte")
  func truncations() throws {
    let original = try ByteView(mapping: keras.appending(path: "keras-2.15.0/float16.h5").path).array()
    let cuts = stride(from: 0, to: original.count, by: 97).map { Mutation.truncation(count: $0) }
    #expect(try readMutants(of: original, cuts, read: read) == MutantTally(readings: 0, problems: cuts.count))
  }
}
