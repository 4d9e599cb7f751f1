import Bytes
import SentenceVectors

/// Vectors as a NumPy array, whose header is written when its rows have been counted.
final class NumPyOutput: VectorOutput {
  private static let headerByteCount = 128
  private let file: GrowingFile
  private let width: Int

  init(_ names: UnfinishedNames, width: Int, keeping counts: [Int]?) throws {
    self.width = width
    file = try GrowingFile(opening: names.main, keeping: counts?[0] ?? 0)
    if counts == nil { try [UInt8](repeating: 0, count: Self.headerByteCount).withUnsafeBytes { try file.append($0) } }
  }

  func append(_ texts: [CorpusText], _ vectors: Vectors) throws {
    try vectors.values.withUnsafeBytes { try file.append($0) }
  }

  func sync() throws -> [Int] {
    try file.sync()
    return [file.byteCount]
  }

  func finish(rows: Int, as path: String, replacing: Bool) throws {
    try NumPyOutput.header(rows: rows, width: width).withUnsafeBytes { try file.write($0, at: 0) }
    try file.publish(as: path, replacing: replacing)
  }

  /// The header of version 1.0, padded to 128 bytes (`numpy/lib/format.py`).
  static func header(rows: Int, width: Int) -> [UInt8] {
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(width)), }"
    let padding = Array(repeating: UInt8(ascii: " "), count: headerByteCount - 11 - text.utf8.count)
    let length = UInt16(headerByteCount - 10)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8) + padding
      + [UInt8(ascii: "\n")]
  }
}
