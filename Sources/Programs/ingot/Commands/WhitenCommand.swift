import ArgumentParser
import Bytes
import Corpora
import ModelFiles
import SentenceVectors
import Similarity
import Tasks

/// `ingot whiten`: seals a whitening into a model file.
struct WhitenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whiten",
    abstract: "Writes a model file whose vectors are whitened.",
    discussion: """
      The mean and the covariance of the texts' vectors are gathered in one pass, in float64. The vectors of the new file have \
      uncorrelated components of variance 1, the ones that vary most first. Components whose eigenvalue is rounding are dropped.

        ingot whiten bert.ingot --texts corpus.txt --pooling first-last-mean --components 256 -o white.ingot
        ingot whiten bert.ingot --texts pairs.tsv --column 1 -o white.ingot
      """)

  @Argument(help: "The model file.", completion: .file(extensions: ["ingot"]))
  var model: String

  @Option(help: ArgumentHelp("The corpus; - for standard input.", valueName: "file"))
  var texts: String

  @OptionGroup var corpus: CorpusOptions

  @Option(
    help: ArgumentHelp(
      "How one vector is made of those of a text's tokens; by default as the model file says.", valueName: "pooling"))
  var pooling: Pooling?

  @Option(
    help: ArgumentHelp("How many components are kept; by default all that are more than rounding.", valueName: "count"))
  var components: Int?

  @Option(
    help: ArgumentHelp(
      "The greatest number of tokens of a text; by default as the model file says.", valueName: "tokens"))
  var length: Int?

  @Flag(help: "Cut a text that is too long at its end; otherwise it is refused.")
  var truncate = false

  @Option(name: .shortAndLong, help: ArgumentHelp("The model file to write.", valueName: "file"))
  var output: String

  @Flag(help: "Replace a file that has this name.")
  var force = false

  @OptionGroup var threading: ThreadOptions

  func validate() throws {
    guard components ?? 1 > 0, length ?? 3 > 2 else {
      throw ValidationError("--components must be at least 1, --length at least 3.")
    }
  }

  func run() throws {
    try reporting {
      let session = try Session(opening: model, threads: threading.threads)
      var settings = try session.vectorSettings(pooling: pooling)
      guard settings.whitening == nil, settings.components == nil else {
        throw Problem(
          .refused, file: model,
          found: settings.whitening == nil ? "vectors of their first components" : "vectors that are whitened",
          expected: "whole vectors", advice: "Whiten the model file from which this one was made")
      }
      if let length { settings.maximumLength = length }
      let (fit, texts) = try fit(by: session, settings)
      settings.whitening = fit.whitening
      try session.file.copy(to: output, replacing: force) { contents in
        settings.store(in: &contents)
        fit.note(in: &contents, of: texts)
      }
      show(lines(about: fit, settings))
    }
  }

  /// Gathers the vectors as they are before whitening; division by their lengths comes after it.
  private func fit(by session: Session, _ settings: VectorSettings) throws -> (WhiteningFit, texts: Digest) {
    var plain = settings
    plain.normalizes = false
    var reader = try corpus.open(texts)
    var covariance = Covariance(width: try plain.width(after: session.model.sizes.width, of: model))
    let progress = reader.byteCount.map { ProgressLine("Gathering", total: $0) }
    defer { progress?.finish() }
    var position = reader.position
    while let batch = try reader.nextBatch(by: session, for: plain, truncating: truncate) {
      try session.embed(batch.encoded, as: plain).values.withUnsafeBufferPointer { covariance.add($0) }
      progress?.advance(by: reader.position - position)
      position = reader.position
    }
    return (try WhiteningFit(of: covariance, components: components, file: reader.file), reader.digest)
  }

  private func lines(about fit: WhiteningFit, _ settings: VectorSettings) -> [String] {
    let values = fit.eigenvalues
    var table = TextTable(.left, .left)
    table.add("pooling", settings.pooling.rawValue)
    table.add("texts", Wording.grouped(fit.count))
    table.add("components", "\(fit.components) of \(values.count)")
    table.add(
      "eigenvalues", "\(Wording.number(values[0])) … \(Wording.number(values[fit.components - 1]))")
    if components == nil, fit.rank < values.count {
      let count = values.count - fit.rank
      let found = fit.count <= values.count && fit.rank == fit.count - 1
      table.add(
        "dropped",
        found
          ? "\(count): \(fit.count) texts show no more than \(fit.rank)"
          : "\(count), whose \(count == 1 ? "eigenvalue is" : "eigenvalues are") rounding: \(Wording.number(values[fit.rank])), below "
            + Wording.number(fit.floor))
    }
    return table.lines(indent: 0) + ["Wrote \(output)."]
  }
}
