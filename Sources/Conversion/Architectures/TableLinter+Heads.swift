extension Lint {
  /// The activations that a head may have between its layers without a setting that says so.
  private static let activations = ["gelu-erf", "gelu-tanh", "relu", "tanh"]

  /// Looks at the kinds of heads and at how files spell them.
  mutating func heads() {
    unique(table.heads.flatMap(\.tensors).map { ($0.name, $0.line) })
    for head in table.heads {
      if head.tensors.isEmpty { defects.append(.emptyHead(head.kind, line: head.line)) }
      if head.input == .pooler { known("group", "pooler", among: table.groups.map(\.name), line: head.line) }
      if let activation = head.activation {
        known("activation", activation, among: Self.activations + table.settings.map(\.name), line: head.line)
      }
      for slot in head.tensors {
        letters(of: slot.shape.filter { $0 != Architecture.Head.labels }, line: slot.line)
      }
    }
    for names in table.headNames { self.headNames(names) }
  }

  private mutating func headNames(_ names: Architecture.HeadNames) {
    known("naming", names.naming, among: table.names.map(\.name), line: names.line)
    for kind in names.evident { known("head", kind, among: table.heads.map(\.kind), line: names.line) }
    unique(names.rows.map { ($0.tensor, $0.line) })
    let slots = table.heads.flatMap(\.tensors)
    for row in names.rows {
      guard let slot = slots.first(where: { $0.name == row.tensor }) else {
        defects.append(.unknown("tensor", row.tensor, known: slots.map(\.name), line: row.line))
        continue
      }
      for transform in row.transforms where transform != .transpose || slot.shape.count != 2 {
        defects.append(.headTransform(row.tensor, line: row.line))
      }
      let naming = table.names.first { $0.name == names.naming }
      let source = Array(row.pattern.spelling.utf8)
      if let other = naming?.rows.first(where: { $0.pattern.match(source) != nil }) {
        defects.append(
          .overlap(other.pattern.spelling, firstLine: other.line, row.pattern.spelling, line: row.line))
      }
    }
    for head in table.heads {
      let rows = names.rows.filter { row in head.tensors.contains { $0.name == row.tensor } }
      unique(rows.map { ($0.pattern.spelling, $0.line) })
      guard !rows.isEmpty else { continue }
      for slot in head.tensors where !rows.contains(where: { $0.tensor == slot.name }) {
        defects.append(.missingHeadRow(slot.name, naming: names.naming, line: names.line))
      }
    }
  }

  /// Looks at what a row of `classes` says of heads, of groups that the class passes over, and of choices.
  mutating func headOfClass(_ row: Architecture.ModelClass, in list: Architecture.Classes) {
    if let head = row.head { known("head", head, among: table.heads.map(\.kind), line: row.line) }
    for group in row.ignored { known("group", group, among: table.groups.map(\.name), line: row.line) }
    let choices = table.names.first { $0.name == list.naming }?.rows.flatMap(\.pattern.choices) ?? []
    for (spelling, text) in row.alternatives.sorted(by: { $0.key < $1.key }) {
      known("choice", spelling, among: distinct(choices.map(\.spelling)), line: row.line)
      guard let choice = choices.first(where: { $0.spelling == spelling }) else { continue }
      if !choice.alternatives.contains(.text(Array(text.utf8))) {
        defects.append(.alternative(text, of: spelling, line: row.line))
      }
    }
  }

  private func distinct(_ names: [String]) -> [String] {
    names.indices.filter { !names[..<$0].contains(names[$0]) }.map { names[$0] }
  }
}

/// Defects of heads.
extension TableDefect {
  static func emptyHead(_ kind: String, line: Int) -> TableDefect {
    TableDefect(line, found: "the head \(kind) without tensors", expected: "at least one")
  }

  static func headTransform(_ tensor: String, line: Int) -> TableDefect {
    TableDefect(line, found: "a transform of \(tensor)", expected: "transpose, of a matrix, or none")
  }

  static func missingHeadRow(_ tensor: String, naming: String, line: Int) -> TableDefect {
    TableDefect(line, found: "no row for \(tensor) in heads \(naming)", expected: "one, beside others of this head")
  }

  static func alternative(_ text: String, of choice: String, line: Int) -> TableDefect {
    TableDefect(line, found: "\"\(text)\" for \(choice)", expected: "one of its texts")
  }
}
