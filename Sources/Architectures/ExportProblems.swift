import Bytes
import JSON
import Tensors

/// The sentences about models that a destination cannot hold; they are made here and nowhere else.
enum ExportProblems {
  static func absent(
    _ tensor: String, in naming: Architecture.Naming, of architecture: Architecture, file: String
  ) -> Problem {
    let line = naming.absences.first { $0.tensor == tensor }?.line ?? naming.line
    return Problem(
      .unsupported, file: file, object: tensor, found: "a tensor that \(naming.name) never holds",
      expected: "a model without it (\(architecture.place(line)))")
  }

  static func unsolved(
    _ tensor: String, row: Architecture.Row, of architecture: Architecture, file: String
  ) -> Problem {
    Problem(
      .unsupported, file: file, object: tensor, found: "no tensor that shows every size of its exported shape",
      expected: "all sizes of the row (\(architecture.place(row.line)))")
  }

  static func needed(
    _ presence: Architecture.Presence, in naming: Architecture.Naming, of architecture: Architecture, file: String
  ) -> Problem {
    Problem(
      .unsupported, file: file, object: presence.groups.joined(separator: " or "),
      found: "no such tensors in the model",
      expected: "them, as \(naming.name) always has them (\(architecture.place(presence.line)))")
  }

  static func extra(_ extra: Plan.Extra, file: String) -> Problem {
    Problem(
      .mismatched, file: file, object: extra.source, found: "a tensor beyond the architecture",
      expected: "a decision about it",
      advice: "Export such tensors under their own names with --extra keep, or leave them out with --extra drop")
  }

  static func noClass(
    _ groups: [String], _ settings: [String: String], in classes: Architecture.Classes, of architecture: Architecture,
    file: String
  ) -> Problem {
    let conditions = Set(classes.rows.flatMap { $0.conditions.map(\.setting) }).sorted()
    let said = conditions.compactMap { name in settings[name].map { "\(name) = \($0)" } }
    let names = classes.rows.filter { $0.head == nil }.map(\.name)
    let distinct = names.indices.filter { !names[..<$0].contains(names[$0]) }.map { names[$0] }
    return Problem(
      .unsupported, file: file,
      found: "a model with \((groups + said).joined(separator: ", "))",
      expected: "what one of \(distinct.joined(separator: ", ")) has (\(architecture.place(classes.line)))")
  }

  static func unspeakable(
    _ setting: String, _ value: String, in naming: Architecture.Naming, key: Architecture.Key?,
    of architecture: Architecture, file: String
  ) -> Problem {
    Problem(
      .unsupported, file: file, object: setting, found: value,
      expected:
        "a value that the configuration of \(naming.name) can say (\(architecture.place(key?.line ?? naming.line)))",
      advice: "Only if the exported model shall compute with another value, say so with "
        + "--set \(setting)=\(key?.value ?? "…")")
  }

  /// The files mean one number, and the model has another.
  ///
  /// - Parameter shown: The size, or the two of whose quotient the table speaks, in the model.
  static func fixedSize(
    _ shown: [Plan.Size], in naming: Architecture.Naming, key: Architecture.Key, of architecture: Architecture,
    file: String
  ) -> Problem {
    Problem(
      .unsupported, file: file, object: shown.map(\.name).joined(separator: "/"),
      found: shown.map { "\($0.value)" }.joined(separator: "/"),
      expected: "\(key.value ?? ""), as in all files of \(naming.name) (\(architecture.place(key.line)))")
  }

  /// One member of a configuration is to say two things.
  ///
  /// - Parameters:
  ///   - taken: What it says already.
  ///   - speaker: The size or setting of which it says so.
  static func sharedWord(
    _ name: String, _ value: JSON, key: Architecture.Key, taken: JSON, by speaker: String,
    of architecture: Architecture,
    file: String
  ) -> Problem {
    let isSetting = architecture.settings.contains { $0.name == name }
    return Problem(
      .unsupported, file: file, object: name, found: value.compact,
      expected: "\(taken.compact), which \(key.keys[0]) says of \(speaker) too (\(architecture.place(key.line)))",
      advice: isSetting
        ? "Only if the exported model shall compute with another value, say so with --set \(name)=\(taken.compact)"
        : nil)
  }
}
