import Bytes
import Crypto
import Tensors
import TestSupport
import Testing

@testable import ModelFiles

@Suite("Digests in the making") struct RunningDigestTests {
  private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  }

  private static func update(_ digest: inout RunningDigest, _ bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBytes { digest.update($0) }
  }

  @Test("the examples of FIPS 180-4 have the digests that stand there", arguments: [true, false])
  func examples(usesInstructions: Bool) {
    let expected = [
      "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq":
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ]
    for (text, digits) in expected {
      var digest = RunningDigest(usesInstructions: usesInstructions)
      Self.update(&digest, Array(text.utf8)[...])
      #expect(digest.digest.description == digits, "\(text)")
    }
  }

  @Test("every length has the digest that the Crypto library computes, in pieces of any length", arguments: 0..<260)
  func lengths(count: Int) {
    let bytes = Self.bytes(count, seed: UInt64(count))
    var random = SeededGenerator(seed: UInt64(count) + 1_000)
    var digest = RunningDigest()
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 0...90, using: &random))
      Self.update(&digest, piece)
      rest = rest.dropFirst(piece.count)
    }
    #expect(digest.digest == Digest(SHA256.hash(data: bytes)))
  }

  @Test("two digests that take their pieces together are those of each alone", arguments: 0..<100)
  func pairs(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let contents = [1, 2].map { Self.bytes(Int.random(in: 0...3_000, using: &random), seed: UInt64(seed * 2 + $0)) }
    var first = RunningDigest()
    // Now and then one that the library computes.
    var second = RunningDigest(usesInstructions: seed % 5 != 0)
    var rests = contents.map { $0[...] }
    while rests.contains(where: { !$0.isEmpty }) {
      // Tiles are whole blocks but for the last of a tensor; pieces of any length must do too.
      let unit = seed.isMultiple(of: 2) ? 64 : 1
      let pieces = rests.map { $0.prefix(unit * Int.random(in: 0...20, using: &random)) }
      pieces[0].withUnsafeBytes { one in
        pieces[1].withUnsafeBytes { two in RunningDigest.update(&first, one, &second, two) }
      }
      rests = zip(rests, pieces).map { $0.dropFirst($1.count) }
    }
    #expect(first.digest == Digest(SHA256.hash(data: contents[0])))
    #expect(second.digest == Digest(SHA256.hash(data: contents[1])))
  }
}

@Suite("Tensors read and digested in tiles") struct DigestedReadingTests {
  private func tensor(_ byteCount: Int, _ first: UInt8) -> Tensor {
    Tensor((0..<byteCount).map { first &+ UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 9) }, shape: Shape([byteCount])!)!
  }

  @Test("every tile comes once, in place, and the digests are those of the contents", arguments: [0, 64, 4_160, 5])
  func tiles(position: Int) throws {
    let tensors = [300_000, 1, 0, 64, 700_001, 262_144, 262_145, 4_096, 17].enumerated().map { tensor($1, UInt8($0)) }
    let items = tensors.map { DigestedReading.Item(source: $0, position: position) }
    let copies = tensors.map { Copy($0.byteCount) }
    let digests = try DigestedReading.digests(of: items) { item, offset, bytes in copies[item].take(bytes, at: offset) }
    #expect(digests == tensors.map { tensor in tensor.bytes.withUnsafeBytes { Digest(SHA256.hash(data: $0)) } })
    for (tensor, copy) in zip(tensors, copies) { #expect(copy.bytes == tensor.bytes.array()) }
  }

  @Test("the first error ends the reading")
  func failure() {
    struct Full: Error {}
    let items = (0..<40).map { DigestedReading.Item(source: tensor(1_000, $0)) }
    #expect(throws: Full.self) { try DigestedReading.digests(of: items) { _, _, _ in throw Full() } }
  }
}

/// Bytes put together from tiles that come from any thread.
private final class Copy: @unchecked Sendable {
  // One tensor's tiles come one after the other.
  private(set) var bytes: [UInt8]
  init(_ count: Int) { bytes = Array(repeating: 0, count: count) }
  func take(_ tile: UnsafeRawBufferPointer, at offset: Int) {
    bytes.replaceSubrange(offset..<(offset + tile.count), with: tile)
  }
}
