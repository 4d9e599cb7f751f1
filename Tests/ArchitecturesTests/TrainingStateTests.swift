import Foundation
import Testing

@testable import Architectures

@Suite("Formats/Training.names") struct TrainingStateTests {
  static let text =
    (try? String(contentsOf: root.appending(path: "Formats/Training.names"), encoding: .utf8)) ?? ""

  @Test("is free of defects, travels inside the binary, and has short lines")
  func page() throws {
    let rows = try TrainingState(parsing: Self.text, file: "Training.names").drops
    #expect(rows.map(\.pattern.spelling) == TrainingState.known.drops.map(\.pattern.spelling))
    #expect(rows.map(\.reason) == TrainingState.known.drops.map(\.reason))
    #expect(rows.count == Self.text.split(separator: "\n").count { $0.hasPrefix("  -") } && rows.count > 20)
    for line in Self.text.split(separator: "\n") { #expect(line.count <= 150 && line.last != " ", "\(line)") }
    #expect(Self.text.hasSuffix("\n") && !Self.text.hasSuffix("\n\n"))
  }

  @Test("says once for all tables what no table says again")
  func once() {
    let spellings = Set(TrainingState.known.drops.map(\.pattern.spelling))
    for architecture in Architecture.all {
      for drop in architecture.namings.flatMap(\.drops) {
        #expect(!spellings.contains(drop.pattern.spelling), "\(architecture.place(drop.line))")
      }
    }
  }

  @Test("takes no name that a row of a table gives")
  func apart() {
    for architecture in Architecture.all {
      for row in architecture.namings.flatMap(\.rows) {
        let names = row.pattern.choices.isEmpty ? [row.pattern.name(at: 0)] : []
        for name in names {
          #expect(TrainingState.known.drop(of: Array(name.utf8)) == nil, "\(architecture.place(row.line))")
        }
      }
    }
  }

  @Test("its defects are reported with their lines")
  func defects() {
    let text = """
      optimizers
        -  global_step
        -  */Adam_1   # second moments
        -  */Adam_1   # once more
        +  pooler
        -  layer_{L}  # a counter
      """
    let problems = #expect(throws: Problems.self) { try TrainingState(parsing: text, file: "x.names") }
    #expect(
      problems?.all.map(\.description) == [
        "x.names:1: damaged: found \"optimizers\", expected training TITLE.",
        "x.names:2: damaged: found global_step dropped without a reason, expected a comment that says what it is.",
        "x.names:4: damaged: found */Adam_1 a second time, expected it only on line 3.",
        "x.names:5: damaged: found \"+ pooler\", expected - SOURCE # reason.",
        "x.names:6: damaged: found the source name \"layer_{L}\", expected a name, with * for anything or with choices "
          + "such as (weight|gamma).",
      ])
  }
}
