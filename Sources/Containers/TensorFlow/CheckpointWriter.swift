import Bytes
internal import SwiftProtobuf
import Synchronization
import Tensors

/// Writes a name-based TensorFlow checkpoint: one data file, its index, and the file that says which checkpoint is the last.
///
/// `tensorflow/core/util/tensor_bundle/tensor_bundle.cc`, `BundleWriter`. The tensors lie in the data file one behind the other, in
/// the order of their names; the index is an uncompressed sorted table.
public enum CheckpointWriter {
  /// Writes `PREFIX.data-00000-of-00001`, `PREFIX.index` and `checkpoint`, each of which appears only when it is whole.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - prefix: What the names of the files begin with: `bert_model.ckpt`.
  ///   - tensors: Names and contents; names are unique and not empty.
  ///   - progress: Takes the number of bytes after each tile, on any thread.
  /// - Throws: `Problem` of kind *unsupported* for a name that the index cannot hold; what reading and writing throw.
  public static func write(
    _ tensors: [(name: String, source: any TensorSource)], to folder: String, prefix: String,
    progress: @Sendable (Int) -> Void = { _ in }
  ) throws {
    let sorted = tensors.sorted { Spelling($0.name) < Spelling($1.name) }
    if let tensor = sorted.first(where: { $0.name.isEmpty || $0.name.utf8.contains(0) }) {
      throw Problem(
        .unsupported, file: folder, object: tensor.name, found: "a name that is empty or holds a NUL",
        expected: "one that an index can hold")
    }
    var end = 0
    let entries = sorted.enumerated().map { index, tensor in
      defer { end += tensor.source.byteCount }
      return (index: index, start: end, tensor: tensor)
    }
    let checksums = Mutex([UInt32](repeating: 0, count: sorted.count))
    let data = try FileDraft(of: "\(folder)/\(prefix).data-00000-of-00001", replacing: false)
    try data.reserve(end)
    try forEachInParallel(entries.sorted { $0.tensor.source.byteCount > $1.tensor.source.byteCount }) { entry in
      var crc = CRC32C()
      try entry.tensor.source.forEachTile { offset, bytes in
        crc.update(bytes)
        try data.write(bytes, at: entry.start + offset)
        progress(bytes.count)
      }
      checksums.withLock { $0[entry.index] = crc.masked }
    }
    try data.publish()

    var table = TableWriter()
    table.append(key: [], value: try Self.header.serializedBytes())
    for (entry, checksum) in zip(entries, checksums.withLock { $0 }) {
      let value = BundleEntryProto(entry.tensor.source, start: entry.start, checksum: checksum)
      table.append(key: Array(entry.tensor.name.utf8), value: try value.serializedBytes())
    }
    try table.finished().withUnsafeBytes { try FileDraft.write($0, to: "\(folder)/\(prefix).index") }
    // The state file, which `latest_checkpoint` reads.
    let state = CheckpointState.with {
      $0.modelCheckpointPath = prefix
      $0.allModelCheckpointPaths = [prefix]
    }
    try Array(state.textFormatString().utf8).withUnsafeBytes { try FileDraft.write($0, to: "\(folder)/checkpoint") }
  }

  /// One shard, little-endian, written by version 1.
  private static let header = BundleHeaderProto.with {
    $0.numShards = 1
    $0.version.producer = 1
  }
}

extension BundleEntryProto {
  /// Describes a tensor that lies whole in the first data file.
  fileprivate init(_ source: any TensorSource, start: Int, checksum: UInt32) {
    dtype = Int32(DataType(source.elementType).rawValue)
    shape.dim = source.shape.dimensions.map { extent in .with { $0.size = Int64(extent) } }
    offset = Int64(start)
    size = Int64(source.byteCount)
    crc32C = checksum
  }
}

extension DataType {
  /// TensorFlow's number of an element type.
  init(_ elementType: ElementType) {
    self = (1...23).lazy.map { DataType(rawValue: $0) }.first { $0.elementType == elementType }!
  }
}
