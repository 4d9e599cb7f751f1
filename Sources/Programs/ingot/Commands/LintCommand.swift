import Architectures
import ArgumentParser
import Bytes

/// `ingot lint`: every defect of a name table at once.
struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Checks name tables and reports every defect at once.",
    discussion: """
      Formats/NameTables.md says how to write a table.

        ingot lint Formats/Architectures/bert.names
      """)

  @Argument(help: "The tables.", completion: .file(extensions: ["names"]))
  var files: [String]

  func run() throws {
    try reporting {
      var defects: [Problem] = []
      for file in files {
        do {
          let bytes = try ByteView(mapping: file)
          guard !file.hasSuffix("Training.names") else {
            let rows = try TrainingState(reading: bytes).drops.count
            show("\(file): \(Wording.count(rows, "row")) for what training leaves")
            continue
          }
          let architecture = try Architecture(reading: bytes)
          show(
            "\(file): architecture \(architecture.name), \(Wording.count(architecture.tensors.count, "row")), namings "
              + architecture.namings.map(\.name).joined(separator: ", "))
        } catch let problems as Problems {
          defects += problems.all
        }
      }
      if let problems = Problems(defects) { throw problems }
    }
  }
}
