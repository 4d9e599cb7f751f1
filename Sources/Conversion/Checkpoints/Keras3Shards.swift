import Bytes
import HDF5
import JSON

/// The parts of weights that Keras 3.10 and later saved with `max_shard_size`: an index, `x.weights.json`, and beside it
/// `x_00000.weights.h5`, `x_00001.weights.h5`, …
extension Checkpoint {
  /// Whether a path is that of such an index.
  static func isKerasIndex(_ path: String) -> Bool { path.hasSuffix(".weights.json") }

  /// Opens the index and every file that it names.
  ///
  /// - Parameter isCutShort: Whether a file may be missing or end early: then the groups that it has lost are among the ``unread``.
  /// - Throws: `Problem` of kind *damaged* when the index is none or a file does not hold what the index says, *refused* for
  ///   a file that does not lie beside it, *unavailable* when one is missing.
  init(kerasIndex path: String, isCutShort: Bool = false) throws {
    let bytes = try ByteView(mapping: path)
    try ShardLimits.checkIndex(bytes)
    let index = try JSON(parsing: bytes)
    guard let map = index["weight_map"]?.members else {
      throw Problem(
        .damaged, file: path, found: "JSON without a weight_map", expected: "the index of sharded Keras weights")
    }
    var groups: [Spelling: [String]] = [:]
    for entry in map {
      for file in entry.value.elements ?? [entry.value] {
        guard let file = file.string else {
          throw Problem(
            .damaged, file: path, object: entry.name, found: file.compact, expected: "the name of a file")
        }
        groups[Spelling(file), default: []].append(entry.name)
      }
    }
    for file in groups.keys.sorted() { try Checkpoint.checkBareName(file.text, in: path) }
    try ShardLimits.checkCount(groups.count, in: path)
    var variables = Keras3Variables()
    for (file, groups) in groups.sorted(by: { $0.key < $1.key }) {
      do {
        let bytes = try FileBesideIndex(file.text, index: path).map()
        let hdf5 = try HDF5File(bytes, isCutShort: isCutShort)
        for group in groups {
          do {
            try Checkpoint.checkGroup(group, in: hdf5, file: bytes.file, index: path)
          } catch let problem as Problem where isCutShort && problem.kind == .damaged {
            variables.lose(group, because: problem)
          }
        }
        try variables.read(hdf5, file: bytes.file, isCutShort: isCutShort)
      } catch let problem as Problem where isCutShort && [.damaged, .unavailable].contains(problem.kind) {
        for group in groups { variables.lose(group, because: problem) }
      }
    }
    let folder = Path(path).folder.text
    self = try Checkpoint(
      variables, configuration: Checkpoint.kerasConfiguration(in: folder), file: path, container: .keras3Weights)
  }

  private static func checkGroup(_ group: String, in hdf5: HDF5File, file: String, index: String) throws {
    guard case .group? = try hdf5.root.object(at: String(group.trimmingPrefix("/"))) else {
      throw Problem(
        .damaged, file: file, found: "no group \(group)", expected: "what \(index) says is in it",
        advice: "Get the files again from where they came")
    }
  }

  /// Refuses names that lead out of the index's folder.
  private static func checkBareName(_ name: String, in path: String) throws {
    guard FileBesideIndex.isBare(name) else {
      throw Problem(
        .refused, file: path, found: "a part named \"\(String(name.unicodeScalars.prefix(255)))\"",
        expected: "the name of a file beside the index")
    }
  }
}
