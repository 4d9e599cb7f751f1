import ArgumentParser
import Bytes
import JSON
import SentenceVectors
import Tasks

/// `ingot similarity`: how similar two texts are.
struct SimilarityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "similarity",
    abstract: "Shows the cosine of the vectors of two texts.",
    discussion: """
        ingot similarity minilm.ingot "A plane is taking off." "An air plane is taking off."
      """)

  @Argument(help: "The model file.", completion: .file(extensions: ["ingot"]))
  var model: String

  @Argument(help: "A text.")
  var first: String

  @Argument(help: "Another.")
  var second: String

  @OptionGroup var vectors: VectorOptions

  @Flag(help: "Cut a text that is too long at its end; otherwise it is refused.")
  var truncate = false

  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try reporting {
      let session = try Session(opening: model, threads: threading.threads)
      let found = try session.embed([first, second], as: vectors.settings(of: session), truncating: truncate)
      let units = [found[0], found[1]].map { VectorSettings.normalized($0.map(Double.init)) }
      let cosine = zip(units[0], units[1]).reduce(0.0) { $0 + $1.0 * $1.1 }
      json ? show(["similarity": .double(cosine)] as JSON) : show(Wording.similarity(cosine))
    }
  }
}
