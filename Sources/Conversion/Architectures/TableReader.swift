import JSON

/// Reads the text of a table line by line; a line that it cannot read becomes a defect and is left out.
struct TableReader {
  /// The defects of single lines.
  var defects: [TableDefect] = []
  private let lines: [TableLine]
  private var section = Section.none
  /// What stands before every name of this section.
  private var prefix = ""
  private var sectionLines: [String: Int] = [:]

  private enum Section {
    case none, sizes, settings
    case tensors(group: String?)
    case config
    case classes
    case names
    case head
    case headNames
    /// A section whose header has a defect: its rows are passed over.
    case skipped
  }

  /// Splits a text into lines and words.
  init(_ text: String) {
    let all = TableLine.all(of: text)
    lines = all.filter { $0.controlCharacter == nil }
    defects = all.compactMap { line in line.controlCharacter.map { .controlCharacter($0, line: line.number) } }
  }
}

extension TableReader {
  /// Reads every line.
  mutating func table() -> Table {
    var table = Table()
    for line in lines where !line.words.isEmpty {
      if line.isIndented { row(line, of: &table) } else { header(line, of: &table) }
    }
    if sectionLines["architecture"] == nil { defects.append(.noArchitecture) }
    return table
  }

  /// How the first line of each section is written.
  private static let headers = [
    "architecture": "architecture NAME TITLE",
    "sizes": "sizes alone on its line",
    "settings": "settings alone on its line",
    "tensors": "tensors alone on its line",
    "optional": "optional GROUP [needs GROUP] [else A = B] [computed sinusoid]",
    "config": "config NAMING…",
    "classes": "classes NAMING MODEL-TYPE",
    "names": "names NAMING [CHOICE]",
    "head": "head KIND of pooler, first, last or tokens [by ACTIVATION]",
    "heads": "heads NAMING [KIND…]",
  ]

  /// How a row of a section `config` is written.
  private static let keyForm =
    "NAME KEY… [WORD=CHOICE…] [= VALUE], or ~ VALUE [or VALUE when SETTING=VALUE] [unless GROUP] # reason, KEY? only with VALUE"

  private mutating func header(_ line: TableLine, of table: inout Table) {
    section = .skipped
    let word = line.words[0]
    guard let expected = TableReader.headers[word] else { return defects.append(.section(word, line: line.number)) }
    let arguments = Array(line.words.dropFirst())
    var identity = word
    switch (word, arguments.count) {
    case ("architecture", 2...):
      checkName(arguments[0], "an architecture", line)
      table.name = arguments[0]
      table.title = arguments.dropFirst().joined(separator: " ")
      section = .none
    case ("sizes", 0): section = .sizes
    case ("settings", 0): section = .settings
    case ("tensors", 0): section = .tensors(group: nil)
    case ("optional", 1...):
      guard let group = group(arguments, line) else { return form(expected, line) }
      checkName(group.name, "a group", line)
      table.groups.append(group)
      section = .tensors(group: group.name)
      identity += " \(group.name)"
    case ("config", 1...):
      table.configurations.append(Table.Configuration(namings: arguments, keys: [], line: line.number))
      section = .config
      // That no naming has two configurations is the linter's concern.
      identity += " on line \(line.number)"
    case ("classes", 2):
      table.classes.append(
        Architecture.Classes(
          naming: arguments[0], modelType: arguments[1], tokenizers: [], rows: [], line: line.number))
      section = .classes
      identity += " \(arguments[0]) \(arguments[1])"
    case ("names", 1...2):
      checkName(arguments[0], "a naming", line)
      prefix = arguments.count == 2 ? arguments[1] : ""
      guard let choice = Architecture.Pattern(prefix), choice.choices.count == choice.parts.count else {
        return form(expected, line)
      }
      table.names.append(
        Architecture.Naming(
          name: arguments[0], rows: [], drops: [], absences: [], presences: [], keys: [], constants: [],
          line: line.number))
      section = .names
      identity += " \(arguments[0])"
    case ("head", 1...):
      guard let head = head(arguments, line) else { return form(expected, line) }
      checkName(head.kind, "a head", line)
      table.heads.append(head)
      section = .head
      identity += " \(head.kind)"
    case ("heads", 1...):
      table.headNames.append(
        Architecture.HeadNames(
          naming: arguments[0], evident: Array(arguments.dropFirst()), rows: [], line: line.number))
      section = .headNames
      identity += " \(arguments[0])"
    default: return form(expected, line)
    }
    if let first = sectionLines.updateValue(line.number, forKey: identity) {
      defects.append(.repeated("the section \"\(identity)\"", first: first, line: line.number))
    }
  }

  private func group(_ arguments: [String], _ line: TableLine) -> Architecture.Group? {
    var needs: String?
    var equal: [String]?
    var rest = arguments.dropFirst()
    if rest.first == "needs", rest.count >= 2 {
      needs = rest[rest.startIndex + 1]
      rest = rest.dropFirst(2)
    }
    if rest.first == "else", rest.count >= 4, rest[rest.startIndex + 2] == "=" {
      equal = [rest[rest.startIndex + 1], rest[rest.startIndex + 3]]
      rest = rest.dropFirst(4)
    }
    let isSinusoid = Array(rest) == ["computed", "sinusoid"]
    guard rest.isEmpty || isSinusoid else { return nil }
    return Architecture.Group(
      name: arguments[0], needs: needs, equalWhenAbsent: equal, isSinusoid: isSinusoid, line: line.number)
  }

