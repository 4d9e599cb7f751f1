/// The rows of the sections `settings` and `config`.
extension TableReader {
  func setting(_ line: TableLine) -> Architecture.Setting? {
    var words = Array(line.words.dropFirst())
    var group: String?
    if words.count > 2, words[words.count - 2] == "in" {
      group = words[words.count - 1]
      words.removeLast(2)
    }
    let domain: Architecture.Setting.Domain
    switch words {
    case ["integer"]: domain = .integer(dividing: nil)
    case ["index"]: domain = .index
    case ["number"]: domain = .number
    case ["positive"]: domain = .positive
    case ["fraction"]: domain = .fraction
    case ["boolean"]: domain = .boolean
    case let words where words.count == 3 && words[0] == "integer" && words[1] == "dividing":
      domain = .integer(dividing: words[2])
    case let words where words.count >= 2 && words[0] != "integer": domain = .choice(words)
    default: return nil
    }
    return Architecture.Setting(name: line.words[0], domain: domain, group: group, line: line.number)
  }

  mutating func key(_ line: TableLine) -> Architecture.Key? {
    var words = line.words.dropFirst()
    var value: String?
    var assumption: Architecture.Assumption?
    if let sign = words.firstIndex(where: { $0 == "=" || $0 == "~" }) {
      guard sign < words.endIndex - 1 else { return nil }
      value = words[sign + 1]
      let rest = Array(words[(sign + 2)...])
      if words[sign] == "~" {
        assumption = self.assumption(rest, line)
        guard assumption != nil else { return nil }
        if line.comment.isEmpty { defects.append(.assumptionWithoutReason(line.words[0], line: line.number)) }
      } else if !rest.isEmpty {
        return nil
      }
      words = words[..<sign]
    }
    var keys = words.prefix { !$0.utf8.contains(UInt8(ascii: "=")) }
    var spellings: [String: String] = [:]
    for word in words.dropFirst(keys.count) {
      let sides = word.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      guard sides.count == 2, !sides.contains(""), spellings.updateValue(sides[1], forKey: sides[0]) == nil else {
        return nil
      }
    }
    let isOptional = keys.first?.hasSuffix("?") == true
    if isOptional { keys[keys.startIndex].removeLast() }
    guard !isOptional || value != nil else { return nil }
    return Architecture.Key(
      name: line.words[0], keys: Array(keys), words: spellings, value: value, assumption: assumption,
      isOptional: isOptional, line: line.number)
  }

  /// What stands behind an assumed value: `or linear when mask=unilm`, `unless segment`, or nothing.
  private func assumption(_ words: [String], _ line: TableLine) -> Architecture.Assumption? {
    var (exception, group): (Architecture.Assumption.Exception?, String?)
    if words.count == 4, words[0] == "or", words[2] == "when" {
      let sides = self.sides(of: words[3])
      guard sides.count == 2 else { return nil }
      exception = Architecture.Assumption.Exception(value: words[1], setting: sides[0], settingValue: sides[1])
    } else if words.count == 2, words[0] == "unless" {
      group = words[1]
    } else if !words.isEmpty {
      return nil
    }
    return Architecture.Assumption(exception: exception, group: group, reason: line.comment)
  }
}
