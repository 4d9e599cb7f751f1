import Foundation
import TestSupport
import Testing

/// The session that the README shows, typed again.
@Suite struct ReadmeTests {
  @Test func theSessionInTheReadmeHappensAsItIsTold() throws {
    let page = try String(contentsOf: Fixtures.repository.appending(path: "README.md"), encoding: .utf8)
    let session = try #require(page.split(separator: "```console\n").dropFirst().first?.split(separator: "```").first)
    let workplace = try Workplace(withModel: false)
    for (name, folder) in [("poems", "Poems"), ("poet", "Poet")] {
      try FileManager.default.createSymbolicLink(
        atPath: workplace.directory.path(name), withDestinationPath: Fixtures.folder(folder).path)
    }
    let steps = session.split(separator: "$ ").filter { !$0.isEmpty }
    #expect(steps.count >= 5)
    for step in steps {
      let lines = step.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).filter { !$0.isEmpty }
      let words = lines[0].replacing("\"", with: "").split(separator: " ").map(String.init)
      try #require(words[0] == "ingot")
      let run = try workplace.run(
        Workplace.programs.appending(path: "ingot").path, Array(words.dropFirst()))
      expect(run.output + run.error, toTell: Array(lines.dropFirst()), of: lines[0])
    }
  }

  /// Checks that the lines stand in the output in this order, one after the other but where the README leaves some out.
  private func expect(_ output: String, toTell lines: [String], of command: String) {
    var rest = output.split(separator: "\n").map { measured(String($0)) }[...]
    var mayLeaveOut = false
    for line in lines {
      if line.trimmingCharacters(in: .whitespaces) == "…" {
        mayLeaveOut = true
        continue
      }
      if mayLeaveOut { rest = rest.drop { $0 != measured(line) } }
      #expect(rest.first == measured(line), "\(command)")
      rest = rest.dropFirst()
      mayLeaveOut = false
    }
    #expect(mayLeaveOut || rest.isEmpty, "\(command): the README leaves out \(rest.first ?? "")")
  }

  /// The line with what differs from machine to machine made alike: times and the last digits of what was computed.
  private func measured(_ line: String) -> String {
    line.replacing(/[0-9]+ ms|[0-9]\.[0-9] s/, with: "# ms")
      .replacing(/-?[0-9]+\.[0-9]+(e[-+][0-9]+)?/, with: "#")
      .replacing(/\[[0-9,]+\]/, with: "[#]")
      .replacing(/[ ]+/, with: " ")
  }
}
