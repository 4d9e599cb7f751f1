import ArgumentParser
import Bytes
import Corpora
import JSON
import Similarity
import Tasks

/// `ingot search`: the texts of an index that are nearest to another.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Finds the texts of an index that are most similar to another.",
    discussion: """
      The index is a file that "ingot embed MODEL --texts CORPUS -o INDEX.safetensors" wrote, by the same model file. The query is \
      compared with every text of it.

        ingot search minilm.ingot reviews.safetensors "fast delivery, broken box"
        ingot search simbert.ingot questions.safetensors "微信怎么绑定银行卡" --top 3 --json
      """)

  @Argument(help: "The model file.", completion: .file(extensions: ["ingot"]))
  var model: String

  @Argument(help: "The index.", completion: .file(extensions: ["safetensors"]))
  var index: String

  @Argument(help: "A text.")
  var query: String

  @Option(help: "How many texts to show.")
  var top = 10

  @Flag(help: "Compare the digests of the index first.")
  var verify = false

  @Flag(help: "Cut a query that is too long at its end; otherwise it is refused.")
  var truncate = false

  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...1_000_000).contains(top) else { throw ValidationError("--top must be 1 to 1000000.") }
  }

  func run() throws {
    try reporting {
      let session = try Session(opening: model, threads: threading.threads)
      let index = try VectorIndex(mapping: index)
      try index.check(session.file)
      if verify { try index.verify() }
      var settings = try session.vectorSettings(pooling: index.origin.pooling)
      index.origin.apply(to: &settings)
      let vectors = try session.embed([query], as: settings, truncating: truncate) { _ in "query" }
      guard vectors.width == index.width else {
        throw Problem(
          .damaged, file: self.index, object: "tensor \"vectors\"", found: "\(index.width) components",
          expected: "\(vectors.width), as the model gives")
      }
      let found = try NearestVectors(in: index).nearest(to: vectors[0], count: top, threads: threading.threads)
      let texts = try found.map { try index.text($0.index) }
      guard !json else {
        return show(
          .array(
            zip(found, texts).map { neighbour, text in
              [
                "similarity": .number(neighbour.similarity.description), "index": .integer(neighbour.index),
                "text": .string(text),
              ]
            }))
      }
      var table = TextTable(.right, .right, .left)
      for (neighbour, text) in zip(found, texts) {
        table.add(Wording.similarity(Double(neighbour.similarity)), "\(neighbour.index + 1)", text)
      }
      show(table.lines())
    }
  }
}
