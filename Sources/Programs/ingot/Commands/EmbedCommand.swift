import ArgumentParser
import JSON
import SentenceVectors
import Tasks

/// `ingot embed`: the vectors of texts.
struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Makes the vectors of texts.",
    discussion: """
      Without a text, every line of standard input is one. How vectors are made is a setting of the model file; where it says \
      nothing, --pooling must.

        ingot embed minilm.ingot "The cat sits outside"
        ingot embed simbert.ingot --json < texts.txt
        ingot embed bert.ingot --pooling first-last-mean --components 256 "今天天气不错"
      """)

  @Argument(help: "The model file.", completion: .file(extensions: ["ingot"]))
  var model: String

  @Argument(help: "Texts.")
  var texts: [String] = []

  @OptionGroup var vectors: VectorOptions

  @Flag(help: "Cut a text that is too long at its end; otherwise it is refused.")
  var truncate = false

  @Option(help: "How many threads to use; by default one per processor.")
  var threads: Int?

  @Flag(help: "Print JSON, one object a line.")
  var json = false

  func validate() throws {
    guard threads ?? 1 > 0 else { throw ValidationError("--threads must be at least 1.") }
  }

  func run() throws {
    try reporting {
      let session = try Session(opening: model, threads: threads)
      let settings = try vectors.settings(of: session)
      if !texts.isEmpty { return try answer(texts, by: session, settings) { "text \($0 + 1)" } }
      var lines = InputLines()
      var number = 0
      while true {
        let texts = try lines.texts(upTo: EmbedCommand.linesAtOnce, after: number)
        if texts.isEmpty { return }
        try answer(texts, by: session, settings) { "standard input, line \(number + $0 + 1)" }
        number += texts.count
      }
    }
  }

  /// How many lines are read before their vectors are printed.
  private static let linesAtOnce = 256

  private func answer(
    _ texts: [String], by session: Session, _ settings: VectorSettings, calling name: (Int) -> String
  ) throws {
    let vectors = try session.embed(texts, as: settings, truncating: truncate, calling: name)
    for (index, text) in texts.enumerated() {
      guard json else {
        show(vectors[index].map(\.description).joined(separator: " "))
        continue
      }
      let vector = JSON.array(vectors[index].map { .number($0.description) })
      show(JSON.object([JSON.Member("text", .string(text)), JSON.Member("vector", vector)]).compact)
    }
  }
}
