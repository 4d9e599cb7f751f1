import Tensors

/// Asks whether the rows of a table agree with each other, and reports all that do not.
struct TableLinter {
  /// The defects, in no particular order.
  let defects: [TableDefect]

  /// Looks at every row.
  init(_ table: Table) {
    var lint = Lint(table: table)
    lint.sizes()
    lint.tensors()
    lint.configurations()
    for naming in table.names { lint.naming(naming) }
    for list in table.classes { lint.classes(list) }
    lint.heads()
    defects = lint.defects
  }

  /// Looks at rows of which the first that fits counts: none may stand there twice.
  init(_ drops: [Architecture.Drop]) {
    var lint = Lint(table: Table())
    lint.unique(drops.map { ($0.pattern.spelling, $0.line) })
    defects = lint.defects
  }
}

struct Lint {
  let table: Table
  var defects: [TableDefect] = []

  /// The most rows of one section of names that are compared with each other, ten times as many as any table has.
  static let largestRowCount = 2_000
  /// The most steps in which they are compared; few rows need any, as most names begin and end in their own way.
  static let largestStepCount = 200_000

  /// Reports each name that is taken; the lines are those of the names.
  mutating func unique(_ names: [(name: String, line: Int)], _ what: (String) -> String = { $0 }) {
    var first: [String: Int] = [:]
    for (name, line) in names {
      if let taken = first[name] {
        defects.append(.repeated(what(name), first: taken, line: line))
      } else {
        first[name] = line
      }
    }
  }

  mutating func known(_ what: String, _ name: String, among names: [String], line: Int) {
    if !names.contains(name) { defects.append(.unknown(what, name, known: names, line: line)) }
  }

  mutating func letters(of shape: [Architecture.Extent], line: Int) {
    for (index, extent) in shape.enumerated() where !shape[..<index].contains(extent) {
      if case .size(let letter) = extent { known("size", letter, among: table.sizes.map(\.letter), line: line) }
    }
  }
}

extension Lint {
  mutating func sizes() {
    if table.sizes.isEmpty { defects.append(.nothing(of: "sizes")) }
    unique(table.sizes.map { ($0.letter, $0.line) }) { "the size \($0)" }
    unique(table.sizes.map { ($0.name, $0.line) } + table.settings.map { ($0.name, $0.line) }) { "the name \($0)" }
    let reshapes = table.names.flatMap(\.rows).flatMap(\.transforms).compactMap { transform in
      if case .reshape(let shape) = transform { shape } else { nil }
    }
    let used = Set(
      table.tensors.compactMap(\.counter)
        + (table.tensors.map(\.shape) + reshapes).joined().compactMap { extent in
          if case .size(let letter) = extent { letter } else { nil }
        })
    for size in table.sizes where !used.contains(size.letter) {
      defects.append(.unusedSize(size.letter, line: size.line))
    }
    for setting in table.settings {
      if let group = setting.group { known("group", group, among: table.groups.map(\.name), line: setting.line) }
      guard case .integer(.some(let letter)) = setting.domain else { continue }
      known("size", letter, among: table.sizes.map(\.letter), line: setting.line)
    }
  }

  mutating func tensors() {
    if table.tensors.isEmpty { defects.append(.nothing(of: "tensors")) }
    if table.names.isEmpty { defects.append(.nothing(of: "namings")) }
    unique(table.tensors.map { ($0.name, $0.line) })
    for slot in table.tensors {
      letters(of: slot.shape + (slot.counter.map { [.size($0)] } ?? []), line: slot.line)
    }
    for group in table.groups {
      if !table.tensors.contains(where: { $0.group == group.name }) {
        defects.append(.emptyGroup(group.name, line: group.line))
      }
      if let needs = group.needs {
        known("group", needs, among: table.groups.map(\.name).filter { $0 != group.name }, line: group.line)
      }
      if let equal = group.equalWhenAbsent {
        letters(of: equal.map { .size($0) }, line: group.line)
        if equal[0] == equal[1] { defects.append(.equalSizes(line: group.line)) }
      }
    }
  }

