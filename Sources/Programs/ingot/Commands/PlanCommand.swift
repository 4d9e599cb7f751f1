import ArgumentParser
import Conversion

/// `ingot plan`: where every tensor of a checkpoint would go, without reading one.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Shows where every tensor of a checkpoint would go.",
    discussion: """
      No weights are read and nothing is written.

        ingot plan chinese_L-12_H-768_A-12/
        ingot plan best_model.weights --config bert_config.json --extra keep
        ingot plan our_model.h5 --table our.names
      """)

  @OptionGroup var source: SourceOptions

  @Flag(help: "Print the plan as JSON.")
  var json = false

  func run() throws {
    try reporting {
      let release = try source.release()
      let architectures = try source.tables.architectures()
      let conversion = try planning {
        try Conversion(planning: release, options: source.options().adding($0), among: architectures)
      }
      if json { show(PlanReport.json(conversion)) } else { show(PlanReport.lines(conversion)) }
    }
  }
}
