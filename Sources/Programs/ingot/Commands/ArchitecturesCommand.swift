import Architectures
import ArgumentParser
import Bytes
import JSON

/// `ingot architectures`: what is known of each architecture.
struct ArchitecturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "architectures",
    abstract: "Lists the architectures, their namings and what each was verified against.",
    discussion: """
      A naming is a family of files that spell the tensors alike. For each it is said which programs saved the files that \
      it was tried on, with what they computed at the points of their models, and which programs loaded exports. Name an \
      architecture to see every file and every export. Whatever the naming, an export brings every tensor back bit for \
      bit.

        ingot architectures
        ingot architectures bert
        ingot architectures --table our.names
      """)

  @Argument(help: "An architecture, of which every file is listed.")
  var architecture: String?

  @OptionGroup var tables: TableOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try reporting {
      let reports = try chosen(among: tables.architectures()).map(EvidenceReport.init)
      if json {
        show(.array(reports.map(\.json)))
      } else {
        for (index, report) in reports.enumerated() {
          if index > 0 { show("") }
          show(architecture == nil ? report.summary : report.details)
        }
      }
    }
  }

  private func chosen(among architectures: [Architecture]) throws -> [Architecture] {
    guard let architecture else { return architectures }
    let chosen = architectures.filter { $0.name == architecture }
    guard chosen.isEmpty else { return chosen }
    let known = architectures.map(\.name)
    let meant = nearestWord(to: architecture, among: known).map { " Did you mean \($0)?" } ?? ""
    throw ValidationError(
      "There is no architecture \(architecture). Known are \(known.joined(separator: ", ")).\(meant)")
  }
}
