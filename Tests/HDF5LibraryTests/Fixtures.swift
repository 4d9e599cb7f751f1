import Bytes
import Foundation
import HDF5Library
import Tensors

/// The path of a fixture.
func fixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/HDF5Library/\(name)").path
}

/// Calls `body` with a directory of its own, which is removed afterwards.
func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
  let directory = FileManager.default.temporaryDirectory.appending(path: "ingot-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: directory) }
  return try body(directory.path)
}

/// The whole contents of a source.
func bytes(of source: some TensorSource) throws -> [UInt8] {
  try ByteView(count: source.byteCount) { try source.read(at: 0, into: $0) }.array()
}

/// The text of the problem that `body` throws; an empty one when it throws none.
func message(of body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}

/// A tensor of recognizable bytes: 0, 1, 2 … for numbers, 0 and 1 for booleans.
func pattern(_ elementType: ElementType, _ shape: Shape) -> Tensor {
  let count = shape.elementCount * elementType.byteCount
  let bytes = (0..<count).map { elementType == .bool ? UInt8($0 % 2) : UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
  return Tensor(elementType, shape, bytes: ByteView(bytes))!
}
