import ArgumentParser
import Conversion
import ModelFiles
import Verification

/// `ingot verify`: checks that a model file is still the same model.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks a model file: its bytes, its outputs, its source.",
    discussion: """
      Alone, it checks every digest and the sealed probe. Exit code 0 means that all is as it should be, 1 that it \
      is not.

        ingot verify bert.ingot
        ingot verify bert.ingot --against reference.npz
        ingot verify bert.ingot --source chinese_L-12_H-768_A-12/
      """)

  @Argument(help: "The model file.", completion: .file(extensions: ["ingot"]))
  var model: String

  @Option(
    help: ArgumentHelp(
      "Compare every recorded point with this reference (Formats/Reference.md).", valueName: "file.npz"))
  var against: String?

  @Option(help: ArgumentHelp("Derive every tensor again from this checkpoint or folder.", valueName: "path"))
  var source: String?

  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try reporting {
      let file = try ModelFile.open(model)
      let reference = try against.map { try Reference(opening: $0) }
      let checkpoint = try source.map { try Release.source(at: $0, of: file) }
      let progress = ProgressSequence()
      defer { progress.finish() }
      let verdict = try Verdict(on: file, source: checkpoint, reference: reference, threads: threading.threads) {
        check in
        switch check {
        case .digests:
          progress.follow(
            "Checking digests", total: file.tensors.reduce(0) { $0 + (file.tensor($1.name)?.byteCount ?? 0) })
        case .probe: progress.follow("Comparing the probe", total: 1, unit: .batches)
        case .reference:
          progress.follow("Comparing", total: reference?.batches.count ?? 0, unit: .batches)
        case .source: progress.follow("Deriving tensors", total: checkpoint?.tensors.byteCount ?? 0)
        }
      }
      progress.finish()
      let report = VerdictReport(verdict)
      if json { show(report.json) } else { show(report.lines) }
      if !verdict.isVerified { throw ExitCode(1) }
    }
  }
}
