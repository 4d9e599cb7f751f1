import Bytes
import Foundation
import JSON
import TensorFlow
import TestSupport
import Tensors
import Testing

/// A checkpoint that TensorFlow wrote, with what TensorFlow reads from it.
struct RecordedCheckpoint: CustomTestStringConvertible, Sendable {
  let folder: URL
  let prefix: String
  /// By name: dtype, shape, and the digest of the contents.
  let tensors: [JSON.Member]

  static let root = Fixtures.folder("TensorFlow")

  /// Every recorded checkpoint of the second format.
  static let all: [RecordedCheckpoint] = try! Fixtures.files(in: root, withExtension: "json", atLeast: 12)
    .filter { $0.lastPathComponent == "expected.json" && !$0.path.contains("version-1") }
    .map(RecordedCheckpoint.init)

  static func named(_ name: String) -> RecordedCheckpoint {
    all.first { $0.testDescription == name }!
  }

  init(_ sidecar: URL) throws {
    let json = try JSON(parsing: ByteView(mapping: sidecar.path))
    folder = sidecar.deletingLastPathComponent()
    prefix = folder.appending(path: json["prefix"]?.string ?? "").path
    tensors = json["tensors"]?.members ?? []
  }

  var testDescription: String { String(folder.path.dropFirst(Self.root.path.count + 1)) }

  var index: [UInt8] { get throws { Array(try Data(contentsOf: URL(filePath: prefix + ".index"))) } }

  /// The data files, in order.
  var shards: [[UInt8]] {
    get throws {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      return try names.filter { (folder.path + "/" + $0).hasPrefix(prefix + ".data-") }
        .map { Array(try Data(contentsOf: folder.appending(path: $0))) }
    }
  }

}

/// Opens an index and data files, of which some may be missing, under the name `x`.
func open(_ index: [UInt8], shards: [[UInt8]?] = [Array(repeating: 0, count: 64)]) throws -> TensorFlowCheckpoint {
  try TensorFlowCheckpoint(index: ByteView(index, file: "x.index")) { path in
    let number = Int(path.dropFirst("x.data-".count).prefix(5))!
    guard number < shards.count, let bytes = shards[number] else {
      throw Problem(.unavailable, file: path, found: "no such file or directory", expected: "a readable regular file")
    }
    return ByteView(bytes, file: path)
  }
}

/// The digest of bytes, as the fixtures give it.
func digest(_ bytes: some DataProtocol) -> String {
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

/// Reads everything that a checkpoint has.
func readAll(_ checkpoint: TensorFlowCheckpoint) throws {
  for entry in checkpoint.entries {
    if entry.dataType.elementType != nil { _ = try Tensor(reading: entry.tensor.get()) }
  }
  _ = try checkpoint.objectGraph()
  try checkpoint.verifyChecksums()
}

func expectProblem(
  _ message: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> some Any
) {
  let problem = #expect(throws: Problem.self, sourceLocation: sourceLocation) { _ = try body() }
  #expect(problem?.description == message, sourceLocation: sourceLocation)
}
