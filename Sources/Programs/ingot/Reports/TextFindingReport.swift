import Bytes
import JSON
import Verification

/// What came of a reference's texts, in words.
struct TextFindingReport {
  private let finding: TextFinding

  init(_ finding: TextFinding) { self.finding = finding }

  /// The answer, the reason of a difference behind it.
  var lines: [String] {
    switch finding {
    case .notCompared(let problem):
      return ["not compared: \(problem)"]
    case .compared(let comparison, let remedy):
      guard let difference = comparison.difference else {
        let count = comparison.count
        return ["\(Wording.count(count, "text")) \(Wording.verb("give", for: count)) the recorded ids"]
      }
      let texts = "\(comparison.differing) of \(Wording.count(comparison.count, "text"))"
      let second = difference.text.second.map { " and \"\(printable($0))\"" } ?? ""
      let which =
        difference.segments.map { "segment \($0[0]) recorded, \($0[1]) by Ingot" }
        ?? "\(difference.recorded.wording) recorded, \(difference.computed.wording) by Ingot"
      let lines = [
        "DIFFERENT IDS: \(texts), first \"\(printable(difference.text.first))\"\(second)",
        "(batch \(difference.batch), row \(difference.row)), at token \(difference.position): \(which)",
      ]
      guard let remedy else { return lines }
      return lines + ["with \(remedy) all texts give the recorded ids: convert again with --tokenizer \(remedy)"]
    }
  }

  /// The finding as a program reads it.
  var json: JSON {
    switch finding {
    case .notCompared: ["compared": 0, "problem": .string(lines[0])]
    case .compared(let comparison, _):
      [
        "agrees": .bool(comparison.agrees), "compared": .integer(comparison.count),
        "differing": .integer(comparison.differing),
        "first": comparison.difference.map { difference in
          [
            "batch": .integer(difference.batch), "row": .integer(difference.row),
            "text": .string(difference.text.first), "second": difference.text.second.map(JSON.string) ?? .null,
            "token": .integer(difference.position), "recorded": difference.recorded.json,
            "computed": difference.computed.json,
          ]
        } ?? .null,
      ]
    }
  }
}

extension TextComparison.Difference.Side {
  fileprivate var wording: String {
    switch self {
    case .token(let id, let token): token.map { "\(id) \(printable($0))" } ?? "\(id)"
    case .end: "no more tokens"
    }
  }

  fileprivate var json: JSON {
    switch self {
    case .token(let id, _): .integer(id)
    case .end: .null
    }
  }
}
