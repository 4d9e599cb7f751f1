import ArgumentParser
import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The tool: every subcommand takes arguments in and prints a report.
@main
struct IngotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingot",
    abstract: "Rescues trained models from frameworks that are dying, and proves that nothing was lost.",
    discussion: """
      A model from 2019, and what TensorFlow computed with it, in three steps:

        ingot plan chinese_L-12_H-768_A-12/
        ingot convert chinese_L-12_H-768_A-12/ -o bert.ingot
        ingot verify bert.ingot --against reference.npz

      Exit codes:
        0   done
        1   a verification found a difference
        2   a file or a value does not serve; the message says why
        64  the command line is not understood
      """,
    version: "0.1.0",
    subcommands: [
      PlanCommand.self, ConvertCommand.self, InspectCommand.self, VerifyCommand.self, FillMaskCommand.self,
      ClassifyCommand.self, LabelCommand.self, GenerateCommand.self, TokenizeCommand.self, EmbedCommand.self,
      EvaluateCommand.self,
      WhitenCommand.self, SimilarityCommand.self, SearchCommand.self,
      CompareCommand.self, ExportCommand.self, BenchCommand.self, PositionsCommand.self, LintCommand.self,
      ArchitecturesCommand.self,
    ])

  /// Parses the arguments, runs the command and makes sure that what it printed arrived.
  static func main() {
    // A file that outgrows the user's limit is then a failed write, with a message, and not a signal.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.checkRepetitions(in: Array(CommandLine.arguments.dropFirst()))
      try command.run()
      try reporting {
        guard fflush(nil) == 0 else {
          throw Problem(
            .unavailable, file: "standard output", found: reason(for: errno), expected: "room for all that is printed")
        }
      }
    } catch {
      exit(withError: error)
    }
  }
}
