import Bytes
import SafeTensors
import Tensors

/// A part of a model file whose bytes do not have the digest that the file gives for them.
public struct Mismatch: Hashable, Sendable {
  /// What a model file consists of.
  public enum Part: Hashable, Sendable {
    /// The bytes before the data.
    case header
    /// The contents of a tensor, of the model or under the prefix `ingot.`.
    case tensor(String)
  }

  /// Which part it is.
  public let part: Part
  /// The digest that the file gives.
  public let expected: Digest
  /// The digest of the bytes as they are.
  public let found: Digest
}

extension ModelFile {
  /// Reads the whole file, on all processors, and compares every digest.
  ///
  /// The bytes are read through a tile for each thread and not through the map, so that memory stays small and a file that
  /// shrinks meanwhile is an error.
  ///
  /// - Parameter progress: Takes the number of bytes after each tile, on any thread.
  /// - Returns: Every part that differs, in the order of the file; nothing when the file is as it was written.
  /// - Throws: `Problem` of kind *unavailable* when the file cannot be read.
  public func verifyDigests(progress: @Sendable (Int) -> Void = { _ in }) throws -> [Mismatch] {
    let items = file.tensors.map { DigestedReading.Item(source: anyTensor($0.name)!) }
    let digests = try DigestedReading.digests(of: items) { progress($2.count) }
    var mismatches: [Mismatch] = []
    let header = try computedHeaderDigest()
    if header != digest { mismatches.append(Mismatch(part: .header, expected: digest, found: header)) }
    for (entry, found) in zip(file.tensors, digests) {
      let expected = self.digests[Spelling(entry.name)]!
      if found != expected {
        mismatches.append(Mismatch(part: .tensor(entry.name), expected: expected, found: found))
      }
    }
    return mismatches
  }

  /// Reads the whole file, as ``verifyDigests(progress:)`` does, and demands that it is as it was written.
  ///
  /// - Throws: `Problem` of kind *damaged* that names the first part that differs, *unavailable* when the file cannot be read.
  public func checkDigests() throws {
    guard let mismatch = try verifyDigests().first else { return }
    throw damage(mismatch)
  }

  /// One of the model's own tensors, after its digest has been compared; nil when there is none of this name.
  ///
  /// - Throws: `Problem` of kind *damaged* when the digest differs, *unavailable* when the file cannot be read.
  public func verifiedTensor(_ name: String) throws -> Tensor? {
    guard let tensor = tensor(name), let expected = digest(of: name) else { return nil }
    let found = try Digest(reading: tensor)
    guard found == expected else { throw damage(Mismatch(part: .tensor(name), expected: expected, found: found)) }
    return tensor
  }

  /// What is wrong with a part whose digest differs.
  func damage(_ mismatch: Mismatch) -> Problem {
    let place: (object: String, byte: Int?) =
      switch mismatch.part {
      case .header: ("the header", nil)
      case .tensor(let name): ("tensor \"\(name)\"", file.entry(name)?.range.lowerBound)
      }
    return Problem(
      .damaged, file: path, object: place.object, byte: place.byte, found: "data with the SHA-256 \(mismatch.found)",
      expected: "\(mismatch.expected), as the header says",
      advice: "The file was changed after it was written; get it again from where it came")
  }

  /// The digest of the header as it is now, zeros in the place of its own.
  private func computedHeaderDigest() throws -> Digest {
    let header = try ByteView(count: file.dataStart - file.bytes.start) { try file.bytes.read(at: 0, into: $0) }
    var bytes = header.array()
    let own = Array("\"\(MetadataKey.header)\":\"".utf8)
    // The header has been found to be the one that the writer writes, where the text stands once.
    if let start = bytes.indices.first(where: { bytes[$0...].starts(with: own) }) {
      let digits = bytes[(start + own.count)...].prefix(64).indices
      bytes.replaceSubrange(digits, with: Array(repeating: UInt8(ascii: "0"), count: digits.count))
    }
    return Digest(of: bytes)
  }
}
