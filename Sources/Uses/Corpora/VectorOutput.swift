import Bytes
import SentenceVectors

/// A file of vectors that grows text by text, and can be gone on with.
protocol VectorOutput: AnyObject {
  /// Appends texts and their vectors.
  func append(_ texts: [CorpusText], _ vectors: Vectors) throws
  /// Has the system keep what was appended, and says how much of each of its files that is.
  func sync() throws -> [Int]
  /// Completes the file after so many texts and gives it its name.
  func finish(rows: Int, as path: String, replacing: Bool) throws
}

/// The names of what lies beside a destination until it is whole.
struct UnfinishedNames {
  let destination: String
  /// What the destination will be.
  var main: String { destination + ".unfinished" }
  /// What is known of it.
  var state: String { destination + ".unfinished.json" }
  /// The texts of an index, and where each begins.
  var texts: String { destination + ".unfinished.texts" }
  var offsets: String { destination + ".unfinished.offsets" }

  /// Removes everything.
  func remove() {
    for path in [main, texts, offsets, state] { GrowingFile.remove(path) }
  }
}
