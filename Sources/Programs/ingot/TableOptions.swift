import Architectures
import ArgumentParser
import Bytes

/// The name tables of a command: those that travel inside the binary, and the user's own.
struct TableOptions: ParsableArguments {
  @Option(
    name: .customLong("table"),
    help: ArgumentHelp(
      "A name table of your own (Formats/NameTables.md), in the place of the one of the same architecture; may be repeated.",
      valueName: "file"))
  var files: [String] = []

  /// The architectures that may be meant.
  ///
  /// - Throws: `Problems` with every defect of the user's tables, `Problem` when two of them are of one architecture.
  func architectures() throws -> [Architecture] {
    var architectures = Architecture.all
    var given: [String: String] = [:]
    for file in files {
      let architecture = try Architecture(reading: ByteView(mapping: file))
      if let other = given.updateValue(file, forKey: architecture.name) {
        throw Problem(
          .mismatched, file: file, found: "a table of \(architecture.name), as \(other) is",
          expected: "one table of each architecture")
      }
      if let index = architectures.firstIndex(where: { $0.name == architecture.name }) {
        architectures[index] = architecture
      } else {
        architectures.append(architecture)
      }
    }
    return architectures
  }
}
