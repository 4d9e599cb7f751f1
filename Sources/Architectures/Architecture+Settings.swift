import Bytes
import JSON

/// A configuration file beside a checkpoint, such as `bert_config.json`.
public struct Configuration: Sendable {
  /// The file, for messages.
  public let file: String
  /// Its contents.
  public let json: JSON

  /// Joins a file's name and its contents.
  public init(file: String, json: JSON) {
    self.file = file
    self.json = json
  }
}

extension Architecture {
  /// Finds a value for every setting, and checks the configuration against the shapes.
  ///
  /// The user's word counts most, then the checkpoint's own, then the configuration's, then the table's default.
  ///
  /// - Parameters:
  ///   - plan: A plan that this architecture made.
  ///   - file: The checkpoint, for messages.
  ///   - configuration: The configuration file, if there is one.
  ///   - hints: What the checkpoint says beside its weights, such as a Keras `model_config`, by the settings' names.
  ///   - given: What the user says, by the names of settings; under the name of a size, the value of that size, which
  ///     must be what the shapes show and then counts more than the configuration's.
  /// - Throws: `Problems`: settings without a value, values outside their domain, sizes that contradict the shapes,
  ///   unknown names in `given`.
  public func settings(
    for plan: Plan, of file: String, configuration: Configuration? = nil, hints: [String: String] = [:],
    given: [String: String] = [:]
  ) throws(Problems) -> Settings {
    var resolution = SettingResolution(
      architecture: self, plan: plan, keys: naming(plan.naming)?.keys ?? [], file: file,
      configuration: configuration, hints: hints, given: given)
    let entries = resolution.resolve()
    if let problems = Problems(resolution.problems) { throw problems }
    return Settings(entries: entries)
  }
}

private struct SettingResolution {
  let architecture: Architecture
  let plan: Plan
  let keys: [Architecture.Key]
  let file: String
  let configuration: Configuration?
  let hints: [String: String]
  let given: [String: String]
  var problems: [Problem] = []

  /// A value that somebody claims, and what they wrote where it is none of the domain.
  private enum Reading {
    case value(Settings.Claim)
    case unreadable(Problem)
  }

  mutating func resolve() -> [Settings.Entry] {
    if let configuration, configuration.json.members == nil {
      problems.append(
        Problem(.mismatched, file: configuration.file, found: "no JSON object", expected: "a configuration's members"))
    }
    checkGivenNames()
    for size in architecture.sizes { check(size) }
    return architecture.settings.compactMap { entry($0) }
  }

  private mutating func checkGivenNames() {
    let known = architecture.settings.map(\.name) + architecture.sizes.map(\.name)
    for name in given.keys.sorted() where !known.contains(name) {
      problems.append(
        Problem(
          .mismatched, file: file, object: name, found: "no setting of this name in \(architecture.name)",
          expected: "one of \(known.joined(separator: ", "))"))
    }
  }

  /// Compares what the user and the configuration say of a size with what the shapes show.
  private mutating func check(_ size: Architecture.Size) {
    guard let shown = plan.size(named: size.name) else { return }
    if let text = given[size.name] {
      guard Int(text) != shown else { return }
      problems.append(
        Problem(
          .mismatched, file: file, object: size.name, found: "\(shown) in the shapes", expected: "\(text), as given"))
    } else if let (key, value) = member(of: size.letter), let configuration, value.integer != shown {
      problems.append(
        Problem(
          .mismatched, file: configuration.file, object: key, found: value.compact,
          expected: "\(shown), as the shapes in \(file) show",
          advice: "Give the configuration of this checkpoint, or confirm the shapes with --set \(size.name)=\(shown)"))
    }
  }

  private mutating func entry(_ setting: Architecture.Setting) -> Settings.Entry? {
    let readings = [
      given[setting.name].map { read($0, setting, .given) },
      hints[setting.name].map { read(spelled($0, setting), setting, .checkpoint) },
      configured(setting),
      key(of: setting.name).flatMap { key in key.value.map { read($0, setting, .table(line: key.line)) } },
    ].compactMap(\.self)
    switch readings.first {
    case nil: problems.append(missing(setting))
    case .unreadable(let problem): problems.append(problem)
    case .value(let claim):
      checkDivision(claim, setting)
      let others = readings.dropFirst().compactMap { reading -> Settings.Claim? in
        guard case .value(let other) = reading, other.value != claim.value else { return nil }
        if case .table = other.origin { return nil }
        return other
      }
      return Settings.Entry(name: setting.name, value: claim.value, origin: claim.origin, overruled: others)
    }
    return nil
  }

  private func configured(_ setting: Architecture.Setting) -> Reading? {
    guard let (key, value) = member(of: setting.name), let configuration else { return nil }
    let text: String? =
      switch (setting.domain, value) {
      case (.integer, .number(let text)), (.number, .number(let text)): text
      case (.boolean, .bool(let value)): "\(value)"
      case (.choice, .string(let word)): spelled(word, setting)
      default: nil
      }
    guard let text, let known = setting.domain.value(of: text) else {
      return .unreadable(
        Problem(
          .mismatched, file: configuration.file, object: key, found: value.compact,
          expected: "\(setting.domain) for \(setting.name)",
          advice: "Correct the configuration, or give the value with --set \(setting.name)=…"))
    }
    return .value(Settings.Claim(value: known, origin: .configuration(key: key, spelling: value.compact)))
  }

  private func read(_ text: String, _ setting: Architecture.Setting, _ origin: Settings.Origin) -> Reading {
    if let value = setting.domain.value(of: text) { return .value(Settings.Claim(value: value, origin: origin)) }
    return .unreadable(
      Problem(
        .mismatched, file: file, object: setting.name, found: "\"\(text)\" (\(origin))",
        expected: "\(setting.domain)",
        advice: origin == .checkpoint ? "Give the value with --set \(setting.name)=…" : nil))
  }

  private mutating func checkDivision(_ claim: Settings.Claim, _ setting: Architecture.Setting) {
    guard case .integer(.some(let letter)) = setting.domain, case .integer(let value) = claim.value,
      let size = plan.sizes.first(where: { $0.letter == letter }), size.value % value != 0
    else { return }
    problems.append(
      Problem(
        .mismatched, file: file, object: setting.name, found: "\(value) (\(claim.origin))",
        expected: "a divisor of the \(size.name), \(size.value)",
        advice: "Give the right value with --set \(setting.name)=…"))
  }

  private func missing(_ setting: Architecture.Setting) -> Problem {
    let keys = key(of: setting.name)?.keys ?? []
    return Problem(
      .mismatched, file: configuration?.file ?? file, object: setting.name, found: "no value",
      expected: keys.isEmpty ? "\(setting.domain)" : "\(keys.joined(separator: " or ")) in the configuration",
      advice: (keys.isEmpty || configuration != nil ? "Give it" : "Give the configuration with --config, or the value")
        + " with --set \(setting.name)=…")
  }
}

extension SettingResolution {
  private func key(of name: String) -> Architecture.Key? {
    keys.first { $0.name == name }
  }

  /// The first member of the configuration that holds a size or setting; null counts as absent.
  private func member(of name: String) -> (key: String, value: JSON)? {
    for key in key(of: name)?.keys ?? [] {
      if let value = configuration?.json[key], value != .null { return (key, value) }
    }
    return nil
  }

  /// A word of these files in the table's spelling.
  private func spelled(_ word: String, _ setting: Architecture.Setting) -> String {
    key(of: setting.name)?.words[word] ?? word
  }
}
