import Bytes
import Tensors

/// Writes a safetensors file as the reference implementation does: the same tensors give the same bytes.
public enum SafeTensorsWriter {
  /// Writes a file, every tensor in tiles and all of them in parallel.
  ///
  /// The order is that of `serialize` in safetensors 0.8: wider types first, then by name.
  ///
  /// - Parameters:
  ///   - path: The file's path; it appears only when it is whole.
  ///   - metadata: The texts under `__metadata__`.
  ///   - tensors: Names and contents; names are unique.
  ///   - progress: Takes the number of bytes after each tile, on any thread.
  /// - Throws: `Problem` of kind *unsupported* for a type that the format does not have; what reading and writing throw.
  public static func write(
    _ tensors: [(name: String, source: any TensorSource)], metadata: [(name: String, value: String)], to path: String,
    replacing: Bool = false, progress: @Sendable (Int) -> Void = { _ in }
  ) throws {
    let declared = try tensors.map { tensor in
      guard let type = DataType(tensor.source.elementType),
        let declaration = SafeTensorsHeader.Declaration(tensor.name, type, tensor.source.shape)
      else {
        throw Problem(
          .unsupported, file: path, object: tensor.name, found: "elements of type \(tensor.source.elementType)",
          expected: "a type that safetensors has")
      }
      return (declaration: declaration, source: tensor.source)
    }.sorted { left, right in
      let (one, other) = (left.declaration.dataType.rank, right.declaration.dataType.rank)
      return one == other ? Spelling(left.declaration.name) < Spelling(right.declaration.name) : one > other
    }
    let header = SafeTensorsHeader(metadata: metadata, tensors: declared.map(\.declaration)).serialized()
    var end = header.count
    let placed = declared.map { tensor in
      defer { end += tensor.declaration.byteCount }
      return (start: end, source: tensor.source)
    }
    let draft = try FileDraft(of: path, replacing: replacing)
    try draft.reserve(end)
    try header.withUnsafeBytes { try draft.write($0, at: 0) }
    try forEachInParallel(placed.sorted { $0.source.byteCount > $1.source.byteCount }) { tensor in
      try tensor.source.forEachTile { offset, bytes in
        try draft.write(bytes, at: tensor.start + offset)
        progress(bytes.count)
      }
    }
    try draft.publish()
  }
}

extension DataType {
  /// The place of the type in the reference implementation's order of types, narrow before wide.
  fileprivate var rank: Int { DataType.allCases.firstIndex(of: self)! }
}
