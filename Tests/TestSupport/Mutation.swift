/// One way to spoil a file, as a value: its description is the line that repeats it.
public enum Mutation: Equatable, Sendable {
  /// The byte at `offset` is combined with `mask` by exclusive or.
  case flip(offset: Int, mask: UInt8)
  /// Only the first `count` bytes are left.
  case truncation(count: Int)
  /// `bytes` bytes at random places get random values, all decided by `seed`.
  case random(seed: UInt64, bytes: Int)

  /// Returns a spoiled copy of a file.
  public func callAsFunction(_ original: [UInt8]) -> [UInt8] {
    let (changes, count) = effect(on: original)
    var result = Array(original.prefix(count))
    for (offset, byte) in changes { result[offset] = byte }
    return result
  }

  /// Which bytes of a file change, in this order, and how many are left.
  func effect(on original: [UInt8]) -> (changes: [(offset: Int, byte: UInt8)], count: Int) {
    switch self {
    case .flip(let offset, let mask):
      return ([(offset, original[offset] ^ mask)], original.count)
    case .truncation(let count):
      return ([], min(count, original.count))
    case .random(let seed, let bytes):
      guard !original.isEmpty else { return ([], 0) }
      var generator = SeededGenerator(seed: seed)
      let changes = (0..<bytes).map { _ in
        (Int.random(in: original.indices, using: &generator), UInt8.random(in: .min ... .max, using: &generator))
      }
      return (changes, original.count)
    }
  }

  /// Returns one flip per byte and mask of a file.
  public static func everyFlip(of original: [UInt8], masks: [UInt8] = [0xFF]) -> [Mutation] {
    original.indices.flatMap { offset in masks.map { .flip(offset: offset, mask: $0) } }
  }

  /// Returns every truncation of a file, from the empty file to the one that lacks its last byte.
  public static func everyTruncation(of original: [UInt8]) -> [Mutation] {
    original.indices.map { .truncation(count: $0) }
  }

  /// Returns `count` random changes of `bytes` bytes each, with the seeds `seed`, `seed + 1`, ….
  public static func randomChanges(_ count: Int, ofBytes bytes: Int, seed: UInt64) -> [Mutation] {
    (0..<count).map { .random(seed: seed &+ UInt64($0), bytes: bytes) }
  }
}

extension Mutation: CustomStringConvertible {
  /// Swift that makes the mutation again: `Mutation.flip(offset: 12, mask: 255)`.
  public var description: String {
    switch self {
    case .flip(let offset, let mask): "Mutation.flip(offset: \(offset), mask: \(mask))"
    case .truncation(let count): "Mutation.truncation(count: \(count))"
    case .random(let seed, let bytes): "Mutation.random(seed: \(seed), bytes: \(bytes))"
    }
  }
}

/// Returns a copy of `bytes` in which `replacement` stands at `offset`.
///
/// The length stays the same; a replacement that leaves the bytes is an error of the test.
public func patched(_ bytes: [UInt8], at offset: Int, with replacement: [UInt8]) -> [UInt8] {
  precondition(offset >= 0 && offset + replacement.count <= bytes.count, "the patch leaves the file")
  var result = bytes
  result.replaceSubrange(offset..<(offset + replacement.count), with: replacement)
  return result
}
