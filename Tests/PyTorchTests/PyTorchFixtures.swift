import Bytes
import Foundation
import JSON
import PyTorch
import TestSupport
import Tensors
import Testing

/// A file that PyTorch wrote, with what PyTorch reads from it.
struct RecordedFile: CustomTestStringConvertible, Sendable {
  let path: String
  /// By the way to it, with slashes: shape, dtype, and the digest of the contents.
  let tensors: [JSON.Member]

  static let root = Fixtures.folder("PyTorch")

  /// Every recorded file.
  static let all: [RecordedFile] = try! Fixtures.files(in: root, withExtension: "json", atLeast: 30)
    .filter { $0.path.contains("/torch-") }.map(RecordedFile.init)

  init(_ sidecar: URL) throws {
    path = sidecar.deletingPathExtension().path + ".pt"
    tensors = try JSON(parsing: ByteView(mapping: sidecar.path))["tensors"]?.members ?? []
  }

  var testDescription: String { String(path.dropFirst(Self.root.path.count + 1)) }
}

/// Opens a fixture by its name below the folder of PyTorch.
func open(_ name: String) throws -> PyTorchFile {
  try PyTorchFile(ByteView(mapping: RecordedFile.root.appending(path: name).path))
}

/// The digest of bytes, as the fixtures give it.
func digest(_ bytes: [UInt8]) -> String {
  "\(Digest(of: bytes))"
}

/// Reads a tensor from front to back in pieces of one size.
func bytes(of tensor: any TensorSource, inPiecesOf size: Int) throws -> [UInt8] {
  var result: [UInt8] = []
  while result.count < tensor.byteCount {
    let count = min(size, tensor.byteCount - result.count)
    result += try ByteView(count: count) { try tensor.read(at: result.count, into: $0) }.array()
  }
  return result
}

/// Reads everything that a file has.
func readAll(_ bytes: [UInt8]) throws {
  for entry in try PyTorchFile(ByteView(bytes, file: "x.pt")).tensors {
    if case .success(let tensor) = entry.tensor { _ = try Tensor(reading: tensor) }
  }
}

/// The text of the problem with which a file is not read.
func message(_ bytes: [UInt8]) -> String {
  do {
    try readAll(bytes)
    return ""
  } catch {
    return "\(error)"
  }
}
