import ArgumentParser

/// The tool: every subcommand takes arguments in and prints a report.
@main
struct IngotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingot",
    abstract: "Rescues trained models from frameworks that are dying, and proves that nothing was lost.",
    discussion: """
      A model from 2021 in three steps:

        ingot plan chinese_L-12_H-768_A-12/
        ingot convert chinese_L-12_H-768_A-12/ -o bert.ingot --reference reference.npz
        ingot verify bert.ingot

      Exit codes: 0 done; 1 a verification found a difference; 2 a file or an argument's value does not serve, and the
      message says why; 64 the command line is not understood.
      """,
    version: "0.1.0",
    subcommands: [
      PlanCommand.self, ConvertCommand.self, InspectCommand.self, VerifyCommand.self, FillMaskCommand.self,
      BenchCommand.self, LintCommand.self,
    ])
}
