import Architectures
import Bytes
import Conversion

/// What stands in the way of a command, and the commands that lift all of it.
struct Refusal: Error {
  /// Everything that is refused.
  let problems: Problems
  /// The whole commands.
  let commands: [String]

  /// The messages, one a line; an advice that several have in common stands once, behind the last of them.
  var lines: [Substring] {
    var all = problems.all
    for index in all.indices.dropLast() where all[index].advice == all[index + 1].advice { all[index].advice = nil }
    var shown = Problems(all) ?? problems
    shown.remarks = problems.remarks
    return shown.description.split(separator: "\n")
  }

  /// The commands under a heading.
  var advice: [String] {
    let lifts = commands.count == 1 ? "This lifts all of it" : "Each of these lifts all of it"
    let isWhole = !commands.contains { $0.contains("=…") }
    return [isWhole ? "\(lifts):" : "\(lifts), with a value in the place of …:"] + commands.map { "    \($0)" }
  }
}

/// Plans what a command does; where options lift all that is refused, they are tried, and the error names the whole command.
///
/// - Parameter plan: Plans with further options, and throws what stands in the way.
func planning<Planned>(_ plan: ([Remedy]) throws -> Planned) throws -> Planned {
  do {
    return try plan([])
  } catch {
    guard let found = Lifting.problems(in: error) else { throw error }
    let lifting = Lifting(of: found) { _ = try plan($0) }
    guard !lifting.ways.isEmpty, var problems = Problems(lifting.problems) else { throw error }
    problems.remarks = (error as? Problems)?.remarks ?? []
    throw Refusal(
      problems: problems,
      commands: lifting.ways.map { way in
        (CommandLine.arguments + way.flatMap { [$0.option, $0.shown] }).map(Wording.word).joined(separator: " ")
      })
  }
}
