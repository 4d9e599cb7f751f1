import Checkpoints
import Foundation
import JSON
import TestSupport
import Testing

/// What one run of the tool left behind.
struct Run {
  let exitCode: Int32
  let output: String
  let error: String

  /// The lines of standard output.
  var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

  /// Standard output as JSON.
  func json() throws -> JSON { try JSON(parsing: output) }
}

/// A folder in which the built tool runs, with the fixtures and a converted model beside it under short names.
final class Workplace: Sendable {
  let directory: TemporaryDirectory

  /// The tools as they were built with these tests: they lie beside the test bundle's program.
  static let programs = URL(
    filePath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  ).deletingLastPathComponent()

  /// The fixtures' folders that every test finds.
  private static let folders = [
    "HDF5", "Heads", "Keras", "KeptTokens", "NumPy", "Poems", "PyTorch", "SafeTensors", "TensorFlow", "Tokenizer",
    "Trained", "bert4keras",
  ]

  /// A folder with the fixtures' folders and, unless told otherwise, the sample as `poems.ingot`.
  init(withModel: Bool = true) throws {
    directory = try TemporaryDirectory()
    for name in Self.folders {
      try link(Fixtures.folder(name).path, as: name)
    }
    if withModel { try link(sample.path("poems.ingot"), as: "poems.ingot") }
  }

  private func link(_ path: String, as name: String) throws {
    try FileManager.default.createSymbolicLink(atPath: directory.path(name), withDestinationPath: path)
  }

  /// Runs `ingot` to its end.
  @discardableResult
  func ingot(_ arguments: String...) throws -> Run { try ingot(arguments) }

  /// Runs `ingot` with a list of arguments to its end.
  @discardableResult
  func ingot(_ arguments: [String]) throws -> Run {
    try run(Workplace.programs.appending(path: "ingot").path, arguments)
  }

  /// Runs a program to its end.
  func run(_ program: String, _ arguments: [String]) throws -> Run {
    // Files and not pipes: a pipe that nobody empties would stop the program.
    let streams = try TemporaryDirectory()
    let files = try ["output", "error"].map { name in
      try FileHandle(forWritingTo: URL(filePath: streams.write([], to: name)))
    }
    let process = process(program, arguments)
    process.standardOutput = files[0]
    process.standardError = files[1]
    try process.run()
    process.waitUntilExit()
    return Run(
      exitCode: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: try String(contentsOfFile: streams.path("output"), encoding: .utf8),
      error: try String(contentsOfFile: streams.path("error"), encoding: .utf8))
  }

  /// A program that is ready to run here.
  func process(_ program: String, _ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = directory.url
    process.standardInput = FileHandle.nullDevice
    return process
  }

  /// The names of the files here that the tool or a test has made, hidden ones included.
  func madeFiles() throws -> [String] {
    let links = Self.folders + ["poems.ingot"]
    return try FileManager.default.contentsOfDirectory(atPath: directory.url.path).filter { !links.contains($0) }
      .sorted()
  }

  /// Copies a checkpoint and puts other bytes where the values of one of its tensors begin.
  func write(_ name: String, like checkpoint: String, beginning tensor: String, with values: [UInt8]) throws {
    let tensors = try Checkpoint(opening: directory.path(checkpoint)).tensors
    let start = try #require(tensors.first { $0.name == tensor }?.source.contiguousBytes?.start)
    _ = try directory.write(patched(bytes(checkpoint), at: start, with: values), to: name)
  }

  /// Writes a safetensors file of vectors of float32.
  func write(_ tensors: [String: [Float]], to name: String) throws {
    var data: [UInt8] = []
    var members: [JSON.Member] = []
    for (tensor, values) in tensors.sorted(by: { $0.key < $1.key }) {
      let start = data.count
      data += values.flatMap { $0.bitPattern.littleEndianBytes }
      members.append(
        JSON.Member(
          tensor,
          ["dtype": "F32", "shape": [.integer(values.count)], "data_offsets": [.integer(start), .integer(data.count)]]))
    }
    let header = Array(JSON.object(members).compact.utf8)
    _ = try directory.write(UInt64(header.count).littleEndianBytes + header + data, to: name)
  }

  /// The bytes of a file.
  func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(filePath: directory.path(name))))
  }
}

/// The folder that holds the sample as the tool converted it, once for all tests.
private let sample: TemporaryDirectory = {
  let workplace = try! Workplace(withModel: false)
  let run = try! workplace.ingot("convert", "Poems", "-o", "poems.ingot", "--reference", "Poems/reference.float32.npz")
  precondition(run.exitCode == 0, run.error + run.output)
  atexit { try? FileManager.default.removeItem(at: sample.url) }
  return workplace.directory
}()
