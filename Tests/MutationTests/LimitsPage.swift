import Foundation
import TestSupport
import Testing

@Suite("Formats/Limits.md") struct LimitsPage {
  /// One row: a declaration, the file that it stands in, and the test that passes the limit.
  struct Row: CustomStringConvertible {
    let declaration: String
    let file: String
    let test: String
    var description: String { "\(declaration) in \(file)" }

    static func all() throws -> [Row] {
      try text("Formats/Limits.md").split(separator: "\n").compactMap { line in
        let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
          $0.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
        }
        guard cells.count == 6, cells[3].hasPrefix("Sources/") else { return nil }
        return Row(declaration: cells[2], file: cells[3], test: cells[4])
      }
    }
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: Fixtures.repository.appending(path: path), encoding: .utf8)
  }

  @Test("quotes every limit as the code declares it", arguments: try Row.all())
  func declarations(row: Row) throws {
    let lines = try Self.text(row.file).split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    // Nothing but the end of a declaration may follow: `16` is not `16 << 20`.
    let quoted = lines.contains { line in
      line.ranges(of: row.declaration).contains { range in
        ["", ",", ")"].contains(String(line[range.upperBound...].prefix(1)))
      }
    }
    #expect(quoted)
  }

  @Test("names tests that exist")
  func tests() throws {
    let tests = try Fixtures.files(
      in: Fixtures.repository.appending(path: "Tests"), withExtension: "swift", atLeast: 50
    ).map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    let rows = try Row.all()
    #expect(rows.count >= 38)
    for row in rows where row.test != "—" {
      #expect(tests.contains("\"\(row.test)\"") || tests.contains("func \(row.test)("), "\(row.test)")
    }
  }

  @Test(
    "leaves out no limit",
    arguments: [
      "Sources/Containers/HDF5/Limits.swift", "Sources/Containers/PyTorch/Limits.swift",
      "Sources/Containers/TensorFlow/Limits.swift",
    ])
  func complete(file: String) throws {
    let declared = try Self.text(file).matches(of: /static let (.+)/).map { String($0.1) }
    let listed = Set(try Row.all().filter { $0.file == file }.map(\.declaration))
    #expect(declared.count >= 9)
    for limit in declared { #expect(listed.contains(limit), "\(limit)") }
  }
}
