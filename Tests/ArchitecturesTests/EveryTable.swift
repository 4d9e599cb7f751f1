import Architectures
import Foundation
import Testing

/// The files of `Formats/Architectures`, in the order of their names.
private let tables =
  (try? FileManager.default.contentsOfDirectory(
    at: root.appending(path: "Formats/Architectures"), includingPropertiesForKeys: nil))?
  .sorted { $0.lastPathComponent < $1.lastPathComponent } ?? []

@Suite("Every table of Formats/Architectures") struct EveryTable {
  @Test("there are tables, and nothing else beside them")
  func discovered() {
    #expect(!tables.isEmpty)
    #expect(tables.allSatisfy { $0.pathExtension == "names" })
  }

  @Test("is free of defects", arguments: tables)
  func lints(table: URL) throws {
    let text = try #require(String(validating: Data(contentsOf: table), as: UTF8.self))
    let architecture = try Architecture(parsing: text, file: table.lastPathComponent)
    #expect(architecture.name + ".names" == table.lastPathComponent)
  }

  @Test("travels inside the binary, byte for byte")
  func embedded() throws {
    #expect(Architecture.all.map(\.file) == tables.map(\.lastPathComponent))
    for (architecture, table) in zip(Architecture.all, tables) {
      let text = try #require(String(validating: Data(contentsOf: table), as: UTF8.self))
      #expect(try Architecture(parsing: text, file: "").revision == architecture.revision)
    }
  }

  @Test("has lines of at most 150 characters, without white space at their ends", arguments: tables)
  func style(table: URL) throws {
    let text = try String(contentsOf: table, encoding: .utf8)
    for line in text.split(separator: "\n") {
      #expect(line.count <= 150 && line.last != " ", "\(line)")
    }
    #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
  }
}
