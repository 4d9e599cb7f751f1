import ArgumentParser
import Bytes
import Generation
import JSON
import Tasks

/// `ingot generate`: texts that a model makes of texts.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Makes texts of texts: titles, answers, similar questions.",
    discussion: """
      A model with the mask of UniLM, a language model or a T5 goes on until its end token. Beams find the most probable text; --sample draws \
      texts, the same for the same seed, which is NumPy's. Without a text, every line of standard input is one.

        ingot generate t5.ingot "一段摘要" --beam 4 --max 32
        ingot generate gpt2.ingot "The moon" --sample 3 --top-p 0.95 --seed 7
        ingot generate roformer-sim.ingot "广州和深圳哪个好？" --similar 20
      """)

  @Argument(help: "The model file.", completion: .file(extensions: ["ingot"]))
  var model: String

  @Argument(help: "Texts.")
  var texts: [String] = []

  @Option(
    help: ArgumentHelp(
      "How many beams search for the most probable text; 1 unless texts are drawn.", valueName: "count"))
  var beam: Int?

  @Option(help: ArgumentHelp("Draw so many texts instead.", valueName: "count"))
  var sample: Int?

  @Option(
    help: ArgumentHelp(
      "Draw 100 texts, or as many as --sample says, and show so many, by the closeness of their vectors.",
      valueName: "count"))
  var similar: Int?

  @Option(help: ArgumentHelp("Draw among so many tokens, the most probable ones.", valueName: "count"))
  var topK: Int?

  @Option(
    help: ArgumentHelp(
      "Draw among the most probable tokens that together reach this probability; with --similar 0.95.",
      valueName: "probability"))
  var topP: Double?

  @Option(help: "Flatten probabilities by a number above 1, or sharpen them by one below.")
  var temperature = 1.0

  @Option(help: "What random numbers begin with, as in NumPy.")
  var seed: UInt32 = 0

  @Option(help: ArgumentHelp("The most tokens; 64, or as many as the model has positions for.", valueName: "tokens"))
  var max: Int?

  @Option(help: ArgumentHelp("The fewest tokens, the end among them.", valueName: "tokens"))
  var min = 1

  @Option(help: ArgumentHelp("How many end tokens a text has.", valueName: "count"))
  var minEnds = 1

  @Option(help: ArgumentHelp("The first token of a decoder, where not the usual one.", valueName: "token"))
  var start: String?

  @Option(help: ArgumentHelp("The token that ends a text, where not the usual one.", valueName: "token"))
  var end: String?

  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Print JSON, one object a line.")
  var json = false

  func validate() throws {
    guard beam == nil || (sample == nil && similar == nil) else {
      throw ValidationError("Texts are searched along beams or drawn: give --beam, or --sample and --similar.")
    }
    guard (topK == nil && topP == nil) || sample != nil || similar != nil else {
      throw ValidationError("--top-k and --top-p restrict what is drawn: give --sample or --similar too.")
    }
    guard similar ?? 1 > 0 else { throw ValidationError("--similar must be at least 1.") }
  }

  func run() throws {
    try reporting {
      let generator = try Generator(Session(opening: model, threads: threading.threads), start: start, end: end)
      var twister = MersenneTwister(seed: seed)
      if !texts.isEmpty { return try texts.forEach { try answer($0, by: generator, &twister) } }
      let lines = LineReader.standardInput()
      while let text = try lines.next() { try answer(text, by: generator, &twister) }
    }
  }

  private func answer(_ text: String, by generator: Generator, _ twister: inout MersenneTwister) throws {
    let length = Generator.Length(maximum: max, minimum: min, ends: minEnds)
    if let similar { return try rank(similar, like: text, by: generator, length, &twister) }
    var growing = GrowingText(isShown: !json && (sample ?? 1) == 1 && (beam ?? 1) == 1)
    var outputs: [Generator.Output]
    if let sample {
      outputs = try generator.draw(
        text, sampling(sample, topP: topP), length: length, drawing: { twister.uniform() },
        observing: { growing.show($0) })
    } else {
      outputs = [
        try generator.search(
          text, along: BeamSearch(beams: beam ?? 1, temperature: temperature), length: length,
          observing: { growing.show($0) })
      ]
    }
    if json { return show(JSON(text, outputs).compact) }
    guard !growing.finish(with: outputs[0].text) else { return }
    show(outputs.map(\.text))
  }

  private func sampling(_ count: Int, topP: Double?) throws -> Sampling {
    try Sampling(count: count, topK: topK, topP: topP, temperature: temperature)
  }

  private func rank(
    _ count: Int, like text: String, by generator: Generator, _ length: Generator.Length,
    _ twister: inout MersenneTwister
  ) throws {
    let sampling = try sampling(sample ?? 100, topP: topP ?? (topK == nil ? 0.95 : nil))
    let found = try generator.similar(
      to: text, count: count, sampling, length: length, drawing: { twister.uniform() })
    if json {
      let outputs = found.map { JSON.object([.init("text", .string($0.text)), .init("cosine", .double($0.cosine))]) }
      return show(JSON.object([.init("text", .string(text)), .init("outputs", .array(outputs))]).compact)
    }
    if found.isEmpty { return show("Every text that was drawn is the given one.") }
    var table = TextTable(.right, .left)
    for similar in found { table.add(Wording.cosine(similar.cosine), similar.text) }
    show(table.lines())
  }
}

extension JSON {
  /// A text and what was made of it.
  fileprivate init(_ text: String, _ outputs: [Generator.Output]) {
    self = [
      "text": .string(text),
      "outputs": .array(
        outputs.map { output in
          .object(
            [
              Member("text", .string(output.text)),
              Member("ids", .array(output.ids.map { .integer(Int($0)) })),
            ] + (output.score.map { [Member("score", .double($0))] } ?? []))
        }),
    ]
  }
}
