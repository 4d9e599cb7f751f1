import Architectures
import Conversion
import JSON
import ModelFiles

/// The settings that no file tells, in words: each with the files that have another value, and how to choose it.
enum AssumptionReport {
  /// Those of a conversion that is planned.
  static func lines(_ conversion: Conversion) -> [String] {
    lines(
      "no file tells these settings, which are therefore assumed",
      conversion.settings.assumed.map { ("\($0.name)", "\($0.value)", $0.assumption ?? "") }
        + ((conversion.vectors?.entries ?? []) + (conversion.head?.entries ?? [])).compactMap { entry in
          entry.assumption.map { (entry.name, entry.value, $0) }
        })
  }

  /// Those of a model file; the reasons are those of today's name table.
  ///
  /// - Parameter proven: Those that a reference or probe has proven, of which no warning is due.
  static func lines(_ model: ModelFile, naming: String?, proven: [String] = []) -> [String] {
    guard let assumed = model.assumed else {
      return ["Note: a model file of version 1 does not tell which settings were assumed; convert again to see them."]
    }
    let architecture = Architecture.named(model.architecture)
    return lines(
      "no file told these settings, which were therefore assumed; convert again to choose others",
      assumed.filter { !proven.contains($0) }.map { name in
        let value = model.settings[name].map { $0.string ?? $0.compact } ?? ""
        return (name, value, naming.flatMap { architecture?.reason(toDoubt: name, value: value, in: $0) } ?? "")
      })
  }

  /// What a reference proves, in words; nil where it proves nothing.
  static func proof(_ proven: [String], of model: ModelFile) -> String? {
    guard !proven.isEmpty else { return nil }
    let settings = proven.map { name in
      "\(name) = \(model.settings[name].map { $0.string ?? $0.compact } ?? "")"
    }
    return "proves \(settings.joined(separator: ", "))"
  }

  private static func lines(_ heading: String, _ rows: [(name: String, value: String, reason: String)]) -> [String] {
    guard !rows.isEmpty else { return [] }
    var table = TextTable(.left, .left)
    for row in rows { table.add("\(row.name) = \(row.value)", row.reason) }
    return ["Warning: \(heading):"] + table.lines()
  }
}