  mutating func configurations() {
    for configuration in table.configurations {
      for naming in configuration.namings {
        known("naming", naming, among: table.names.map(\.name), line: configuration.line)
      }
      unique(configuration.keys.map { ($0.name, $0.line) }) { "the row of \($0)" }
      unique(configuration.constants.map { ($0.member, $0.line) }) { "the member \($0)" }
      for constant in configuration.constants {
        guard let exception = constant.exception else { continue }
        known(
          "boolean setting", exception, among: table.settings.filter { $0.domain == .boolean }.map(\.name),
          line: constant.line)
      }
      // A member is either read or demanded.
      let demanded = configuration.demands.map { ($0.member, $0.line) }
      let read = configuration.keys.flatMap { key in
        Set(key.keys).intersection(demanded.map(\.0)).sorted().map { ($0, key.line) }
      }
      unique((demanded + read).sorted { $0.1 < $1.1 }) { "the member \($0)" }
      for key in configuration.keys { self.key(key) }
      for setting in table.settings where !configuration.keys.contains(where: { $0.name == setting.name }) {
        defects.append(.settingWithoutRow(setting.name, line: configuration.line))
      }
    }
    unique(table.configurations.flatMap { section in section.namings.map { ($0, section.line) } }) {
      "a configuration for \($0)"
    }
  }

  private mutating func key(_ key: Architecture.Key) {
    if key.quotient != nil || table.sizes.contains(where: { $0.letter == key.name }) {
      letters(of: key.letters.map { .size($0) }, line: key.line)
      let isFixed = key.value.flatMap(Int.init) != nil && key.assumption == nil
      if key.keys.isEmpty != isFixed || !key.words.isEmpty || (key.value != nil && !isFixed) {
        defects.append(.sizeKey(key.name, line: key.line))
      }
    } else if let setting = table.settings.first(where: { $0.name == key.name }) {
      let values = key.words.values.sorted() + (key.value.map { [$0] } ?? [])
      for value in values where setting.domain.value(of: value) == nil {
        defects.append(.value(value, of: setting.name, expected: setting.domain.description, line: key.line))
      }
      if let assumption = key.assumption { self.assumption(assumption, of: setting, line: key.line) }
    } else {
      let names = table.sizes.map(\.letter) + table.settings.map(\.name)
      defects.append(.unknown("size or setting", key.name, known: names, line: key.line))
    }
  }
}

extension Lint {
  /// Looks at what a default depends on: a group, or a setting that is resolved before this one.
  private mutating func assumption(_ assumption: Architecture.Assumption, of setting: Architecture.Setting, line: Int) {
    if let group = assumption.group { known("group", group, among: table.groups.map(\.name), line: line) }
    guard let exception = assumption.exception else { return }
    let earlier = table.settings.prefix { $0.name != setting.name }
    known("earlier setting", exception.setting, among: earlier.map(\.name), line: line)
    let values =
      [(exception.value, setting)]
      + earlier.filter { $0.name == exception.setting }.map { (exception.settingValue, $0) }
    for (value, setting) in values where setting.domain.value(of: value) == nil {
      defects.append(.value(value, of: setting.name, expected: setting.domain.description, line: line))
    }
  }

  mutating func naming(_ naming: Architecture.Naming) {
    if !table.configurations.contains(where: { $0.namings.contains(naming.name) }) {
      defects.append(.unconfigured(naming: naming.name, line: naming.line))
    }
    unique(
      (naming.rows.map { ($0.tensor, $0.line) } + naming.absences.map { ($0.tensor, $0.line) }).sorted { $0.1 < $1.1 })
    for row in naming.rows { self.row(row) }
    let named = Set(naming.rows.map(\.tensor) + naming.absences.map(\.tensor))
    for slot in table.tensors where !named.contains(slot.name) {
      defects.append(.missingRow(slot.name, naming: naming.name, line: naming.line))
    }
    absences(naming)
    presences(naming)
    copies(naming)
    parts(naming)
    for caveat in naming.caveats {
      let setting = table.settings.first { $0.name == caveat.setting }
      known("setting", caveat.setting, among: table.settings.map(\.name), line: caveat.line)
      if let setting, setting.domain.value(of: caveat.value) == nil {
        defects.append(
          .value(caveat.value, of: setting.name, expected: setting.domain.description, line: caveat.line))
      }
    }
    for witness in naming.witnesses
    where !naming.rows.contains(where: { $0.pattern.spelling == witness.pattern.spelling }) {
      defects.append(.unknown("source", witness.pattern.spelling, known: [], line: witness.line))
    }
    overlaps(naming.rows.map { ($0.pattern, $0.line) } + naming.drops.map { ($0.pattern, $0.line) })
  }

  private mutating func row(_ row: Architecture.Row) {
    guard let slot = table.tensors.first(where: { $0.name == row.tensor }) else {
      defects.append(.unknown("tensor", row.tensor, known: [], line: row.line))
      return
    }
    if row.pattern.counters != (slot.counter.map { [$0] } ?? []) {
      defects.append(.counters(row.pattern.spelling, tensor: row.tensor, line: row.line))
    }
    for case .reshape(let shape) in row.transforms { letters(of: shape, line: row.line) }
    var shape = slot.shape
    for transform in row.transforms.reversed() {
      if transform == .transpose, shape.count != 2 {
        defects.append(.transposeRank(shape.count, line: row.line))
      }
      shape = transform.source(of: shape)
    }
  }

