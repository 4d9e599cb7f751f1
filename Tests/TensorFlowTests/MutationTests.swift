import Foundation
import TensorFlow
import TestSupport
import Testing

@Suite("Mutations of checkpoints") struct MutationTests {
  /// An index whose checksums hide nothing: each mutation is sealed again.
  private static func sealed(_ bytes: [UInt8], blockEnd: Int) -> [UInt8] {
    guard bytes.count > blockEnd + 5 else { return bytes }
    return bytes[...blockEnd] + IndexBytes.littleEndian(IndexBytes.maskedCRC(Array(bytes[...blockEnd])))
      + bytes[(blockEnd + 5)...]
  }

  @Test(
    "every flip and every truncation of an index gives a reading or a problem",
    arguments: ["sharded", "partitioned", "sliced", "keras", "snappy", "types", "nothing", "big-endian"])
  func index(name: String) throws {
    let recorded = RecordedCheckpoint.named(name)
    let (original, shards) = try (recorded.index, recorded.shards)
    let read = { (bytes: [UInt8]) in try readAll(open(bytes, shards: shards)) }
    let flips = try readMutants(of: original, Mutation.everyFlip(of: original), read: read)
    // What may change unnoticed is the padding of the footer and the index of the empty meta block.
    #expect(flips.readings < 60)
    let truncations = try readMutants(of: original, Mutation.everyTruncation(of: original), read: read)
    #expect(truncations == MutantTally(readings: 0, problems: original.count))
  }

  @Test(
    "every flip of a first block whose checksum is made right again gives a reading or a problem",
    arguments: ["sharded", "partitioned", "sliced", "keras", "snappy", "types", "big-endian"])
  func sealedIndex(name: String) throws {
    let recorded = RecordedCheckpoint.named(name)
    let (original, shards) = try (recorded.index, recorded.shards)
    let blockEnd = try #require(firstBlockEnd(of: original))
    let read = { (bytes: [UInt8]) in
      try readAll(open(Self.sealed(bytes, blockEnd: blockEnd), shards: shards))
    }
    let block = Array(original[...blockEnd])
    let flips = Mutation.everyFlip(of: block, masks: [0xFF, 1, 0x80, 8])
    let tally = try readMutants(of: original, flips, read: read)
    #expect(tally.problems > tally.readings)
    try readMutants(of: original, Mutation.randomChanges(500, ofBytes: 3, seed: 71), read: read)
  }

  @Test("a flip of the data is noticed", arguments: ["sharded", "partitioned", "sliced", "big-endian"])
  func data(name: String) throws {
    let recorded = RecordedCheckpoint.named(name)
    let (index, shards) = try (recorded.index, recorded.shards)
    for (number, shard) in shards.enumerated() {
      let mutations = stride(from: 0, to: shard.count, by: shard.count / 100 + 1).map {
        Mutation.flip(offset: $0, mask: 1)
      }
      let tally = try readMutants(of: shard, mutations) { bytes in
        var changed = shards
        changed[number] = bytes
        try readAll(open(index, shards: changed))
      }
      #expect(tally == MutantTally(readings: 0, problems: mutations.count))
    }
  }

  /// The position of the type behind the first block: the first at which the checksum that follows is right.
  private func firstBlockEnd(of bytes: [UInt8]) -> Int? {
    bytes.indices.first { end in
      end + 5 <= bytes.count && bytes[end] <= 1
        && Array(bytes[(end + 1)..<(end + 5)]) == IndexBytes.littleEndian(IndexBytes.maskedCRC(Array(bytes[...end])))
    }
  }
}
