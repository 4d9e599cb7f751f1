import JSON

/// The rows of a section `classes`.
extension TableReader {
  /// What stands before and behind the first `=` of a word; the word alone when it has none.
  func sides(of word: String) -> [String] {
    word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
  }

  /// Reads the class of a tokenizer.
  func tokenizerClass(_ line: TableLine) -> Architecture.TokenizerClass? {
    guard line.words.count > 2 else { return nil }
    var members: [JSON.Member] = []
    for word in line.words.dropFirst(3) {
      let sides = sides(of: word)
      guard sides.count == 2 else { return nil }
      members.append(JSON.Member(sides[0], JSON(spelled: sides[1])))
    }
    return Architecture.TokenizerClass(
      file: line.words[0], name: line.words[2], members: members, line: line.number)
  }

  /// Reads a class, and what it says of the models that it loads.
  func modelClass(_ line: TableLine) -> Architecture.ModelClass {
    var (needed, madeUp, accepted): ([String], [String], [String]) = ([], [], [])
    var conditions: [Architecture.ModelClass.Condition] = []
    var (ignored, head, alternatives): ([String], String?, [String: String]) = ([], nil, [:])
    for word in line.words.dropFirst() {
      let sides = sides(of: word)
      if sides.count == 2, sides[0] == "head" {
        head = sides[1]
      } else if sides.count == 2, sides[0].hasPrefix("("), sides[0].hasSuffix(")") {
        alternatives[sides[0]] = sides[1]
      } else if word.hasPrefix("-") {
        ignored.append(String(word.dropFirst()))
      } else if sides.count == 2 {
        conditions.append(Architecture.ModelClass.Condition(setting: sides[0], value: sides[1]))
      } else if word.hasSuffix("?") {
        madeUp.append(String(word.dropLast()))
      } else if word.hasPrefix("("), word.hasSuffix(")") {
        accepted.append(String(word.dropFirst().dropLast()))
      } else {
        needed.append(word)
      }
    }
    return Architecture.ModelClass(
      name: line.words[0], needed: needed, madeUp: madeUp, accepted: accepted, ignored: ignored, head: head,
      alternatives: alternatives, conditions: conditions, line: line.number)
  }
}
