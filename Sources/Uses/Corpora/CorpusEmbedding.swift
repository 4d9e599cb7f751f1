import Bytes
import JSON
import SentenceVectors
import Tasks

/// The vectors of a corpus on their way into a file: in the order of the texts, in constant memory, and gone on with after a kill.
///
/// Until the file is whole it lies beside its destination under the name `destination.unfinished`, with a state that says how much of it
/// counts. The state is written after each batch, when the batch is on the disk; so a run that is killed at any moment goes on behind
/// the last whole batch, and no text is lost or doubled.
public struct CorpusEmbedding: Sendable {
  /// The model.
  public let session: Session
  /// How vectors are made.
  public let settings: VectorSettings
  /// Whether texts that are too long are cut; otherwise they are refused.
  public let truncates: Bool
  /// The format of the file.
  public let format: VectorFormat

  /// Decides what is made.
  public init(by session: Session, as settings: VectorSettings, truncating: Bool, format: VectorFormat) {
    self.session = session
    self.settings = settings
    self.truncates = truncating
    self.format = format
  }

  /// Which run is begun or gone on with.
  public enum Start: Sendable {
    /// A new one; one that is unfinished stands in its way.
    case anew
    /// A new one in the place of what is there.
    case replacing
    /// The unfinished one, if there is one; else a new one.
    case resuming
  }

  /// What is told after each batch.
  public struct Progress: Sendable {
    /// How many texts have their vectors.
    public let texts: Int
    /// How many of these a run before this one had made.
    public let resumed: Int
    /// How many bytes of the corpus have been read.
    public let position: Int
  }

  /// Makes the file.
  ///
  /// - Parameters:
  ///   - corpus: The texts, from the first on, also when a run is gone on with.
  ///   - progress: Takes how far it has come, after each batch.
  /// - Returns: The number of texts.
  /// - Throws: `Problem` of kind *refused* when the file exists, or an unfinished one stands in the way; *mismatched* when it was begun
  ///   with another model, other settings or another corpus, and for a corpus without a text; what reading, embedding and writing throw.
  public func write(
    _ corpus: consuming CorpusReader, to path: String, _ start: Start, progress: (Progress) -> Void = { _ in }
  ) throws -> Int {
    let names = UnfinishedNames(destination: path)
    let state = try self.state(names, start)
    var corpus = corpus
    let kept = state?.rows ?? 0
    try skip(kept, of: &corpus, upTo: state?.digest, names)
    let output = try output(names, keeping: state?.counts)
    var rows = kept
    progress(Progress(texts: rows, resumed: kept, position: corpus.position))
    while let batch = try corpus.nextBatch(by: session, for: settings, truncating: truncates) {
      try output.append(batch.texts, session.embed(batch.encoded, as: settings))
      rows += batch.texts.count
      let counts = try output.sync()
      try EmbeddingState(run: run, rows: rows, digest: corpus.digest, counts: counts).write(to: names.state)
      progress(Progress(texts: rows, resumed: kept, position: corpus.position))
    }
    guard rows > 0 else {
      names.remove()
      throw Problem(.mismatched, file: corpus.file, found: "no text", expected: "one on each line")
    }
    try output.finish(rows: rows, as: path, replacing: start == .replacing)
    names.remove()
    return rows
  }

  /// What a run is of: nothing else may go on with it.
  private var run: JSON {
    [
      "model": .string(session.file.digest.description), "format": .string(format.rawValue),
      "vectors": IndexOrigin(model: session.file.digest, settings: settings).json, "truncate": .bool(truncates),
    ]
  }

  /// What is known of an unfinished run that is gone on with; nil when a new one begins.
  private func state(_ names: UnfinishedNames, _ start: Start) throws -> EmbeddingState? {
    let exists = try Path(names.destination).exists
    if start == .replacing {
      names.remove()
      return nil
    }
    guard !exists else {
      throw Problem(
        .refused, file: names.destination, found: "a file of this name", expected: "none",
        advice: "Name another destination, or allow to replace it with --force")
    }
    guard try Path(names.state).exists else { return nil }
    guard start == .resuming else {
      throw Problem(
        .refused, file: names.main, found: "an unfinished run", expected: "none",
        advice: "Go on with it with --resume, or begin again with --force")
    }
    let state = try EmbeddingState(reading: names.state)
    guard state.run == run else {
      throw Problem(
        .mismatched, file: names.state, found: "a run with \(state.run.compact)", expected: run.compact,
        advice: "Go on with the same model and options, or begin again with --force")
    }
    return state
  }

  /// Passes over the texts that have their vectors, and checks that they are the same.
  private func skip(
    _ rows: Int, of corpus: inout CorpusReader, upTo digest: Digest?, _ names: UnfinishedNames
  ) throws {
    var count = 0
    while count < rows, try corpus.next() != nil { count += 1 }
    guard count == rows, rows == 0 || corpus.digest == digest else {
      throw Problem(
        .mismatched, file: corpus.file, found: count < rows ? "\(count) texts" : "other texts",
        expected: "the \(rows) texts that \(names.main) has vectors of",
        advice: "Go on with the same corpus, or begin again with --force")
    }
  }

  private func output(_ names: UnfinishedNames, keeping counts: [Int]?) throws -> any VectorOutput {
    let width = try settings.width(after: session.model.sizes.width, of: session.file.path)
    switch format {
    case .jsonl: return try JSONLinesOutput(names, keeping: counts)
    case .npy: return try NumPyOutput(names, width: width, keeping: counts)
    case .safetensors:
      let origin = IndexOrigin(model: session.file.digest, settings: settings)
      return try IndexOutput(names, width: width, origin: origin, keeping: counts)
    }
  }
}
