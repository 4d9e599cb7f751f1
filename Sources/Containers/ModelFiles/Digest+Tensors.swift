import Bytes
import Tensors

extension Digest {
  /// Reads tensors in tiles, on all processors, and digests the row-major little-endian bytes of each.
  ///
  /// - Parameters:
  ///   - tensors: The tensors.
  ///   - progress: Takes the number of bytes after each tile, on any thread.
  /// - Returns: The digests, in the order of the tensors.
  /// - Throws: What reading throws.
  package static func digests(
    of tensors: [any TensorSource], progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> [Digest] {
    try DigestedReading.digests(of: tensors.map { DigestedReading.Item(source: $0) }) { progress($2.count) }
  }
}
