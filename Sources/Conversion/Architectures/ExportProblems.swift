import Bytes
import JSON
import Tensors

/// The sentences about models that a destination cannot hold; they are made here and nowhere else.
enum ExportProblems {
  /// - Parameter group: The optional group that the tensor belongs to, which is all of it that can be left out.
  static func absent(
    _ tensor: String, of group: String?, in naming: Architecture.Naming, of architecture: Architecture, file: String
  ) -> Problem {
    let line = naming.absences.first { $0.tensor == tensor }?.line ?? naming.line
    // What leads from one size to another cannot be left out, nor a table that others would compute otherwise.
    let isRemovable =
      architecture.groups.first { $0.name == group }.map { $0.equalWhenAbsent == nil && !$0.isSinusoid } ?? false
    return Problem(
      .unsupported, file: file, object: tensor, found: "a tensor that \(naming.name) never holds",
      expected: "a model without it (\(architecture.place(line)))",
      advice: isRemovable ? "Leave this part of the model out with --without \(group!)" : nil,
      ways: isRemovable ? [[Remedy("--without", group!)]] : [])
  }

  static func noPart(_ name: String, among present: [String], of architecture: Architecture, file: String) -> Problem {
    let isKnown = architecture.groups.contains { $0.name == name }
    return Problem(
      .mismatched, file: file, object: name,
      found: isKnown ? "a model without this part" : "no part of this name in \(architecture.name)",
      expected: present.isEmpty
        ? "no --without, for this model has no optional part" : "one of \(present.joined(separator: ", "))")
  }

  static func neededPart(
    _ name: String, by group: Architecture.Group, of architecture: Architecture, file: String
  ) -> Problem {
    Problem(
      .mismatched, file: file, object: group.name, found: "a part that needs \(name)",
      expected: "both, or neither (\(architecture.place(group.line)))",
      advice: "Leave it out too with --without \(group.name)", ways: [[Remedy("--without", group.name)]])
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
      advice: "Export such tensors under their own names with --extra keep, or leave them out with --extra drop",
      ways: [[Remedy("--extra", "keep")], [Remedy("--extra", "drop")]])
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
      expected: "what one of \(distinct.joined(separator: ", ")) has (\(architecture.place(classes.line)))",
      ways: ways(for: groups, settings, to: classes.rows, of: architecture))
  }

  /// What makes a model one that a class loads, for each class that has no more than the model: least loss first.
  private static func ways(
    for groups: [String], _ settings: [String: String], to rows: [Architecture.ModelClass],
    of architecture: Architecture
  ) -> [[Remedy]] {
    let ways = rows.compactMap { row -> [Remedy]? in
      let left = groups.filter { !(row.needed + row.madeUp + row.accepted).contains($0) }
      let isProjecting = architecture.groups.contains { left.contains($0.name) && $0.equalWhenAbsent != nil }
      guard row.needed.allSatisfy(groups.contains), !isProjecting else { return nil }
      return left.map { Remedy("--without", $0) }
        + row.conditions.filter { settings[$0.setting] != $0.value }.map {
          Remedy("--set", "\($0.setting)=\($0.value)")
        }
    }
    func loss(_ way: [Remedy]) -> Int { way.count { $0.option == "--without" } }
    let least = ways.map(loss).min()
    return ways.filter { loss($0) == least }
  }

  /// - Parameter speakable: The values that the configuration has words for, the usual one first.
  static func unspeakable(
    _ setting: String, _ value: String, in naming: Architecture.Naming, key: Architecture.Key?,
    speakable: [String], of architecture: Architecture, file: String
  ) -> Problem {
    Problem(
      .unsupported, file: file, object: setting, found: value,
      expected:
        "a value that the configuration of \(naming.name) can say (\(architecture.place(key?.line ?? naming.line)))",
      advice: "Only if the exported model shall compute with another value, say so with "
        + (speakable.isEmpty ? ["…"] : speakable).map { "--set \(setting)=\($0)" }.joined(separator: " or "),
      ways: speakable.map { [Remedy("--set", "\(setting)=\($0)")] })
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
        : nil,
      ways: isSetting ? [[Remedy("--set", "\(name)=\(taken.compact)")]] : [])
  }
}
