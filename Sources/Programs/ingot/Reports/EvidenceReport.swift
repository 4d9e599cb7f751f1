import Architectures
import JSON

/// What stands behind the namings of one architecture.
struct EvidenceReport {
  let architecture: Architecture
  let namings: [Evidence]
  /// The namings of a user's own table, behind which nothing stands.
  let untried: [String]

  init(_ architecture: Architecture) {
    self.architecture = architecture
    namings = architecture.isBuiltIn ? Evidence.all.filter { $0.architecture == architecture.name } : []
    untried = architecture.isBuiltIn ? [] : architecture.namings.map(\.name)
  }

  /// Name and title, in lines of at most 100 columns.
  private var heading: [String] {
    "\(architecture.name): \(architecture.title)".split(separator: " ").reduce(into: [""]) { lines, word in
      if lines[lines.count - 1].count + 1 + word.count > 100 { lines.append(" ") }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
    }
  }

  /// For each naming the programs, and how much of each.
  var summary: [String] { lines(\.summary) }

  /// For each naming every file and every export.
  var details: [String] { lines(\.details) }

  private func lines(_ sections: (Evidence) -> [Section]) -> [String] {
    heading
      + namings.flatMap { naming in
        var table = TextTable(.left, .left)
        for section in sections(naming) {
          for (index, line) in section.lines.enumerated() { table.add(index == 0 ? section.label : "", line) }
        }
        return ["", "  \(naming.naming): files of \(naming.program)"] + table.lines(indent: 4)
      }
      + untried.flatMap { ["", "  \($0): of \(architecture.file), tried on no file"] }
  }

  /// Lines behind a label, which stands before the first.
  fileprivate typealias Section = (label: String, lines: [String])

  var json: JSON {
    [
      "name": .string(architecture.name), "title": .string(architecture.title),
      "namings": .array(
        namings.map(\.json) + untried.map { ["name": .string($0), "table": .string(architecture.file)] }),
    ]
  }
}

extension Evidence {
  fileprivate var summary: [EvidenceReport.Section] {
    let writers = files.map(\.writer).unique.map { writer in
      "\(files.count { $0.writer == writer }) by \(writer)"
    }
    let checks = files.flatMap(\.checks)
    let computed = checks.map(\.recorder).unique.flatMap { recorder in
      ["as \(recorder)"] + Self.tallies(of: checks.filter { $0.recorder == recorder }).map { "  \($0)" }
    }
    return [("saved", lack + writers), ("computed", computed), ("exported", loaded)]
  }

  /// How many points were compared, in both precisions at once where they are as many.
  private static func tallies(of checks: [Check]) -> [String] {
    let tallies = checks.map(\.precision).unique.map { precision in
      let ones = checks.filter { $0.precision == precision }
      let (recorded, points) = (ones.reduce(0) { $0 + $1.recorded }, ones.reduce(0) { $0 + $1.points })
      let amount = recorded == points ? "all \(points)" : "\(recorded) of \(points)"
      return (precision: precision, said: "\(amount) points of \(ones.count) \(ones.count == 1 ? "model" : "models")")
    }
    let alike = tallies.count == 2 && tallies[0].said == tallies[1].said
    return alike ? ["float32 and float64: \(tallies[0].said)"] : tallies.map { "\($0.precision): \($0.said)" }
  }

  /// The programs that loaded exports, by the kind of folder.
  private var loaded: [String] {
    if exports.isEmpty { return ["bit for bit; loaded by no program so far"] }
    return exports.map(\.destination).unique.flatMap { destination in
      let ones = exports.filter { $0.destination == destination }
      return ones.flatMap(\.programs).unique.map { program in
        "\(destination), \(ones.count { $0.programs.contains(program) }) loaded by \(program)"
      }
    }
  }

  /// That the naming's own program saved none of the files, if so.
  private var lack: [String] { hasOwnFile ? [] : ["none by \(program) itself"] }

  fileprivate var details: [EvidenceReport.Section] {
    let saved = files.map(\.writer).unique.flatMap { writer in
      ["by \(writer)"] + files.filter { $0.writer == writer }.flatMap(\.lines).map { "  \($0)" }
    }
    let exported = exports.flatMap { ["\($0.name), \($0.destination)"] + $0.programs.map { "  loaded by \($0)" } }
    return [("saved", lack + saved), ("exported", exported.isEmpty ? loaded : exported)]
  }

  fileprivate var json: JSON {
    [
      "name": .string(naming), "program": .string(program), "hasOwnFile": .bool(hasOwnFile),
      "files": .array(files.map(\.json)), "exports": .array(exports.map(\.json)),
    ]
  }
}

extension Evidence.SavedFile {
  /// The file with how many of its model's points were compared, and with whom where that is another program.
  fileprivate var lines: [String] {
    let recorders = checks.map(\.recorder).unique
    let amounts = checks.map { "\($0.precision) \($0.recorded)/\($0.points)" }
    if recorders.isEmpty { return ["\(fixture): converts"] }
    if recorders == [writer] { return ["\(fixture): \(amounts.joined(separator: ", "))"] }
    return ["\(fixture)"] + zip(amounts, checks).map { "  \($0), as \($1.recorder)" }
  }

  fileprivate var json: JSON {
    [
      "fixture": .string(fixture), "writer": .string(writer),
      "checks": .array(
        checks.map {
          [
            "precision": .string($0.precision), "recorded": .integer($0.recorded), "points": .integer($0.points),
            "recorder": .string($0.recorder),
          ]
        }),
    ]
  }
}

extension Evidence.LoadedExport {
  fileprivate var json: JSON {
    [
      "name": .string(name), "destination": .string(destination), "programs": .array(programs.map(JSON.string)),
    ]
  }
}

extension Array where Element: Hashable {
  /// The elements without repetitions, in the order in which they first stand.
  fileprivate var unique: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
