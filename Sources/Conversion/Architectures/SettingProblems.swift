import Bytes
import JSON

/// The sentences about settings; they are made here and nowhere else.
struct SettingProblems {
  let architecture: Architecture
  /// The checkpoint.
  let file: String

  func noObject(in configuration: Configuration) -> Problem {
    Problem(.mismatched, file: configuration.file, found: "no JSON object", expected: "a configuration's members")
  }

  func unknown(_ name: String, known: [String]) -> Problem {
    Problem(
      .mismatched, file: file, object: name, found: "no setting of this name in \(architecture.name)",
      expected: "one of \(known.joined(separator: ", "))",
      advice: nearestWord(to: name, among: known).map { "Did you mean \($0)?" })
  }

  func size(_ size: Architecture.Size, shown: Int?, given: String) -> Problem {
    Problem(
      .mismatched, file: file, object: size.name,
      found: shown.map { "\($0) in the shapes" } ?? "no tensor that shows this size", expected: "\(given), as given")
  }

  func size(
    _ size: Architecture.Size, shown: Int, key: String, value: JSON, in configuration: Configuration
  ) -> Problem {
    Problem(
      .mismatched, file: configuration.file, object: key, found: value.compact,
      expected: "\(shown), as the shapes in \(file) show",
      advice: "Give the configuration of this checkpoint, or confirm the shapes with --set \(size.name)=\(shown)",
      ways: [[Remedy("--set", "\(size.name)=\(shown)")]])
  }

  func quotient(
    _ key: Architecture.Key, shown: Int, member: String, value: JSON, in configuration: Configuration
  ) -> Problem {
    Problem(
      .mismatched, file: configuration.file, object: member, found: value.compact,
      expected: "\(shown), as the shapes in \(file) show (\(architecture.place(key.line)))",
      advice: "Give the configuration of this checkpoint")
  }

  func demand(_ demand: Architecture.Demand, found value: JSON, in configuration: Configuration) -> Problem {
    Problem(
      .unsupported, file: configuration.file, object: demand.member, found: value.compact,
      expected: demand.values.map(\.compact).joined(separator: " or ")
        + ": \(demand.reason) (\(architecture.place(demand.line)))",
      advice: "No architecture that Ingot knows computes this")
  }

  func uncomputed(_ name: String) -> Problem {
    Problem(
      .unsupported, file: file, object: "model_config", found: "\(name) true",
      expected: "false, for \(architecture.name) has no such setting",
      advice: "No architecture that Ingot knows computes this")
  }

  func missing(_ setting: Architecture.Setting, keys: [String], in configuration: Configuration?) -> Problem {
    let mayBeConfigured = !keys.isEmpty && configuration == nil
    return Problem(
      .mismatched, file: configuration?.file ?? file, object: setting.name, found: "no value",
      expected: keys.isEmpty ? "\(setting.domain)" : "\(keys.joined(separator: " or ")) in the configuration",
      advice: (mayBeConfigured ? "Give the configuration with --config, or the value" : "Give it")
        + " with --set \(setting.name)=…", ways: ways(for: setting))
  }

  /// A value that only the user knows; what stands for it in a trial is one that every model can have.
  private func ways(for setting: Architecture.Setting) -> [[Remedy]] {
    let value =
      switch setting.domain {
      case .integer, .index, .number, .positive: "1"
      case .fraction: "0"
      case .boolean: "false"
      case .choice(let words): words[0]
      }
    return [[Remedy("--set", "\(setting.name)=\(value)", shown: "\(setting.name)=…")]]
  }

  func outside(_ setting: Architecture.Setting, text: String, _ origin: Settings.Origin) -> Problem {
    Problem(
      .mismatched, file: file, object: setting.name, found: "\"\(text)\" (\(origin))", expected: "\(setting.domain)",
      advice: origin == .checkpoint ? "Give the value with --set \(setting.name)=…" : nil,
      ways: origin == .checkpoint ? ways(for: setting) : [])
  }

  func outside(
    _ setting: Architecture.Setting, row: Architecture.Key, key: String, value: JSON, in configuration: Configuration
  ) -> Problem {
    Problem(
      .mismatched, file: configuration.file, object: key, found: value.compact,
      expected: "\(row.domain(of: setting)) for \(setting.name)",
      advice: "Correct the configuration, or give the value with --set \(setting.name)=…", ways: ways(for: setting))
  }

  func division(_ claim: Settings.Claim, _ setting: Architecture.Setting, of size: Plan.Size) -> Problem {
    Problem(
      .mismatched, file: file, object: setting.name, found: "\(claim.value) (\(claim.origin))",
      expected: "a divisor of the \(size.name), \(size.value)",
      advice: "Give the right value with --set \(setting.name)=…", ways: ways(for: setting))
  }
}
