import Bytes
import JSON

/// Finds a value for every setting of one model, and gathers what is wrong on the way.
struct SettingResolution {
  let architecture: Architecture
  let plan: Plan
  /// Where the configuration of these files keeps what.
  let keys: [Architecture.Key]
  /// The checkpoint, for messages.
  let file: String
  let configuration: Configuration?
  let hints: [String: String]
  let given: [String: String]
  private(set) var problems: [Problem] = []

  /// What somebody says of a setting: a value, or nothing that its domain has.
  private enum Reading {
    case value(Settings.Claim)
    case unreadable(Problem)
  }

  /// Joins everything that can say something.
  init(
    _ architecture: Architecture, _ plan: Plan, of file: String, configuration: Configuration?,
    hints: [String: String], given: [String: String]
  ) {
    self.architecture = architecture
    self.plan = plan
    keys = architecture.naming(plan.naming)?.keys ?? []
    self.file = file
    self.configuration = configuration
    self.hints = hints
    self.given = given
  }

  /// Checks names and sizes, then resolves each setting, in the order of the table.
  mutating func resolve() -> [Settings.Entry] {
    if let configuration, configuration.json.members == nil { problems.append(say.noObject(in: configuration)) }
    let known = architecture.settings.map(\.name) + architecture.sizes.map(\.name)
    for name in given.keys.sorted() where !known.contains(name) {
      problems.append(say.unknown(name, known: known))
    }
    for name in hints.keys.sorted() where hints[name] == "true" && !known.contains(name) {
      problems.append(say.uncomputed(name))
    }
    for size in architecture.sizes { check(size) }
    for key in keys where key.quotient != nil { checkQuotient(key) }
    for demand in architecture.naming(plan.naming)?.demands ?? [] { check(demand) }
    return architecture.settings.compactMap { entry($0) }
  }

  private var say: SettingProblems { SettingProblems(architecture: architecture, file: file) }
}

extension SettingResolution {
  /// Compares what the user and the configuration say of a size with what the shapes show.
  private mutating func check(_ size: Architecture.Size) {
    let shown = plan.size(named: size.name)
    if let text = given[size.name] {
      if shown == nil || Int(text) != shown { problems.append(say.size(size, shown: shown, given: text)) }
    } else if let shown, let (key, value) = member(of: size.letter), let configuration, value.integer != shown {
      problems.append(say.size(size, shown: shown, key: key, value: value, in: configuration))
    }
  }

  /// Checks that the configuration asks for the computation that the architecture has.
  private mutating func check(_ demand: Architecture.Demand) {
    guard let configuration, let value = configuration.json[demand.member], value != .null else { return }
    if !demand.values.contains(value) { problems.append(say.demand(demand, found: value, in: configuration)) }
  }

  /// Compares what the configuration says of the quotient of two sizes with what the shapes show.
  private mutating func checkQuotient(_ key: Architecture.Key) {
    guard let (member, value) = member(of: key.name), let configuration, let shown = key.size(in: plan),
      value.integer != shown
    else { return }
    problems.append(say.quotient(key, shown: shown, member: member, value: value, in: configuration))
  }

  private mutating func entry(_ setting: Architecture.Setting) -> Settings.Entry? {
    let key = key(of: setting.name)
    let readings = [
      given[setting.name].map { read($0, setting, .given) },
      hints[setting.name].map { read(spelled($0, setting) ?? $0, setting, .checkpoint) },
      configured(setting),
      key?.value.map { read($0, setting, .table(line: key?.line ?? setting.line)) },
    ].compactMap(\.self)
    switch readings.first {
    case nil: problems.append(say.missing(setting, keys: key?.keys ?? [], in: configuration))
    case .unreadable(let problem): problems.append(problem)
    case .value(let claim):
      checkDivision(claim, setting)
      return Settings.Entry(
        name: setting.name, value: claim.value, origin: claim.origin,
        overruled: readings.dropFirst().compactMap { contradiction($0, of: claim) })
    }
    return nil
  }

  /// A claim that says otherwise; a default that somebody replaced contradicts nobody.
  private func contradiction(_ reading: Reading, of claim: Settings.Claim) -> Settings.Claim? {
    guard case .value(let other) = reading, other.value != claim.value else { return nil }
    if case .table = other.origin { return nil }
    return other
  }

  private mutating func checkDivision(_ claim: Settings.Claim, _ setting: Architecture.Setting) {
    guard case .integer(.some(let letter)) = setting.domain, case .integer(let value) = claim.value,
      let size = plan.sizes.first(where: { $0.letter == letter }), size.value % value != 0
    else { return }
    problems.append(say.division(claim, setting, of: size))
  }
}

extension SettingResolution {
  private func read(_ text: String, _ setting: Architecture.Setting, _ origin: Settings.Origin) -> Reading {
    guard let value = setting.domain.value(of: text) else {
      return .unreadable(say.outside(setting, text: text, origin))
    }
    return .value(Settings.Claim(value: value, origin: origin))
  }

  private func configured(_ setting: Architecture.Setting) -> Reading? {
    guard let row = key(of: setting.name), let (key, value) = member(of: setting.name), let configuration else {
      return nil
    }
    let text: String? =
      switch (setting.domain, value) {
      case (.integer, .number(let text)), (.number, .number(let text)): text
      case (.boolean, .bool(let value)): "\(value)"
      case (.choice, .string(let word)): spelled(word, setting)
      case (.choice, .bool(let value)), (.number, .bool(let value)): spelled("\(value)", setting)
      case (.choice, .array): spelled(value.compact, setting)
      default: nil
      }
    guard let known = text.flatMap(setting.domain.value(of:)) else {
      return .unreadable(say.outside(setting, row: row, key: key, value: value, in: configuration))
    }
    return .value(Settings.Claim(value: known, origin: .configuration(key: key, spelling: value.compact)))
  }

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

  /// A word of these files in the table's spelling; nil for one that these files do not have.
  private func spelled(_ word: String, _ setting: Architecture.Setting) -> String? {
    guard let key = key(of: setting.name) else { return word }
    return key.words[word] ?? (key.listsAllWords ? nil : word)
  }
}
