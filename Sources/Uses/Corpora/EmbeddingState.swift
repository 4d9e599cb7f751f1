import Bytes
import JSON

/// How far an unfinished run has come.
struct EmbeddingState {
  /// What the run is of.
  let run: JSON
  /// How many texts have their vectors.
  let rows: Int
  /// The digest of these texts, each followed by a line feed.
  let digest: Digest
  /// How many bytes of each file are theirs.
  let counts: [Int]

  init(run: JSON, rows: Int, digest: Digest, counts: [Int]) {
    (self.run, self.rows, self.digest, self.counts) = (run, rows, digest, counts)
  }

  /// Reads a state.
  ///
  /// - Throws: `Problem` of kind *damaged* for anything that ``write(to:)`` does not write.
  init(reading path: String) throws {
    let json = try JSON(parsing: ByteView(mapping: path))
    let counts = json["bytes"]?.elements?.compactMap(\.integer) ?? []
    guard let run = json["run"], let rows = json["texts"]?.integer, rows > 0,
      let digest = json["texts.sha256"]?.string.flatMap(Digest.init(hexadecimal:)),
      counts.count == (run["format"] == "safetensors" ? 3 : 1), counts.allSatisfy({ $0 > 0 })
    else {
      throw Problem(
        .damaged, file: path, found: "no state of a run", expected: "one", advice: "Begin again with --force")
    }
    self.init(run: run, rows: rows, digest: digest, counts: counts)
  }

  /// Writes the state in the place of the last.
  func write(to path: String) throws {
    let json: JSON = [
      "run": run, "texts": .integer(rows), "texts.sha256": .string(digest.description),
      "bytes": .array(counts.map(JSON.integer)),
    ]
    try Array((json.indented + "\n").utf8).withUnsafeBytes { try FileDraft.write($0, to: path, replacing: true) }
  }
}
