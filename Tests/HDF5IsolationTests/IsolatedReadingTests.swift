import Bytes
import Foundation
import HDF5Isolation
import HDF5Library
import JSON
import Tensors
import Testing

@Suite struct IsolatedReadingTests {
  private let values = Tensor((0..<1024).map(Float.init), shape: [32, 32])!

  /// szip and scale-offset are what our own reader calls unsupported and Debian's libhdf5 has.
  @Test(arguments: ["contiguous", "deflate", "szip"])
  func datasetsComeThroughTheProcess(_ name: String) throws {
    let dataset = try isolatedDataset(name, of: fixture("filters.h5"), elementType: .float32, shape: [32, 32])
    #expect(try bytes(of: dataset) == values.bytes.array())
    #expect(try bytes(of: dataset) == values.bytes.array())
  }

  @Test func scaleOffsetComesThroughTheProcess() throws {
    let dataset = try isolatedDataset(
      "/scaleoffset", of: fixture("filters.h5"), elementType: .int32, shape: [32, 32])
    #expect(try bytes(of: dataset) == Tensor((0..<1024).map(Int32.init), shape: [32, 32])!.bytes.array())
  }

  @Test func piecesAreReadInAnyOrder() throws {
    let dataset = try isolatedDataset("szip", of: fixture("filters.h5"), elementType: .float32, shape: [32, 32])
    for (offset, count) in [(0, 5), (5, 100), (1000, 7), (4095, 1), (0, 4096), (12, 12), (13, 0), (3, 4)] {
      let piece = try ByteView(count: count) { try dataset.read(at: offset, into: $0) }
      #expect(try piece.array() == values.bytes.slice(at: offset, count: count, of: "a piece").array())
    }
  }

  @Test func aDatasetOfManyBlocksIsStreamed() throws {
    try withTemporaryDirectory { directory in
      let tensor = Tensor((0..<1_000_003).map { Int32(truncatingIfNeeded: $0 &* 7919) }, shape: [1_000_003])!
      let writer = try HDF5Writer(creating: directory + "/a.h5")
      try writer.write(tensor, to: "a")
      try writer.finish()
      let dataset = try isolatedDataset("a", of: directory + "/a.h5", elementType: .int32, shape: [1_000_003])
      for offset in stride(from: 0, to: dataset.byteCount, by: 700_001) {
        let count = min(300_000, dataset.byteCount - offset)
        let piece = try ByteView(count: count) { try dataset.read(at: offset, into: $0) }
        #expect(try piece.array() == tensor.bytes.slice(at: offset, count: count, of: "a piece").array())
      }
    }
  }

  @Test func scalarsAndEmptyDatasets() throws {
    let scalar = try isolatedDataset("scalar", of: fixture("types.h5"), elementType: .int64, shape: [])
    #expect(try bytes(of: scalar) == [7, 0, 0, 0, 0, 0, 0, 0])
    let empty = try isolatedDataset("empty", of: fixture("types.h5"), elementType: .float32, shape: [0, 4])
    #expect(try bytes(of: empty) == [])
  }

  @Test func tasksShareADataset() async throws {
    let dataset = try isolatedDataset("szip", of: fixture("filters.h5"), elementType: .float32, shape: [32, 32])
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<4 { group.addTask { try bytes(of: dataset) } }
      for try await read in group { #expect(read == values.bytes.array()) }
    }
  }

  @Test func aListingNamesEverything() throws {
    let objects = try isolatedListing(of: fixture("names.h5"))
    #expect(
      objects.compactMap { $0["path"]?.string } == [
        "/", "/Embedding-Token", "/Embedding-Token/Embedding-Token", "/Embedding-Token/Embedding-Token/bias:0",
        "/Embedding-Token/Embedding-Token/kernel:0", "/Input-Token", "/Transformer-0-FeedForward",
        "/Transformer-0-FeedForward/Transformer-0-FeedForward",
        "/Transformer-0-FeedForward/Transformer-0-FeedForward/bias:0",
        "/Transformer-0-FeedForward/Transformer-0-FeedForward/kernel:0", "/packed",
      ])
    #expect(
      objects.first?["attributes"] == [
        "backend": ["tensorflow"], "keras_version": ["2.3.1"],
        "layer_names": ["Input-Token", "Embedding-Token", "Transformer-0-FeedForward"],
      ])
    #expect(
      objects.last == [
        "path": "/packed", "kind": "dataset", "elementType": "float32", "shape": [16, 16], "attributes": [:],
      ])
  }

  /// Whatever a file does to libhdf5, this process gets a listing or a problem.
  @Test func everyFixtureIsListedOrAProblem() {
    let files = fixtures(beginningWith: "")
    #expect(files.count >= 13)
    for file in files {
      do {
        #expect(try isolatedListing(of: file, patience: .seconds(2)).first?["path"] == "/")
      } catch {
        #expect(error is Problem)
      }
    }
  }

  @Test func aListingMarksWhatLeadsElsewhere() throws {
    let objects = try isolatedListing(of: fixture("elsewhere.h5"))
    #expect(
      objects.filter { $0["kind"] == "refused" }.compactMap { $0["path"]?.string } == [
        "/external link", "/external storage", "/group/soft", "/soft", "/virtual",
      ])
  }
}

@Suite struct LimitTests {
  /// What the kernel says of the program while it waits for somebody to take its output.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/limits")))
  func theProgramLimitsItself() throws {
    try withTemporaryDirectory { directory in
      let writer = try HDF5Writer(creating: directory + "/a.h5")
      try writer.write(Tensor([Double](repeating: 1, count: 1 << 18), shape: [1 << 18])!, to: "a")
      try writer.finish()
      let program = Process()
      program.executableURL = URL(filePath: tool)
      program.arguments = [directory + "/a.h5", "a"]
      let output = Pipe()
      program.standardOutput = output
      try program.run()
      // The greeting comes after the limits; the megabyte after it does not fit into the pipe.
      _ = try output.fileHandleForReading.read(upToCount: 10)
      let limits = try String(contentsOfFile: "/proc/\(program.processIdentifier)/limits", encoding: .utf8)
        .split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
      kill(program.processIdentifier, SIGKILL)
      program.waitUntilExit()
      for limit in [
        "Max cpu time 60 60 seconds", "Max file size 0 0 bytes", "Max core file size 0 0 bytes",
        "Max open files 16 16 files", "Max address space 4294967296 4294967296 bytes",
      ] {
        #expect(limits.contains(limit))
      }
    }
  }
}
