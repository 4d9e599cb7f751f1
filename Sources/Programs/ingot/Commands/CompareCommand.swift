import ArgumentParser
import Checkpoints
import Conversion
import Tensors
import Verification

/// `ingot compare`: holds the weights of two files against each other.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compares the weights of two files, bit for bit.",
    discussion: """
      Each may be a checkpoint, a folder with one, or a model file. Where their names differ, the name tables pair the tensors, \
      and what these do not know is paired by type, shape and contents. What differs is listed with the worst first. \
      Exit code 0 means that both hold the same weights, 1 that they do not.

        ingot compare bert.ingot chinese_L-12_H-768_A-12/
        ingot compare before.h5 after.npz --top 10
        ingot compare before.h5 after.npz --json
      """)

  @Argument(help: "A checkpoint, a folder or a model file.", completion: .file())
  var first: String

  @Argument(help: "Another one.", completion: .file())
  var second: String

  @OptionGroup var tables: TableOptions

  @Option(help: .prefix)
  var prefix: String?

  @Option(help: ArgumentHelp("List only so many of the tensors that differ, the worst.", valueName: "count"))
  var top: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard top ?? 1 > 0 else { throw ValidationError("--top must be at least 1.") }
  }

  func run() throws {
    try reporting {
      let checkpoints = try [first, second].map { try Release.weights(at: $0) }
      let architectures = try tables.architectures()
      let progress = ProgressLine("Comparing", total: checkpoints[0].tensors.byteCount)
      defer { progress.finish() }
      let comparison = try Comparison(
        of: checkpoints[0], with: checkpoints[1], among: architectures, prefix: prefix
      ) { progress.advance(by: $0) }
      progress.finish()
      let report = WeightsReport(comparison, top: top)
      if json { show(report.json) } else { show(report.lines) }
      if !comparison.agrees { throw ExitCode(1) }
    }
  }
}