  private mutating func row(_ line: TableLine, of table: inout Table) {
    switch section {
    case .skipped: break
    case .none: defects.append(.strayRow(line: line.number))
    case .sizes:
      guard line.words.count == 2 else { return form("LETTER NAME", line) }
      guard checkLetter(line.words[0], line) else { return }
      checkName(line.words[1], "a size", line)
      table.sizes.append(Architecture.Size(letter: line.words[0], name: line.words[1], line: line.number))
    case .settings:
      guard let setting = setting(line) else {
        return form(
          "NAME followed by integer, integer dividing LETTER, number, positive, fraction, boolean, or two words and more [in GROUP]",
          line)
      }
      checkName(setting.name, "a setting", line)
      table.settings.append(setting)
    case .tensors(let group):
      if let slot = slot(line, group: group) { table.tensors.append(slot) }
    case .config where line.words[0] == "+":
      let isException = line.words.count == 6 && line.words[4] == "unless"
      guard line.words.count == 4 || isException, line.words[2] == "=" else {
        return form("+ MEMBER = VALUE [unless SETTING]", line)
      }
      table.configurations[table.configurations.count - 1].constants.append(
        Architecture.Constant(
          member: line.words[1], value: line.words[3], exception: isException ? line.words[5] : nil, line: line.number))
    case .config where line.words[0] == "@":
      guard line.words.count > 1 else { return form("@ FILE…", line) }
      table.configurations[table.configurations.count - 1].files += line.words.dropFirst()
    case .config where line.words[0] == "!":
      guard line.words.count >= 4, line.words[2] == "=" else { return form("! MEMBER = VALUE… # reason", line) }
      if line.comment.isEmpty { defects.append(.demandWithoutReason(line.words[1], line: line.number)) }
      table.configurations[table.configurations.count - 1].demands.append(
        Architecture.Demand(
          member: line.words[1], values: line.words.dropFirst(3).map(JSON.init(spelled:)), reason: line.comment,
          line: line.number))
    case .config:
      guard let key = key(line) else { return form(TableReader.keyForm, line) }
      table.configurations[table.configurations.count - 1].keys.append(key)
    case .classes where line.words.count > 1 && line.words[1] == "=":
      guard let tokenizer = tokenizerClass(line) else { return form("FILE = TOKENIZER [MEMBER=VALUE…]", line) }
      table.classes[table.classes.count - 1].tokenizers.append(tokenizer)
    case .classes: table.classes[table.classes.count - 1].rows.append(modelClass(line))
    case .head:
      if let slot = headSlot(line) { table.heads[table.heads.count - 1].tensors.append(slot) }
    case .headNames:
      if let row = headRow(line) { table.headNames[table.headNames.count - 1].rows.append(row) }
    case .names:
      let naming = table.names.removeLast()
      table.names.append(name(line, in: naming))
    }
  }
}

extension TableReader {
  private mutating func slot(_ line: TableLine, group: String?) -> Architecture.Slot? {
    let extents = line.words.dropFirst().map { extent($0, line) }
    let counters = checkName(line.words[0], "a tensor", line, countersAllowed: true)
    guard extents.allSatisfy({ $0 != nil }), let counters else { return nil }
    return Architecture.Slot(
      name: line.words[0], counter: counters.first, shape: extents.compactMap(\.self), group: group, line: line.number)
  }

  mutating func extent(_ word: String, _ line: TableLine) -> Architecture.Extent? {
    if let number = Int(word), number > 0, String(number) == word { return .literal(number) }
    guard isLetter(word) else {
      defects.append(.extent(word, line: line.number))
      return nil
    }
    return .size(word)
  }

