import ArgumentParser
import Bytes
import Inference
import JSON
import ModelFiles
import Tasks
import Tokenization

/// `ingot fill-mask`: which tokens a model expects in the place of `[MASK]`.
struct FillMaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fill-mask",
    abstract: "Finds the most probable tokens for each [MASK] of a text.",
    discussion: """
      Every [MASK] is filled on its own; other tokenizers spell it <mask>.

        ingot fill-mask poems.ingot "床前明[MASK]光"
        ingot fill-mask bert.ingot "[MASK]京是中国的首[MASK]。" --top 3
      """)

  @Argument(help: "The model file.", completion: .file(extensions: ["ingot"]))
  var model: String

  @Argument(help: "A text with at least one [MASK].")
  var text: String

  @Option(help: "How many tokens to show for each mask.")
  var top = 5

  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top must be at least 1.") }
  }

  func run() throws {
    try reporting {
      let file = try ModelFile.open(model)
      let settings = try TextSettings(of: file)
      let tokenizer = try Tokenizer(settings) { file.attachment($0) }
      let task = try FillMask(model: Model(file), tokenizer: tokenizer, file: model)
      for remark in settings.remarks(on: tokenizer.splitter) { writeToStandardError("ingot: \(printable(remark))\n") }
      let answers = try task.answers(to: text, count: top, threads: threading.threads)
      if json {
        show(JSON.array(answers.map(\.json)))
      } else {
        show(lines(answers))
      }
    }
  }

  private func lines(_ answers: [FillMask.Answer]) -> [String] {
    var lines: [String] = []
    for (number, answer) in answers.enumerated() {
      if answers.count > 1 { lines.append("[MASK] \(number + 1)") }
      var table = TextTable(.left, .right)
      for candidate in answer.candidates {
        table.add(candidate.token, Wording.percentage(candidate.probability))
      }
      lines += table.lines()
    }
    return lines
  }
}

extension FillMask.Answer {
  fileprivate var json: JSON {
    [
      "position": .integer(position),
      "candidates": .array(
        candidates.map { ["token": .string($0.token), "probability": .double($0.probability)] }),
    ]
  }
}
