import Bytes
import Foundation
import HDF5
import Tensors
import Testing

@Suite("Mutations") struct MutationTests {
  static let tiny = Fixture.all.filter { $0.name.hasPrefix("tiny") }

  /// Bytes with nothing but zeros for 32 bytes around them, the unused room of B-trees and heaps, are left out.
  @Test("with any byte inverted, a file is read or refused", arguments: tiny)
  func flips(fixture: Fixture) throws {
    var bytes = try fixture.bytes()
    let used = bytes.indices.filter { index in
      bytes[max(0, index - 32)..<min(bytes.count, index + 33)].contains { $0 != 0 }
    }
    for index in used {
      bytes[index] ^= 0xFF
      walk(bytes)
      bytes[index] ^= 0xFF
    }
  }

  @Test("cut short anywhere, a file is damaged", arguments: tiny)
  func truncations(fixture: Fixture) throws {
    let bytes = try fixture.bytes()
    for count in bytes.indices {
      let problem = #expect(throws: Problem.self) { try HDF5File(ByteView(Array(bytes[..<count]))) }
      #expect(problem?.kind == .damaged)
    }
  }

  /// `INGOT_MUTATIONS=10000 swift test --filter MutationTests` tries more than the usual few.
  @Test("with two random bytes changed, a file is read or refused", arguments: Fixture.all)
  func pairs(fixture: Fixture) throws {
    let count = ProcessInfo.processInfo.environment["INGOT_MUTATIONS"].flatMap { Int($0) } ?? 20
    let original = try fixture.bytes()
    for seed in 0..<UInt64(count) {
      var random = SplitMix(state: seed)
      var bytes = original
      for _ in 0..<2 {
        let index = Int.random(in: bytes.indices, using: &random)
        bytes[index] = UInt8.random(in: 0...255, using: &random)
      }
      walk(bytes)
    }
  }

  /// Reads everything that a file offers, within bounds that every sound reading of so few bytes keeps.
  private func walk(_ bytes: [UInt8]) {
    guard let file = try? HDF5File(ByteView(bytes)) else { return }
    readAttributes(file.root.attributeNames, file.root.attribute)
    guard let objects = try? file.objects() else { return }
    #expect(objects.count <= bytes.count)
    for object in objects {
      switch object {
      case .group(let group): readAttributes(group.attributeNames, group.attribute)
      case .dataset(let dataset):
        readAttributes(dataset.attributeNames, dataset.attribute)
        read(dataset)
        if case .chunked = dataset.storage, dataset.unreadable == nil {
          #expect(dataset.byteCount <= Dataset.mostBytes(in: bytes.count))
        } else if dataset.unreadable == nil {
          #expect(dataset.byteCount <= bytes.count)
        }
      case .other: break
      }
    }
  }

  private func readAttributes(_ names: () throws -> [String], _ attribute: (String) throws -> Attribute?) {
    for name in (try? names()) ?? [] {
      guard let attribute = try? attribute(name) else { continue }
      _ = try? attribute.strings()
      _ = try? attribute.tensor()
    }
  }

  /// Reads the beginning and the end.
  private func read(_ dataset: Dataset) {
    var buffer = [UInt8](repeating: 0, count: min(dataset.byteCount, 4_096))
    buffer.withUnsafeMutableBytes { buffer in
      try? dataset.read(at: 0, into: buffer)
      try? dataset.read(at: dataset.byteCount - buffer.count, into: buffer)
    }
  }
}

/// Sebastiano Vigna's SplitMix64, so that a seed always gives the same mutations.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
