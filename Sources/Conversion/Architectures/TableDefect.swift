import Bytes

/// One thing wrong with a name table; the sentences about tables are made here and nowhere else.
struct TableDefect {
  let line: Int
  let found: String
  let expected: String

  init(_ line: Int, found: String, expected: String) {
    self.line = line
    self.found = found
    self.expected = expected
  }

  /// The defect as a problem of the table at its line: `bert.names:12`.
  func problem(in file: String) -> Problem {
    Problem(.damaged, file: "\(file):\(line)", found: found, expected: expected)
  }
}

/// Defects of single lines.
extension TableDefect {
  static func controlCharacter(_ scalar: Unicode.Scalar, line: Int) -> TableDefect {
    TableDefect(
      line, found: "the control character 0x\(String(scalar.value, radix: 16))",
      expected: "spaces between words and a line feed at the end of each line")
  }

  static var noArchitecture: TableDefect {
    TableDefect(1, found: "no section \"architecture\"", expected: "architecture NAME TITLE")
  }

  static func section(_ word: String, line: Int) -> TableDefect {
    TableDefect(
      line, found: "a section \"\(word)\"",
      expected: "architecture, sizes, settings, config, tensors, optional, classes, names, head or heads")
  }

  static func strayRow(line: Int) -> TableDefect {
    TableDefect(line, found: "an indented row that belongs to no section", expected: "a section's first line before it")
  }

  static func form(_ row: String, expected: String, line: Int) -> TableDefect {
    TableDefect(line, found: "\"\(row)\"", expected: expected)
  }

  static func letter(_ word: String, line: Int) -> TableDefect {
    TableDefect(line, found: "\"\(word)\" for a size", expected: "one letter from A to Z")
  }

  static func extent(_ word: String, line: Int) -> TableDefect {
    TableDefect(line, found: "\"\(word)\" in a shape", expected: "a size's letter or a number of at least 1")
  }

  static func name(_ name: String, of what: String, countersAllowed: Bool, line: Int) -> TableDefect {
    TableDefect(
      line, found: "\"\(name)\" for \(what)",
      expected: "lower-case words joined by dots"
        + (countersAllowed ? ", at most one of them a counter such as {L}" : ""))
  }

  static func transform(_ word: String, line: Int) -> TableDefect {
    TableDefect(line, found: "the transform \"\(word)\"", expected: "transpose or reshape(A,B)")
  }

  static func pattern(_ spelling: String, isDrop: Bool, line: Int) -> TableDefect {
    TableDefect(
      line, found: "the source name \"\(spelling)\"",
      expected: isDrop
        ? "a name, with * for anything or with choices such as (weight|gamma)"
        : "a name with at most one counter such as {L} or {L:3}, with choices such as (weight|gamma), and no *")
  }

  static func dropWithoutReason(_ spelling: String, line: Int) -> TableDefect {
    TableDefect(line, found: "\(spelling) dropped without a reason", expected: "a comment that says what it is")
  }

  static func assumptionWithoutReason(_ setting: String, line: Int) -> TableDefect {
    TableDefect(
      line, found: "\(setting) assumed without a reason", expected: "a comment that says which files have another")
  }

  static func demandWithoutReason(_ member: String, line: Int) -> TableDefect {
    TableDefect(line, found: "\(member) demanded without a reason", expected: "a comment that says what others choose")
  }
}

/// Defects of rows that do not agree with each other.
extension TableDefect {
  static func repeated(_ what: String, first: Int, line: Int) -> TableDefect {
    TableDefect(line, found: "\(what) a second time", expected: "it only on line \(first)")
  }

  static func nothing(of what: String) -> TableDefect {
    TableDefect(1, found: "no \(what)", expected: "at least one")
  }

  static func unknown(_ what: String, _ name: String, known: [String], line: Int) -> TableDefect {
    TableDefect(
      line, found: "the \(what) \(name), which the table does not declare",
      expected: known.isEmpty ? "a declaration of it" : "one of \(known.joined(separator: ", "))")
  }

  static func unusedSize(_ letter: String, line: Int) -> TableDefect {
    TableDefect(line, found: "the size \(letter), which no shape and no name uses", expected: "only sizes in use")
  }

  static func emptyGroup(_ name: String, line: Int) -> TableDefect {
    TableDefect(line, found: "the optional group \(name) without tensors", expected: "at least one")
  }

  static func missingRow(_ tensor: String, naming: String, line: Int) -> TableDefect {
    TableDefect(
      line, found: "no row for \(tensor) in names \(naming)", expected: "its source name, or - if it is optional")
  }

  static func absentButRequired(_ tensor: String, line: Int) -> TableDefect {
    TableDefect(line, found: "- for \(tensor), which every model has", expected: "its source name")
  }

  static func absentInPart(group: String, line: Int) -> TableDefect {
    TableDefect(line, found: "- for a part of the group \(group)", expected: "- for all of it or none")
  }

  static func presentAndAbsent(group: String, line: Int) -> TableDefect {
    TableDefect(line, found: "+ for the group \(group), whose tensors have -", expected: "one of the two")
  }

  static func counters(_ pattern: String, tensor: String, line: Int) -> TableDefect {
    TableDefect(line, found: "other counters in \(pattern) than in \(tensor)", expected: "the same in both")
  }

  static func copyOfMany(_ pattern: String, tensor: String, line: Int) -> TableDefect {
    TableDefect(line, found: "\(pattern) as a copy of \(tensor)", expected: "one name for one tensor")
  }

  static func missingPart(_ part: String, beside other: String, line: Int) -> TableDefect {
    TableDefect(line, found: "\(other) and no row for \(part)", expected: "a row for each part of a source")
  }

  static func transposeRank(_ rank: Int, line: Int) -> TableDefect {
    TableDefect(line, found: "transpose of a tensor with \(rank) extents", expected: "2 extents")
  }

  static func overlap(_ first: String, firstLine: Int, _ second: String, line: Int) -> TableDefect {
    TableDefect(
      line, found: "\(second), which can name the same source tensor as \(first) on line \(firstLine)",
      expected: "each source name in one row")
  }

  static func rowCount(_ count: Int, limit: Int, line: Int) -> TableDefect {
    TableDefect(line, found: "a naming of \(count) rows", expected: "at most \(limit)")
  }

  static func tooAlike(line: Int) -> TableDefect {
    TableDefect(
      line, found: "patterns that take more than \(Lint.largestStepCount) steps to tell apart",
      expected: "names that begin or end in ways of their own")
  }

  static func equalSizes(line: Int) -> TableDefect {
    TableDefect(line, found: "a size equal to itself", expected: "two sizes")
  }

  static func unconfigured(naming: String, line: Int) -> TableDefect {
    TableDefect(line, found: "no section \"config\" that covers \(naming)", expected: "one")
  }

  static func settingWithoutRow(_ setting: String, line: Int) -> TableDefect {
    TableDefect(line, found: "no row for the setting \(setting)", expected: "its key, its value, or its name alone")
  }

  static func sizeKey(_ letter: String, line: Int) -> TableDefect {
    TableDefect(
      line, found: "neither keys nor a number for the size \(letter), or both",
      expected: "one or more keys, or = NUMBER")
  }

  static func value(_ value: String, of setting: String, expected: String, line: Int) -> TableDefect {
    TableDefect(line, found: "\"\(value)\" for \(setting)", expected: expected)
  }
}
