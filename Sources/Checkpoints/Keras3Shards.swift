import Bytes
import Foundation
import HDF5
import JSON

/// The parts of weights that Keras 3.10 and later saved with `max_shard_size`: an index, `x.weights.json`, and beside it
/// `x_00000.weights.h5`, `x_00001.weights.h5`, …
extension Checkpoint {
  /// Whether a path is that of such an index.
  static func isKerasIndex(_ path: String) -> Bool { path.hasSuffix(".weights.json") }

  /// Opens the index and every file that it names.
  ///
  /// - Throws: `Problem` of kind *damaged* when the index is none or a file does not hold what the index says, *refused* for
  ///   a file that does not lie beside it, *unavailable* when one is missing.
  init(kerasIndex path: String) throws {
    let index = try JSON(parsing: ByteView(mapping: path))
    guard let map = index["weight_map"]?.members else {
      throw Problem(
        .damaged, file: path, found: "JSON without a weight_map", expected: "the index of sharded Keras weights")
    }
    var groups: [(file: String, group: String)] = []
    for entry in map {
      for file in entry.value.elements ?? [entry.value] {
        guard let file = file.string else {
          throw Problem(
            .damaged, file: path, object: entry.name, found: file.compact, expected: "the name of a file")
        }
        groups.append((try Checkpoint.bareName(file, in: path), entry.name))
      }
    }
    let folder = (path as NSString).deletingLastPathComponent
    var variables = Keras3Variables()
    for file in Set(groups.map { Spelling($0.file) }).sorted() {
      let part = (folder as NSString).appendingPathComponent(file.text)
      let hdf5 = try HDF5File(ByteView(mapping: part))
      for group in groups where Spelling(group.file) == file {
        guard case .group? = try hdf5.root.object(at: String(group.group.trimmingPrefix("/"))) else {
          throw Problem(
            .damaged, file: part, found: "no group \(group.group)", expected: "what \(path) says is in it",
            advice: "Get the files again from where they came")
        }
      }
      try variables.read(hdf5, file: part)
    }
    self = try Checkpoint(
      variables, configuration: Checkpoint.kerasConfiguration(in: folder), file: path, container: .keras3Weights,
      isolated: nil)
  }

  /// Refuses names that lead out of the index's folder.
  private static func bareName(_ name: String, in path: String) throws -> String {
    guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(where: { [0x2F, 0x5C, 0x00].contains($0) })
    else {
      throw Problem(
        .refused, file: path, found: "a part named \"\(name)\"", expected: "the name of a file beside the index")
    }
    return name
  }
}
