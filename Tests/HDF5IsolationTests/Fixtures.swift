import Bytes
import Foundation
import Tensors

/// The folder of the fixtures.
let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "Fixtures/HDF5Library")

/// The path of a fixture.
func fixture(_ name: String) -> String { fixtures.appending(path: name).path }

/// The paths of the fixtures whose names begin so.
func fixtures(beginningWith prefix: String) -> [String] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: fixtures.path)) ?? []
  return names.filter { $0.hasPrefix(prefix) }.sorted().map(fixture)
}

/// `ingot-hdf5` as it was built with these tests.
let tool = URL(filePath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "")
  .deletingLastPathComponent().appending(path: "ingot-hdf5").path

/// Calls `body` with a directory of its own, which is removed afterwards.
func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
  let directory = FileManager.default.temporaryDirectory.appending(path: "ingot-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: directory) }
  return try body(directory.path)
}

/// Calls `body` with a file that holds a shell script: with the tool `/bin/sh`, reading the file is running it.
///
/// (A program written and started at once fails now and then, while another thread's child still has it open.)
func withScript<Result>(_ script: String, _ body: (String) throws -> Result) throws -> Result {
  try withTemporaryDirectory { directory in
    let path = directory + "/script"
    try Data("\(script)\n".utf8).write(to: URL(filePath: path))
    return try body(path)
  }
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