  private mutating func name(_ line: TableLine, in naming: Architecture.Naming) -> Architecture.Naming {
    var (rows, drops, absences) = (naming.rows, naming.drops, naming.absences)
    var (presences, witnesses, caveats) = (naming.presences, naming.witnesses, naming.caveats)
    var precedences = naming.precedences
    let words = line.words
    let copied = words.count == 4 && words[0] == "-" && words[2] == "=" ? words[3] : nil
    if words.count == 2, words[0] != "-", words[1] == "-" {
      absences.append(Architecture.Absence(tensor: words[0], line: line.number))
    } else if words.count >= 2, words[0] == "+" {
      presences.append(Architecture.Presence(groups: Array(words.dropFirst()), line: line.number))
    } else if words.count == 3, words[0] == "<" {
      precedences.append(Architecture.Precedence(architecture: words[1], naming: words[2], line: line.number))
    } else if words.count == 4, words[0] == "~", words[2] == "=", !line.comment.isEmpty {
      caveats.append(
        Architecture.Caveat(setting: words[1], value: words[3], text: line.comment, line: line.number))
    } else if words.count == 3, words[0] == "?" {
      if let pattern = Architecture.Pattern(prefix + words[1]), isAllowed(pattern, toDrop: false) {
        witnesses.append(Architecture.Witness(pattern: pattern, ending: words[2], line: line.number))
      } else {
        defects.append(.pattern(words[1], isDrop: false, line: line.number))
      }
    } else if words.count < 2 || ["?", "~", "<"].contains(words[0])
      || (words[0] == "-" && words.count > 2 && copied == nil)
    {
      form(
        "TENSOR SOURCE [TRANSFORM…], TENSOR -, + GROUP…, ? SOURCE ENDING, < ARCHITECTURE NAMING, ~ SETTING = VALUE # caveat or - SOURCE [= TENSOR, = sinusoid] # reason",
        line)
    } else if let pattern = Architecture.Pattern((words[0] == "-" ? "" : prefix) + words[1]),
      isAllowed(pattern, toDrop: words[0] == "-")
    {
      if words[0] == "-" {
        drops.append(drop(pattern, copied, line))
      } else {
        let transforms = words.dropFirst(2).compactMap { transform($0, line) }
        rows.append(
          Architecture.Row(tensor: words[0], pattern: pattern, transforms: transforms, line: line.number))
      }
    } else {
      defects.append(.pattern(words[1], isDrop: words[0] == "-", line: line.number))
    }
    return Architecture.Naming(
      name: naming.name, rows: rows, drops: drops, absences: absences, presences: presences, keys: [],
      constants: [], witnesses: witnesses, caveats: caveats, precedences: precedences, line: naming.line)
  }

  private mutating func drop(
    _ pattern: Architecture.Pattern, _ copied: String?, _ line: TableLine
  ) -> Architecture.Drop {
    if line.comment.isEmpty { defects.append(.dropWithoutReason(pattern.spelling, line: line.number)) }
    return Architecture.Drop(
      pattern: pattern, copyOf: copied == "sinusoid" ? nil : copied, isSinusoid: copied == "sinusoid",
      reason: line.comment, line: line.number)
  }

  /// Reads every line of a file that has only sections `training`.
  mutating func trainingRows() -> [Architecture.Drop] {
    var drops: [Architecture.Drop] = []
    for line in lines where !line.words.isEmpty {
      guard line.isIndented else {
        if line.words[0] != "training" || line.words.count < 2 { form("training TITLE", line) }
        continue
      }
      guard line.words.count == 2, line.words[0] == "-" else {
        form("- SOURCE # reason", line)
        continue
      }
      guard let pattern = Architecture.Pattern(line.words[1]), isAllowed(pattern, toDrop: true) else {
        defects.append(.pattern(line.words[1], isDrop: true, line: line.number))
        continue
      }
      drops.append(drop(pattern, nil, line))
    }
    return drops
  }

  private func isAllowed(_ pattern: Architecture.Pattern, toDrop: Bool) -> Bool {
    toDrop ? pattern.counters.isEmpty : pattern.counters.count <= 1 && !pattern.hasWildcard
  }

  mutating func transform(_ word: String, _ line: TableLine) -> Architecture.RowTransform? {
    if word == "transpose" { return .transpose }
    guard word.hasPrefix("reshape("), word.hasSuffix(")") else {
      defects.append(.transform(word, line: line.number))
      return nil
    }
    let extents = word.dropFirst("reshape(".count).dropLast().split(separator: ",", omittingEmptySubsequences: false)
      .map { extent(String($0), line) }
    return .reshape(from: extents.compactMap(\.self))
  }
}

extension TableReader {
  mutating func form(_ expected: String, _ line: TableLine) {
    defects.append(.form(line.words.joined(separator: " "), expected: expected, line: line.number))
  }

  func isLetter(_ word: String) -> Bool {
    word.utf8.count == 1 && ("A"..."Z").contains(word)
  }

  mutating func checkLetter(_ word: String, _ line: TableLine) -> Bool {
    if isLetter(word) { return true }
    defects.append(.letter(word, line: line.number))
    return false
  }

  /// Reports a name that is not lower-case words joined by dots; returns the letters of its counters.
  @discardableResult
  mutating func checkName(
    _ name: String, _ what: String, _ line: TableLine, countersAllowed: Bool = false
  ) -> [String]? {
    var counters: [String] = []
    let isGood = name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
      if countersAllowed, part.utf8.count == 3, part.hasPrefix("{"), part.hasSuffix("}") {
        counters.append(String(part.dropFirst().dropLast()))
        return isLetter(counters[counters.count - 1])
      }
      return part.utf8.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } == true
        && part.unicodeScalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" }
    }
    if isGood, counters.count <= 1 { return counters }
    defects.append(.name(name, of: what, countersAllowed: countersAllowed, line: line.number))
    return nil
  }
}

extension JSON {
  /// A value as a word of a table spells it, strings without their quotation marks.
  init(spelled word: String) {
    self = (try? JSON(parsing: word)) ?? .string(word)
  }
}
