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
  let told: ToldSettings
  let given: [String: String]
  private(set) var problems: [Problem] = []
  /// What is resolved already, in the order of the table.
  private var entries: [Settings.Entry] = []

  /// What somebody says of a setting: a value, or nothing that its domain has.
  private enum Reading {
    case value(Settings.Claim)
    case unreadable(Problem)
  }

  /// Joins everything that can say something.
  init(
    _ architecture: Architecture, _ plan: Plan, of file: String, configuration: Configuration?,
    hints: [String: String], told: ToldSettings, given: [String: String]
  ) {
    self.architecture = architecture
    self.plan = plan
    keys = architecture.naming(plan.naming)?.keys ?? []
    self.file = file
    self.configuration = configuration
    self.hints = hints
    self.told = told
    self.given = given
  }

  /// Checks names and sizes, then resolves each setting, in the order of the table.
  mutating func resolve() -> [Settings.Entry] {
    if let configuration, configuration.json.members == nil { problems.append(say.noObject(in: configuration)) }
    let known = architecture.settings.map(\.name) + architecture.sizes.map(\.name)
    for name in given.keys.sorted() + told.values.keys.sorted() where !known.contains(name) {
      problems.append(say.unknown(name, known: known))
    }
    for name in hints.keys.sorted() where hints[name] == "true" && !known.contains(name) {
      problems.append(say.uncomputed(name))
    }
    for size in architecture.sizes { check(size) }
    for key in keys where key.quotient != nil { checkQuotient(key) }
    for demand in architecture.naming(plan.naming)?.demands ?? [] { check(demand) }
    for setting in architecture.settings {
      if let entry = entry(setting) { entries.append(entry) }
    }
    return entries
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
    let told = told.values[setting.name].map { read($0, setting, .export) }
    let files = self.told.isBehindConfiguration ? [configured(setting), told] : [told, configured(setting)]
    let readings =
      ([
        given[setting.name].map { read($0, setting, .given) },
        hint(setting),
      ] + files + [key.flatMap { preset($0, setting) }]).compactMap(\.self)
    switch readings.first {
    case nil: problems.append(say.missing(setting, keys: key?.keys ?? [], in: configuration))
    case .unreadable(let problem): problems.append(problem)
    case .value(let claim):
      checkDivision(claim, setting)
      return Settings.Entry(
        name: setting.name, value: claim.value, origin: claim.origin,
        overruled: readings.dropFirst().compactMap { contradiction($0, of: claim) },
        assumption: assumption(claim, setting))
    }
    return nil
  }

  /// What the checkpoint says; nothing where it is what the export assumed, and wrote there itself.
  private func hint(_ setting: Architecture.Setting) -> Reading? {
    guard let word = hints[setting.name] else { return nil }
    let text = spelled(word, setting) ?? word
    if told.assumed.contains(setting.name), told.values[setting.name] == text { return nil }
    return read(text, setting, .checkpoint)
  }

  /// What the table says where nobody says otherwise.
  private func preset(_ key: Architecture.Key, _ setting: Architecture.Setting) -> Reading? {
    let known = { name in entries.first { $0.name == name }?.value }
    guard let text = key.value(beside: known) else { return nil }
    let caveat = setting.domain.value(of: text).flatMap { architecture.naming(plan.naming)?.caveat(on: setting, $0) }
    let isAssumed = setting.group.map(plan.groups.contains) ?? true && (caveat != nil || isAssumption(key))
    return read(text, setting, isAssumed ? .assumed(line: key.line) : .table(line: key.line))
  }

  /// Whether a default could be otherwise in this file: by its row, or because the configuration is missing that would tell.
  private func isAssumption(_ key: Architecture.Key) -> Bool {
    guard let assumption = key.assumption else { return !key.keys.isEmpty && configuration == nil }
    return assumption.group.map { !plan.groups.contains($0) } ?? true
  }

  /// Which files have another value than a claim; nil where somebody tells that this is not one of them.
  private func assumption(_ claim: Settings.Claim, _ setting: Architecture.Setting) -> String? {
    guard let naming = architecture.naming(plan.naming) else { return nil }
    switch claim.origin {
    case .given, .checkpoint: return nil
    case .export:
      return told.assumed.contains(setting.name) ? architecture.reason(toDoubt: setting, claim.value, in: naming) : nil
    case .configuration, .table: return naming.caveat(on: setting, claim.value)
    case .assumed: return architecture.reason(toDoubt: setting, claim.value, in: naming)
    }
  }

  /// A claim that says otherwise; a default that somebody replaced contradicts nobody.
  private func contradiction(_ reading: Reading, of claim: Settings.Claim) -> Settings.Claim? {
    guard case .value(let other) = reading, other.value != claim.value else { return nil }
    switch other.origin {
    case .table, .assumed: return nil
    case .given, .checkpoint, .export, .configuration: return other
    }
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
    guard let known = row.value(of: setting, spelled: value) else {
      return .unreadable(say.outside(setting, row: row, key: key, value: value, in: configuration))
    }
    return .value(Settings.Claim(value: known, origin: .configuration(key: key, spelling: value.compact)))
  }

  private func key(of name: String) -> Architecture.Key? {
    keys.first { $0.name == name }
  }

  /// The first member of the configuration that holds a size or setting; null counts as absent.
  private func member(of name: String) -> (key: String, value: JSON)? {
    guard let configuration else { return nil }
    return key(of: name)?.member(in: configuration.json)
  }

  /// A word of these files in the table's spelling; nil for one that these files do not have.
  private func spelled(_ word: String, _ setting: Architecture.Setting) -> String? {
    key(of: setting.name).map { $0.spelling(of: word) } ?? word
  }
}

extension Architecture.Key {
  /// The first of the members that a configuration has; null counts as absent.
  func member(in configuration: JSON) -> (key: String, value: JSON)? {
    for key in keys {
      if let value = configuration[key], value != .null { return (key, value) }
    }
    return nil
  }

  /// What a member says of a setting; nil for what it cannot say.
  func value(of setting: Architecture.Setting, spelled value: JSON) -> Settings.Value? {
    let text: String? =
      switch (setting.domain, value) {
      case (.integer, .number(let text)), (.number, .number(let text)), (.positive, .number(let text)),
        (.fraction, .number(let text)), (.index, .number(let text)):
        text
      case (.boolean, .bool(let value)): "\(value)"
      case (.choice, .string(let word)): spelling(of: word)
      case (.choice, .bool(let value)), (.number, .bool(let value)), (.fraction, .bool(let value)):
        spelling(of: "\(value)")
      case (.choice, .array): spelling(of: value.compact)
      default: nil
      }
    return text.flatMap(setting.domain.value(of:))
  }

  /// A word of these files in the table's spelling; nil for one that these files do not have.
  func spelling(of word: String) -> String? { words[word] ?? (listsAllWords ? nil : word) }
}
