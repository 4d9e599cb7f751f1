import Bytes
import Foundation
import HDF5
import JSON
import TestSupport
import Tensors
import Testing

@testable import Checkpoints

/// Files that lose, list or repeat thousands of everything: four times the file may take about four times as long.
///
/// What grows with the square takes sixteen times as long; the bound lies between, since other programs run beside this one.
@Suite("Work grows with the file", .serialized) struct GrowthTests {
  /// A kind of file, made with a given number of things in it, and what is done with it.
  struct Kind: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let count: Int
    let make: @Sendable (Int, TemporaryDirectory) throws -> String
    var read: @Sendable (String) throws -> Void = {
      _ = try? Checkpoint(opening: $0); _ = try? Salvage(of: $0)
    }
  }

  static let kinds = [
    Kind(testDescription: "layers that are listed and not there", count: 1_500) { count, folder in
      try hdf5(in: folder) { root in
        root.attributes = lists("layer_names", of: (0..<count).map { "layer_\($0)" })
        // One is there, and room for as many names as are listed.
        root.add(floats(count * 16), at: ["layer_0", "kernel:0"])
      }
    },
    Kind(testDescription: "layers with a weight each", count: 500) { count, folder in
      try hdf5(in: folder) { root in
        root.attributes = lists("layer_names", of: (0..<count).map { "layer_\($0)" })
        for layer in 0..<count {
          var group = NewGroup()
          group.attributes = [("weight_names", .texts(["kernel:0"]))]
          group.add(floats(1), at: ["kernel:0"])
          root.members["layer_\(layer)"] = .group(group)
        }
      }
    },
    Kind(testDescription: "one weight listed again and again", count: 2_000) { count, folder in
      try hdf5(in: folder) { root in
        root.attributes = [("layer_names", .texts(["layer"]))]
        var group = NewGroup()
        group.attributes = lists("weight_names", of: Array(repeating: "kernel:0", count: count))
        group.add(floats(count * 16), at: ["kernel:0"])
        root.members["layer"] = .group(group)
      }
    },
    Kind(testDescription: "groups of Keras 3", count: 500) { count, folder in
      try hdf5(in: folder) { root in
        for layer in 0..<count { root.add(floats(1), at: ["layers", "dense_\(layer)", "vars", "0"]) }
      }
    },
    Kind(testDescription: "groups of a part of Keras 3 that is missing", count: 5_000) { count, folder in
      let map = (0..<count).map { JSON.Member("/layers/dense_\($0)/vars", "x_00000.weights.h5") }
      return try folder.write(
        Array(JSON.object([JSON.Member("weight_map", .object(map))]).compact.utf8), to: "x.weights.json")
    },
    Kind(testDescription: "tensors of a shard that is missing, and facts", count: 5_000) { count, folder in
      let map = (0..<count).map { JSON.Member("w\($0)", "model-00001-of-00002.safetensors") }
      let facts = (0..<count).map { JSON.Member("k\($0)", "v") }
      let index: JSON = ["metadata": .object(facts), "weight_map": .object(map)]
      return try folder.write(Array(index.compact.utf8), to: "model.safetensors.index.json")
    },
    Kind(testDescription: "tensors and facts of safetensors", count: 5_000) { count, folder in
      let facts = (0..<count).map { JSON.Member("k\($0)", "v") }
      let tensors = (0..<count).map {
        JSON.Member(
          "w\($0)", ["dtype": "F32", "shape": [1], "data_offsets": [.integer(4 * $0), .integer(4 * $0 + 4)]])
      }
      let header = Array(JSON.object([JSON.Member("__metadata__", .object(facts))] + tensors).compact.utf8)
      let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
      return try folder.write(length + header + [UInt8](repeating: 0, count: 4 * count), to: "x.safetensors")
    },
    Kind(testDescription: "facts of a shard", count: 5_000) { count, folder in
      let facts = (0..<count).map { JSON.Member("k\($0)", "v") }
      let tensor: JSON = ["dtype": "F32", "shape": [1], "data_offsets": [0, 4]]
      let header = Array(
        JSON.object([JSON.Member("__metadata__", .object(facts)), JSON.Member("w", tensor)]).compact.utf8)
      let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
      _ = try folder.write(length + header + [0, 0, 0, 0], to: "model-00001-of-00001.safetensors")
      let index: JSON = ["weight_map": ["w": "model-00001-of-00001.safetensors"]]
      return try folder.write(Array(index.compact.utf8), to: "model.safetensors.index.json")
    },
  ]

  @Test("four times as many things take about four times as long", arguments: kinds)
  func growth(kind: Kind) throws {
    let times = try [kind.count, 4 * kind.count].map { count in
      let folder = try TemporaryDirectory()
      let path = try kind.make(count, folder)
      return try (0..<3).map { _ in
        let start = computing()
        try kind.read(path)
        return computing() - start
      }.min()!
    }
    #expect(times[1] < times[0] * 9 + 0.02, "\(times)")
  }

  /// How many seconds this thread has computed, whatever else the machine does.
  private func computing() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func floats(_ count: Int) -> any TensorSource {
    Tensor(.float32, Shape([count])!, bytes: ByteView([UInt8](repeating: 0, count: 4 * count)))!
  }

  /// A list of names in as many attributes as it takes.
  private static func lists(_ attribute: String, of names: [String]) -> [(String, NewAttribute)] {
    stride(from: 0, to: names.count, by: 2_000).enumerated().map { part, start in
      ("\(attribute)\(part)", .texts(Array(names[start..<min(start + 2_000, names.count)])))
    }
  }

  private static func hdf5(in folder: TemporaryDirectory, _ fill: (inout NewGroup) -> Void) throws -> String {
    var root = NewGroup()
    fill(&root)
    try HDF5FileWriter.write(root, to: folder.path("x.h5"))
    return folder.path("x.h5")
  }
}
