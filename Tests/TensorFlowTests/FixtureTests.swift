import Bytes
import Foundation
import TensorFlow
import TestSupport
import Tensors
import Testing

@Suite("Checkpoints by real TensorFlow") struct FixtureTests {
  @Test("every tensor has the type, the shape and the bytes that TensorFlow reads", arguments: RecordedCheckpoint.all)
  func tensors(recorded: RecordedCheckpoint) throws {
    let checkpoint = try TensorFlowCheckpoint(opening: recorded.prefix)
    #expect(Set(checkpoint.entries.map { Spelling($0.name) }) == Set(recorded.tensors.map { Spelling($0.name) }))
    for expected in recorded.tensors {
      let name = expected.name
      let entry = try #require(checkpoint.entries.first { Spelling($0.name) == Spelling(name) })
      #expect(entry.dataType.name == expected.value["dtype"]?.string)
      #expect(entry.shape.dimensions == expected.value["shape"]?.elements?.compactMap(\.integer))
      if let sum = expected.value["sha256"]?.string {
        let tensor = try entry.tensor.get()
        #expect(try digest(Tensor(reading: tensor).bytes.array()) == sum, "\(name)")
        for size in tensor.byteCount < 1_000 ? [1, 3, 7, 64] : [61, 1_000] {
          #expect(try digest(bytes(of: tensor, inPiecesOf: size)) == sum, "\(name) in pieces of \(size)")
        }
      } else if let texts = expected.value["texts"]?.elements {
        let found = try #require(try checkpoint.texts(name))
        #expect(found.map(\.count) == texts.compactMap { $0["count"]?.integer })
        #expect(found.map { digest($0.array()) } == texts.compactMap { $0["sha256"]?.string })
      } else {
        #expect(throws: Problem.self) { try checkpoint.tensor(name) }
      }
    }
    try checkpoint.verifyChecksums()
  }

  @Test("a little-endian tensor that lies whole is mapped where it lies", arguments: RecordedCheckpoint.all)
  func contiguous(recorded: RecordedCheckpoint) throws {
    let checkpoint = try TensorFlowCheckpoint(opening: recorded.prefix)
    for entry in checkpoint.entries {
      guard let tensor = try? entry.tensor.get() else { continue }
      let isSwapped = checkpoint.isBigEndian && tensor.elementType.swapUnit > 1
      #expect((tensor.contiguousBytes != nil) == (entry.sliceCount == nil && !isSwapped), "\(entry.name)")
      if let window = tensor.contiguousBytes { #expect(try window.array() == Tensor(reading: tensor).bytes.array()) }
    }
  }
}
