import Bytes
import Tensors
import Testing

@testable import ModelFiles

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
    #expect(digests == tensors.map { tensor in tensor.bytes.withUnsafeBytes { Digest(of: $0) } })
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
