import Foundation
import TestSupport
import Testing

@Suite("Formats/MalformedFiles.md") struct MalformedFilesPage {
  /// One case, with the tests that make it.
  private struct Row {
    let number: Int
    let answer: String
    let tests: [String]
  }

  private let page = try! Self.text("Formats/MalformedFiles.md")

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: Fixtures.repository.appending(path: path), encoding: .utf8)
  }

  private func rows() throws -> [Row] {
    try page.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard cells.count > 1, let number = Int(cells[1]) else { return nil }
      try #require(cells.count == 6, "\(line)")
      return Row(
        number: number, answer: cells[3],
        tests: cells[4].split(separator: "·").map { $0.trimmingCharacters(in: .whitespaces) })
    }
  }

  @Test("counts its cases and says how many they are")
  func count() throws {
    let rows = try rows()
    #expect(rows.map(\.number) == Array(1...rows.count))
    #expect(page.contains("what Ingot answers: \(rows.count) cases."))
  }

  @Test("answers each case by a kind of problem or a reading")
  func answers() throws {
    let words = [
      "damaged", "unsupported", "refused", "mismatched", "unavailable", "read", "listed", "a problem or a reading",
      "the same answer", "only its last part",
    ]
    for row in try rows() { #expect(words.contains { row.answer.contains($0) }, "\(row.number): \(row.answer)") }
  }

  @Test("names tests that exist")
  func tests() throws {
    let tests = try Fixtures.files(
      in: Fixtures.repository.appending(path: "Tests"), withExtension: "swift", atLeast: 50
    ).map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    for row in try rows() {
      #expect(!row.tests.isEmpty, "\(row.number)")
      for test in row.tests {
        #expect(tests.contains("\"\(test)\"") || tests.contains("func \(test)("), "\(row.number): \(test)")
      }
    }
  }
}