  private mutating func absences(_ naming: Architecture.Naming) {
    let absent = Set(naming.absences.map(\.tensor))
    for absence in naming.absences {
      guard let slot = table.tensors.first(where: { $0.name == absence.tensor }) else {
        defects.append(.unknown("tensor", absence.tensor, known: [], line: absence.line))
        continue
      }
      guard let group = slot.group else {
        defects.append(.absentButRequired(slot.name, line: absence.line))
        continue
      }
      if !table.tensors.allSatisfy({ $0.group != group || absent.contains($0.name) }) {
        defects.append(.absentInPart(group: group, line: absence.line))
      }
    }
  }

  private mutating func presences(_ naming: Architecture.Naming) {
    unique(naming.presences.flatMap { presence in presence.groups.map { ($0, presence.line) } }) { "the group \($0)" }
    let absent = Set(naming.absences.map(\.tensor))
    for presence in naming.presences {
      for group in presence.groups {
        known("group", group, among: table.groups.map(\.name), line: presence.line)
        if table.tensors.contains(where: { $0.group == group && absent.contains($0.name) }) {
          defects.append(.presentAndAbsent(group: group, line: presence.line))
        }
      }
    }
  }

  mutating func classes(_ list: Architecture.Classes) {
    known("naming", list.naming, among: table.names.map(\.name), line: list.line)
    unique(list.tokenizers.map { ($0.file, $0.line) }) { "the tokenizer of \($0)" }
    // A class may stand there for several kinds of models.
    unique(
      list.rows.map { row in
        let demands =
          row.needed + row.madeUp + row.accepted + row.ignored + row.conditions.map { "\($0.setting)=\($0.value)" }
          + [row.head].compactMap { $0.map { "head=\($0)" } }
        return (([row.name] + demands.sorted()).joined(separator: " "), row.line)
      }
    ) { String($0.prefix { $0 != " " }) }
    for row in list.rows {
      headOfClass(row, in: list)
      for group in row.needed + row.madeUp + row.accepted {
        known("group", group, among: table.groups.map(\.name), line: row.line)
      }
      for condition in row.conditions {
        let setting = table.settings.first { $0.name == condition.setting }
        known("setting", condition.setting, among: table.settings.map(\.name), line: row.line)
        if let setting, setting.domain.value(of: condition.value) == nil {
          defects.append(
            .value(condition.value, of: setting.name, expected: setting.domain.description, line: row.line))
        }
      }
    }
  }

  private mutating func parts(_ naming: Architecture.Naming) {
    let addresses = Set(naming.rows.map(\.pattern.spelling))
    for row in naming.rows {
      guard let part = row.part else { continue }
      let all = TensorPart.addresses(of: part.whole, part.sharing, in: nil) ?? []
      for missing in all where !addresses.contains(missing) {
        defects.append(.missingPart(missing, beside: part.address, line: row.line))
      }
    }
  }

  private mutating func copies(_ naming: Architecture.Naming) {
    for drop in naming.drops {
      guard let tensor = drop.copyOf else { continue }
      guard let row = naming.rows.first(where: { $0.tensor == tensor }) else {
        defects.append(.unknown("tensor", tensor, known: [], line: drop.line))
        continue
      }
      if !row.pattern.counters.isEmpty || drop.pattern.hasWildcard {
        defects.append(.copyOfMany(drop.pattern.spelling, tensor: tensor, line: drop.line))
      }
    }
  }

  private mutating func overlaps(_ patterns: [(pattern: Architecture.Pattern, line: Int)]) {
    guard patterns.count <= Lint.largestRowCount else {
      defects.append(.rowCount(patterns.count, limit: Lint.largestRowCount, line: patterns[Lint.largestRowCount].line))
      return
    }
    var allowance = Lint.largestStepCount
    for (number, later) in patterns.enumerated() {
      for earlier in patterns[..<number] {
        guard let overlaps = earlier.pattern.overlaps(later.pattern, within: &allowance) else {
          defects.append(.tooAlike(line: later.line))
          return
        }
        if overlaps {
          defects.append(
            .overlap(earlier.pattern.spelling, firstLine: earlier.line, later.pattern.spelling, line: later.line))
          break
        }
      }
    }
  }
}

extension Architecture.RowTransform {
  /// The shape that this transform takes, for the shape that it gives.
  func source(of shape: [Architecture.Extent]) -> [Architecture.Extent] {
    switch self {
    case .transpose: shape.reversed()
    case .reshape(let source): source
    }
  }
}
