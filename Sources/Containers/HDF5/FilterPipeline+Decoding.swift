import Bytes

extension FilterPipeline {
  /// Undoes the filters of one chunk, the last first.
  ///
  /// - Parameters:
  ///   - mask: A set bit says that the filter of that position was left out for this chunk.
  ///   - size: The size of the chunk before the first filter.
  /// - Throws: `Problem` of kind *damaged* when the result has another size, or a filter's own check fails.
  func decode(_ stored: ByteView, mask: UInt32, size: Int) throws -> [UInt8] {
    let applied = filters.enumerated().filter { $0.offset >= 32 || mask >> UInt32($0.offset) & 1 == 0 }.map(\.element)
    // Nothing is allocated on the file's word alone: this many bytes can come out of that many stored ones.
    let (scaled, overflow) = (stored.count + 64).multipliedReportingOverflow(by: Limits.inflation)
    let isOfOne = applied.contains { $0.known == .scaleOffset }
    let bound = isOfOne ? max(scaled, Limits.chunkBytesOfOne) : scaled
    guard applied.isEmpty || overflow || size <= bound else {
      throw problem(
        stored, found: "a chunk of \(size) bytes stored in \(stored.count)", expected: "at most \(bound) from so few")
    }
    var bytes = [UInt8](repeating: 0, count: stored.count)
    try bytes.withUnsafeMutableBytes { try stored.read(at: 0, into: $0) }
    for (position, filter) in applied.enumerated().reversed() {
      // Filters before this one can have made the chunk a little longer, never more than this.
      let limit = position == 0 ? size : size + size / 8 + 1_024
      switch filter.known {
      case .deflate: bytes = try inflate(bytes, limit: limit, stored)
      case .shuffle: bytes = unshuffle(bytes, elementSize: Int(filter.parameters.first ?? 1))
      case .fletcher32: try verifyFletcher32(&bytes, stored)
      case .szip:
        bytes = try undo(stored) { () throws(FilterDamage) in try Szip(filter.parameters).expand(bytes, limit: limit) }
      case .nBit:
        bytes = try undo(stored) { () throws(FilterDamage) in try NBit(filter.parameters).expand(bytes, limit: limit) }
      case .scaleOffset:
        bytes = try undo(stored) { () throws(FilterDamage) in
          try ScaleOffset(filter.parameters).expand(bytes, limit: limit)
        }
      case .lzf: bytes = try expandLZF(bytes, limit: limit, stored)
      case nil:
        throw Problem(
          .unsupported, file: stored.file, byte: stored.start, found: "a chunk with the filter \(filter.name)",
          expected: Known.names)
      }
    }
    guard bytes.count == size else {
      throw problem(stored, found: "a chunk of \(bytes.count) bytes", expected: "\(size) bytes")
    }
    return bytes
  }

  private func undo(_ stored: ByteView, _ expand: () throws(FilterDamage) -> [UInt8]) throws -> [UInt8] {
    do {
      return try expand()
    } catch {
      throw problem(stored, found: error.found, expected: error.expected)
    }
  }

  private func inflate(_ bytes: [UInt8], limit: Int, _ stored: ByteView) throws -> [UInt8] {
    switch inflated(bytes, limit: limit) {
    case .success(let result): return result
    case .failure(let failure): throw problem(stored, found: failure.description, expected: "one whole zlib stream")
    }
  }

  private func verifyFletcher32(_ bytes: inout [UInt8], _ stored: ByteView) throws {
    guard bytes.count >= 4 else {
      throw problem(stored, found: "a chunk of \(bytes.count) bytes", expected: "a checksum of 4 bytes at its end")
    }
    let end = bytes.count - 4
    let found = bytes.withUnsafeBytes {
      UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: end, as: UInt32.self))
    }
    bytes.removeLast(4)
    let computed = bytes.withUnsafeBytes(fletcher32)
    // HDF5 1.6.2 and older swapped the bytes of each half on little-endian machines (H5Z__filter_fletcher32).
    let swapped = (computed & 0x00FF_00FF) << 8 | (computed & 0xFF00_FF00) >> 8
    guard found == computed || found == swapped else {
      throw problem(
        stored, found: "a wrong Fletcher-32 checksum of a chunk", expected: "the checksum \(computed), not \(found)")
    }
  }

  private func expandLZF(_ bytes: [UInt8], limit: Int, _ stored: ByteView) throws -> [UInt8] {
    guard let result = lzfExpanded(bytes, limit: limit) else {
      throw problem(stored, found: "a broken LZF stream", expected: "at most \(limit) bytes from it")
    }
    return result
  }

  private func problem(_ stored: ByteView, found: String, expected: String) -> Problem {
    Problem(
      .damaged, file: stored.file, byte: stored.start, found: found, expected: expected,
      advice: "The file is cut short or overwritten; get it again from where it came")
  }
}
