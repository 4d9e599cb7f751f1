import ArgumentParser
import Bytes
import Corpora
import JSON
import SentenceVectors
import Tasks

/// `ingot embed`: the vectors of texts.
struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Makes the vectors of texts.",
    discussion: """
      Without a text, every line of standard input, or of the corpus, is one. How vectors are made is a setting of the model file; \
      where it says nothing, --pooling must. With --output vectors go to a file: JSON lines, a NumPy array, or an index for \
      "ingot search". A run that was killed goes on with --resume.

        ingot embed minilm.ingot "The cat sits outside"
        ingot embed simbert.ingot --json < texts.txt
        ingot embed bert.ingot --pooling first-last-mean --components 256 "今天天气不错"
        ingot embed minilm.ingot --texts reviews.csv --column text -o reviews.safetensors --resume
      """)

  @Argument(help: "The model file.", completion: .file(extensions: ["ingot"]))
  var model: String

  @Argument(help: "Texts.")
  var texts: [String] = []

  @Option(name: .customLong("texts"), help: ArgumentHelp("The corpus; standard input by default.", valueName: "file"))
  var corpusPath: String?

  @OptionGroup var corpus: CorpusOptions

  @OptionGroup var vectors: VectorOptions

  @Flag(help: "Cut a text that is too long at its end; otherwise it is refused.")
  var truncate = false

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The file to write: .jsonl, .npy or .safetensors.", valueName: "file"))
  var output: String?

  @Flag(help: "Go on with a run that was killed, if there is one.")
  var resume = false

  @Flag(help: "Replace a file that has this name, and a run that was killed.")
  var force = false

  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Print JSON, one object a line.")
  var json = false

  func validate() throws {
    if let output, VectorFormat(ofFileNamed: output) == nil {
      throw ValidationError("\(output): vectors are written as .jsonl, .npy or .safetensors.")
    }
    guard texts.isEmpty || corpusPath == nil && output == nil && corpus.column == nil else {
      throw ValidationError("Give either texts or a corpus; --texts, --column and --output are for a corpus.")
    }
    guard output != nil || !resume && !force else { throw ValidationError("--resume and --force need --output.") }
    guard !resume || !force else { throw ValidationError("--resume goes on with a run, --force begins again.") }
  }

  func run() throws {
    try reporting {
      let session = try Session(opening: model, threads: threading.threads)
      let settings = try vectors.settings(of: session)
      if !texts.isEmpty {
        let found = try session.embed(texts, as: settings, truncating: truncate)
        let texts = texts.enumerated().map { CorpusText(text: $1, line: $0 + 1, object: nil) }
        return showVectors(texts, found)
      }
      if let output { return try write(to: output, by: session, settings) }
      var reader = try corpus.open(corpusPath)
      while let batch = try reader.nextBatch(by: session, for: settings, truncating: truncate) {
        showVectors(batch.texts, try session.embed(batch.encoded, as: settings))
      }
    }
  }

  private func write(to output: String, by session: Session, _ settings: VectorSettings) throws {
    let reader = try corpus.open(corpusPath)
    let embedding = CorpusEmbedding(
      by: session, as: settings, truncating: truncate, format: VectorFormat(ofFileNamed: output)!)
    let line = reader.byteCount.map { ProgressLine("Embedding", total: $0) }
    defer { line?.finish() }
    let start = ContinuousClock.now
    var position = 0
    var resumed = 0
    let count = try embedding.write(reader, to: output, resume ? .resuming : force ? .replacing : .anew) { progress in
      line?.advance(by: progress.position - position)
      (position, resumed) = (progress.position, progress.resumed)
    }
    line?.finish()
    let rate = Double(count - resumed) / max(start.elapsed, 1e-9)
    let before = resumed > 0 ? ", \(Wording.grouped(resumed)) of them before" : ""
    show(
      "Wrote \(output): vectors of \(Wording.count(count, "text"))\(before), in \(Wording.duration(start.elapsed)), "
        + "\(String(rate, format: "%.0f")) a second.")
  }

  private func showVectors(_ texts: [CorpusText], _ vectors: Vectors) {
    for (index, text) in texts.enumerated() {
      show(
        json ? JSONLines.line(of: text, vectors[index]) : vectors[index].map(\.description).joined(separator: " "))
    }
  }
}
