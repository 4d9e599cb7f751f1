import Bytes
import Tensors
import Zip

/// Writes arrays as `numpy.savez` does: one stored `.npy` for each.
public enum NumPyArchiveWriter {
  /// Writes an archive, every array in tiles and all of them in parallel.
  ///
  /// - Parameters:
  ///   - path: The file's path; it appears only when it is whole.
  ///   - progress: Takes the number of bytes after each tile, on any thread.
  /// - Throws: `Problem` of kind *unsupported* for bfloat16, which NumPy does not have; what reading and writing throw.
  public static func write(
    _ tensors: [(name: String, source: any TensorSource)], to path: String, replacing: Bool = false,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws {
    let members = try tensors.map { name, source in
      let header = try checkedHeader(of: source, named: name, in: path)
      return ZipWriter.Member("\(name).npy", byteCount: header.count + source.byteCount) { body in
        try header.withUnsafeBytes { try body(0, $0) }
        try source.forEachTile { offset, bytes in
          try body(header.count + offset, bytes)
          progress(bytes.count)
        }
      }
    }
    try ZipWriter.write(members, to: path, replacing: replacing) { count, body in
      try forEachInParallel(Array(0..<count), body)
    }
  }

  /// Checks that an archive can hold these arrays, of which nothing is read.
  ///
  /// - Throws: `Problem` as ``write(_:to:replacing:progress:)`` does about types.
  public static func check(_ tensors: [(name: String, source: any TensorSource)], for path: String) throws {
    for (name, source) in tensors { _ = try checkedHeader(of: source, named: name, in: path) }
  }

  private static func checkedHeader(of source: any TensorSource, named name: String, in path: String) throws -> [UInt8]
  {
    guard let header = header(of: source) else {
      throw Problem(
        .unsupported, file: path, object: name, found: "elements of type \(source.elementType)",
        expected: "a type that NumPy has", advice: "Export with --dtype float32",
        ways: [[Remedy("--dtype", "float32")]])
    }
    return header
  }

  /// The header of version 1.0, padded so that the contents begin at a multiple of 64 (`numpy/lib/format.py`).
  private static func header(of source: any TensorSource) -> [UInt8]? {
    let letter: String
    switch source.elementType {
    case .bool: letter = "b"
    case .int8, .int16, .int32, .int64: letter = "i"
    case .uint8, .uint16, .uint32, .uint64: letter = "u"
    case .float16, .float32, .float64: letter = "f"
    case .complex64, .complex128: letter = "c"
    case .bfloat16: return nil
    }
    let size = source.elementType.byteCount
    let extents = source.shape.dimensions.map(String.init)
    let shape = extents.count == 1 ? "(\(extents[0]),)" : "(\(extents.joined(separator: ", ")))"
    let text = "{'descr': '\(size == 1 ? "|" : "<")\(letter)\(size)', 'fortran_order': False, 'shape': \(shape), }"
    let length = (10 + text.utf8.count + 1 + 63) / 64 * 64
    let padding = Array(repeating: UInt8(ascii: " "), count: length - 11 - text.utf8.count)
    let count = UInt16(length - 10)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + Array(text.utf8) + padding
      + [UInt8(ascii: "\n")]
  }
}
