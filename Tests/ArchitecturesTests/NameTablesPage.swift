import Architectures
import Foundation
import Testing

/// One fenced block of `Formats/NameTables.md`.
private struct Block {
  let kind: Substring
  let text: String

  static func all() throws -> [Block] {
    let page = try String(contentsOf: root.appending(path: "Formats/NameTables.md"), encoding: .utf8)
    // A block inside a list is indented, fences and all.
    let indent = "   "
    let parts = page.replacing("\n\(indent)```", with: "\n```").components(separatedBy: "\n```")
    return stride(from: 1, to: parts.count, by: 2).map { index in
      let lines = parts[index].split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      let text = lines[1].split(separator: "\n", omittingEmptySubsequences: false)
      let isIndented = text.allSatisfy { $0.isEmpty || $0.hasPrefix(indent) }
      return Block(
        kind: lines[0], text: text.map { isIndented ? $0.dropFirst(indent.count) : $0 }.joined(separator: "\n"))
    }
  }
}

@Suite("Formats/NameTables.md") struct NameTablesPage {
  @Test("quotes bert.names as it is")
  func excerpts() throws {
    let table = try String(contentsOf: root.appending(path: "Formats/Architectures/bert.names"), encoding: .utf8)
    let excerpts = try Block.all().filter { $0.kind == "names" }
    #expect(excerpts.count >= 9)
    for excerpt in excerpts { #expect(("\n" + table).contains("\n\(excerpt.text)\n"), "\(excerpt.text)") }
  }

  @Test(
    "quotes the files of other architectures",
    arguments: [
      ("nezha", "Formats/Architectures/nezha.names"), ("gpt2", "Formats/Architectures/gpt2.names"),
      ("xlnet", "Formats/Architectures/xlnet.names"),
      ("training", "Formats/Training.names"),
      ("swift", "Sources/Running/Inference/Architectures/NEZHA.swift"),
    ])
  func walk(kind: String, path: String) throws {
    let file = try String(contentsOf: root.appending(path: path), encoding: .utf8)
    let excerpts = try Block.all().filter { $0.kind == kind }
    #expect(!excerpts.isEmpty)
    for excerpt in excerpts { #expect(("\n" + file).contains("\n\(excerpt.text)\n"), "\(excerpt.text)") }
  }

  @Test("shows a complete table, and what the linter says about a defect of it")
  func example() throws {
    let blocks = try Block.all()
    let table = try #require(blocks.first { $0.kind == "complete" }).text
    #expect(try Architecture(parsing: table, file: "elman.names").name == "elman")
    let problems = #expect(throws: Problems.self) {
      try Architecture(parsing: table.replacing("H H", with: "H X"), file: "elman.names")
    }
    #expect(problems?.description == blocks.first { $0.kind == "says" }?.text)
  }

  @Test("has a word for every section and every transform")
  func words() throws {
    let page = try String(contentsOf: root.appending(path: "Formats/NameTables.md"), encoding: .utf8)
    for section in ["architecture", "sizes", "settings", "tensors", "optional", "config", "names", "classes"] {
      #expect(page.contains("**`\(section)`**"))
    }
    #expect(page.contains("| `transpose` |") && page.contains("| `reshape(H,N,D)` |"))
  }
}
