import ArgumentParser
import Bytes
import Inference
import JSON
import ModelFiles
import Tensors

/// `ingot bench`: how fast a model runs here.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Times a forward pass.",
    discussion: """
      Runs the blocks on made-up tokens, after one run that is not counted; of an encoder and a decoder both, on as many tokens each. \
      GFLOP/s counts the multiplications and additions of the matrix products.

        ingot bench bert.ingot --batch 1 --length 128 --threads 2
      """)

  @Argument(help: "The model file.", completion: .file(extensions: ["ingot"]))
  var model: String

  @Option(help: "How many sequences run at once.")
  var batch = 1

  @Option(help: "How many tokens each sequence has; by default 128, or as many as the model takes.")
  var length: Int?

  @OptionGroup var threading: ThreadOptions

  @Option(help: "How many runs to count.")
  var runs = 10

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard batch > 0, length ?? 1 > 0, runs > 0 else {
      throw ValidationError("--batch, --length and --runs must be at least 1.")
    }
  }

  func run() throws {
    try reporting {
      let model = try Model(ModelFile.open(self.model))
      let length = length ?? min(128, model.sizes.positions ?? 128)
      let input = try model.madeUpInput(batch: batch, length: length)
      let last = model.lastBlockPoint!
      var times: [Double] = []
      for run in 0...runs {
        let start = ContinuousClock.now
        var output: Tensor?
        try model.run(input, computing: [last], threads: threading.threads) { output = $1 }
        if run > 0 { times.append(start.elapsed) }
        if run == 0, let output { try model.checkNumbers(output, of: input, threads: threading.threads) }
      }
      times.sort()
      let median = (times[(runs - 1) / 2] + times[runs / 2]) / 2
      // A multiplication and an addition each.
      let operations = 2 * Double(model.multiplications(for: input, computing: [last]))
      if json {
        show([
          "batch": .integer(batch), "length": .integer(length), "runs": .integer(runs),
          "medianSeconds": .double(median), "minimumSeconds": .double(times[0]),
          "gigaflopsPerSecond": .double(operations / median / 1e9),
        ])
      } else {
        show(
          "batch \(batch), length \(length), \(Wording.count(runs, "run")): median \(Wording.milliseconds(median)), "
            + "minimum \(Wording.milliseconds(times[0]))"
            + ", \(Wording.ratio(operations / median / 1e9)) GFLOP/s")
      }
    }
  }
}

extension Model {
  /// A batch of tokens without meaning, and of all else that the model takes.
  fileprivate func madeUpInput(batch: Int, length: Int) throws -> Input {
    let ids = (0..<batch).map { row in
      (0..<length).map { Int32(1 + (row + $0) % max(1, sizes.vocabulary - 1)) }
    }
    func features(_ length: Int, _ width: Int) throws -> Input.Features {
      let values = (0..<batch * length * width).map { Float($0 % 7) / 7 }
      return try Input.Features(batch: batch, length: length, width: width, values: values)
    }
    return try Input(
      tokenIDs: ids, decoderTokenIDs: takesDecoderTokens ? ids : nil,
      condition: sizes.condition.map { try features(1, $0) },
      context: takesContext ? features(length, sizes.width) : nil)
  }
}
