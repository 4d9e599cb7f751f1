import Architectures
import ArgumentParser
import Inference
import JSON
import Verification

/// `ingot architectures`: what is known of each architecture.
struct ArchitecturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "architectures",
    abstract: "Lists the architectures, their namings and what each was verified against.",
    discussion: """
      A naming is a family of files that spell the tensors alike. What is computed has been compared with the named \
      framework at every point of recorded models.

        ingot architectures
      """)

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let rows = Architecture.all.map(ArchitectureRow.init)
    if json {
      show(.array(rows.map(\.json)))
    } else {
      for line in rows.flatMap(\.lines) { show(line) }
    }
  }
}

/// One architecture, as the list shows it.
private struct ArchitectureRow {
  let architecture: Architecture
  let isComputed: Bool
  let evidence: [Evidence]

  init(_ architecture: Architecture) {
    self.architecture = architecture
    isComputed = Model.architectures.contains(architecture.name)
    evidence = Evidence.all.filter { $0.architecture == architecture.name }
  }

  var lines: [String] {
    let verified =
      isComputed
      ? evidence.map { "\($0.framework), \($0.precisions.joined(separator: " and "))" }
      : ["converts, and is not computed yet"]
    return ["\(architecture.name): \(architecture.title)"]
      + ["  namings   \(architecture.namings.map(\.name).joined(separator: ", "))"]
      + verified.enumerated().map { "  \($0 == 0 ? "verified" : "        ")  \($1)" } + [""]
  }

  var json: JSON {
    [
      "name": .string(architecture.name), "title": .string(architecture.title),
      "namings": .array(architecture.namings.map { .string($0.name) }), "computed": .bool(isComputed),
      "verified": .array(
        evidence.map {
          ["framework": .string($0.framework), "precisions": .array($0.precisions.map(JSON.string))]
        }),
    ]
  }
}
