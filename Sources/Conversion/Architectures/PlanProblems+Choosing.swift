import Bytes

/// The sentences about a checkpoint that no naming accounts for, or more than one.
extension PlanProblems {
  static func unknown(naming: String, among architectures: [Architecture], file: String) -> Problem {
    let known = distinct(architectures.flatMap { architecture in architecture.namings.map(\.name) })
    return Problem(
      .mismatched, file: file, found: "no naming \"\(naming)\"",
      expected: known.isEmpty ? "an architecture to plan for" : "one of \(known.joined(separator: ", "))",
      advice: nearestWord(to: naming, among: known).map { "Did you mean \($0)?" })
  }

  /// - Parameters:
  ///   - nearest: The naming that knows the most names.
  ///   - ties: The namings that know as many names, the nearest among them.
  static func nothingFits(nearest: Attempt, ties: [Attempt], file: String) -> Problem {
    let (known, count) = (nearest.matchedCount, nearest.concern)
    guard count > 0 else { return Problem(.mismatched, file: file, found: "no tensors", expected: "a model's") }
    let equals = ties.filter { $0.problems.count == nearest.problems.count }
    let advice =
      if known == 0 {
        "None of its \(count) names is known: a model of another kind needs a name table of its own "
          + "(Formats/NameTables.md)"
      } else if let replaced = replacement(nearest) {
        replaced
      } else if known * 2 < count {
        "It is a model of another kind, which needs a name table of its own (Formats/NameTables.md), or one of these, cut up "
          + "or renamed; all differences from one are shown with --architecture and --naming"
          + (ties.count > 3 ? ". \(ties.count) namings know as many of its names as the nearest" : "")
      } else if equals.count > 1 {
        "The nearest are \(list(equals.map(\.titleWithBeginning))), each of which knows \(known) of its \(count) names; the "
          + "differences from the first follow"
      } else {
        "The nearest is \(nearest.titleWithBeginning), which knows \(known) of its \(count) names; the differences follow"
      }
    return Problem(
      .mismatched, file: file, found: "tensors that no known naming accounts for",
      expected: "those of an architecture that ingot architectures lists", advice: advice)
  }

  /// What to do about a word that stands for a naming's own; nil where none does.
  private static func replacement(_ attempt: Attempt) -> String? {
    guard let word = attempt.replacedWord, attempt.problems.isEmpty else { return nil }
    let (known, count) = (attempt.matchedCount, attempt.concern)
    let beginning = String(decoding: attempt.beginning, as: UTF8.self)
    return
      "\(known == count ? "All \(count)" : "\(known) of its \(count)") names would be known to \(attempt.title) if "
      + "\"\(beginning)\" stood for \"\(String(decoding: word, as: UTF8.self))\": choose --prefix \(beginning) and "
      + "--architecture \(attempt.architecture.name) only if it computes what \(attempt.architecture.name) does"
  }

  /// A naming that knows few of a checkpoint's names, in one line.
  static func distant(_ attempt: Attempt, file: String) -> Problem {
    let first = attempt.problems.first.map { problem in
      ": \(problem.object ?? problem.file) (found \(problem.found))"
    }
    return Problem(
      .mismatched, file: file, object: attempt.titleWithBeginning,
      found: "\(attempt.matchedCount) of \(attempt.concern) names",
      expected:
        "all, and \(attempt.problems.count) \(attempt.problems.count == 1 ? "thing" : "things") more\(first ?? "")")
  }

  static func severalFit(_ attempts: [Attempt], file: String) -> Problem {
    Problem(
      .mismatched, file: file, found: "tensors that fit \(attempts.map(\.title).joined(separator: " and "))",
      expected: "one of them", advice: "Choose with --architecture and --naming",
      ways: attempts.map { [Remedy("--architecture", $0.architecture.name), Remedy("--naming", $0.naming.name)] })
  }

  static func severalModels(_ parts: [Plan.Part], file: String) -> Problem {
    Problem(
      .mismatched, file: file, found: "\(parts.count) models: \(parts.map(\.description).joined(separator: "; "))",
      expected: "one", advice: "Choose one with --prefix: " + list(parts.map { "\"\($0.prefix)\"" }, joined: " or "))
  }

  static func noPart(_ prefix: String, parts: [Plan.Part], names: SourceNames, file: String) -> Problem {
    let beginnings = distinct(
      names.bytes.prefix(1_000).compactMap { name in
        name.firstIndex { "/.-".utf8.contains($0) }.map { String(decoding: name[...$0], as: UTF8.self) }
      })
    let parts = parts.filter { !$0.prefix.isEmpty }
    let known = parts.isEmpty ? beginnings : parts.map(\.prefix)
    let nearest = nearestWord(to: prefix, among: known + known.map { String($0.dropLast()) })
    return Problem(
      .mismatched, file: file, found: "no name that begins with \"\(prefix)\"",
      expected: parts.isEmpty ? "the beginning of names" : "one of \(parts.map(\.description).joined(separator: "; "))",
      advice: nearest.map { "Did you mean \($0)?" })
  }

  private static func distinct(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}

extension Plan.Part: CustomStringConvertible {
  /// The part as messages write it: `teacher. (39 tensors, bert (huggingface))`.
  public var description: String {
    "\(prefix.isEmpty ? "names without a prefix" : prefix) (\(tensorCount) \(tensorCount == 1 ? "tensor" : "tensors"), "
      + titles.joined(separator: " or ") + ")"
  }
}

extension Attempt {
  /// Architecture, naming and what stands before the names.
  fileprivate var titleWithBeginning: String {
    guard !beginning.isEmpty else { return title }
    let text = String(decoding: beginning, as: UTF8.self)
    let word = replacedWord.map { " for \"\(String(decoding: $0, as: UTF8.self))\"" } ?? " before the names"
    return "\(title) with \"\(text)\"\(word)"
  }
}

/// Joins names as a sentence does: `a, b and c`.
private func list(_ names: [String], joined last: String = " and ") -> String {
  guard names.count > 1 else { return names.joined() }
  return names.dropLast().joined(separator: ", ") + last + names[names.count - 1]
}
