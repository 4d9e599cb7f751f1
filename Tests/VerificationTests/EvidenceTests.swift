import Architectures
import Bytes
import Foundation
import Inference
import TestSupport
import Testing

/// Holds `Formats/Evidence.txt` against the fixtures; exports are held against it by ``ExportProofTests``.
@Suite("What stands behind every naming") struct EvidenceTests {
  /// A file as the page states it.
  struct Statement: CustomTestStringConvertible, Sendable {
    let naming: String
    let file: Evidence.SavedFile

    var testDescription: String { file.fixture }

    static let all = Evidence.all.flatMap { evidence in
      evidence.files.map { Statement(naming: "\(evidence.architecture) \(evidence.naming)", file: $0) }
    }
  }

  @Test(
    "every file is saved by the program that is said, converts to the last tensor, and computes what is said at every recorded point",
    arguments: Statement.all)
  func file(statement: Statement) throws {
    let fixture = try #require(ModelFixture.candidates.first { $0.path == statement.file.fixture })
    let conversion = try fixture.plan()
    #expect("\(conversion.architecture.name) \(conversion.plan.naming)" == statement.naming)
    #expect(fixture.writer == statement.file.writer)
    #expect(try fixture.checks(of: conversion) == statement.file.checks)
  }

  @Test("every fixture is stated, once, but those that are there to be refused")
  func everyFixture() {
    let stated = Statement.all.map(\.file.fixture)
    #expect(Set(stated).count == stated.count && stated.count >= 140)
    let others = ModelFixture.candidates.filter { !stated.contains($0.path) }
    #expect(
      others.filter { $0.holdsWeights && (try? $0.plan()) != nil }.map(\.path) == [],
      "tools/fixtures/evidence states them anew")
    // bert4keras gives the variables of all blocks of an unshared ALBERT one name.
    #expect(others.map(\.path) == ["Architectures/albert-unshared/checkpoint", "PyTorch/bert/skip-data"])
  }

  @Test("every naming of every table is stated, in the order of the tables, with what it was verified against")
  func everyNaming() throws {
    let namings = Architecture.all.flatMap { one in one.namings.map { "\(one.name) \($0.name)" } }
    #expect(Evidence.all.map { "\($0.architecture) \($0.naming)" } == namings)
    for evidence in Evidence.all {
      #expect(evidence.files.contains { !$0.checks.isEmpty }, "\(evidence.architecture) \(evidence.naming)")
    }
    #expect(Set(Evidence.all.map(\.architecture)) == Set(Model.architectures))
  }

  @Test("the page is as Ingot writes it")
  func page() throws {
    let file = Fixtures.repository.appending(path: "Formats/Evidence.txt")
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text == Self.page(Evidence.all))
    #expect(try Evidence.all(parsing: text, file: "Evidence.txt") == Evidence.all)
  }

  @Test(
    "a line of another form is an error that names it",
    arguments: [
      "bert google", "  file  Poems", "  file  Poems  TensorFlow 1  float16 1/2", "  export  a  keras", "  tale",
    ])
  func malformed(line: String) {
    let problem = #expect(throws: Problem.self) {
      try Evidence.all(parsing: "bert google  of us\n\(line)\n", file: "Evidence.txt")
    }
    #expect(
      problem?.description
        == "Evidence.txt:2: damaged: found \"\(line)\", expected a naming, a file or an export.")
  }

  /// The page that states these namings.
  static func page(_ namings: [Evidence]) -> String {
    """
    # What stands behind every naming: files and the programs that saved them, the points of each model that were compared in either precision
    # (recorded/all) with the program that recorded them where it is another one, and exports with the programs that loaded them.
    # `tools/fixtures/evidence` writes this page from the fixtures; tests hold it against them.

    """ + namings.map { "\n\($0)\n" }.joined()
  }

  @Test("is written anew", .enabled(if: ProcessInfo.processInfo.environment["INGOT_WRITE_EVIDENCE"] != nil))
  func write() throws {
    var files: [String: [Evidence.SavedFile]] = [:]
    for fixture in ModelFixture.candidates {
      guard fixture.holdsWeights, let conversion = try? fixture.plan() else { continue }
      let checks = try fixture.checks(of: conversion)
      files["\(conversion.architecture.name) \(conversion.plan.naming)", default: []].append(
        Evidence.SavedFile(fixture: fixture.path, writer: try #require(fixture.writer), checks: checks))
    }
    let exports = try ExportProofTests.loaded()
    let programs = Dictionary(
      uniqueKeysWithValues: Evidence.all.map { ("\($0.architecture) \($0.naming)", $0.program) })
    let namings = Architecture.all.flatMap { one in one.namings.map { (one.name, $0.name) } }
    let all = namings.map { architecture, naming in
      let name = "\(architecture) \(naming)"
      return Evidence(
        architecture: architecture, naming: naming, program: programs[name] ?? "nobody", files: files[name] ?? [],
        exports: exports[name] ?? [])
    }
    try Self.page(all).write(
      to: Fixtures.repository.appending(path: "Formats/Evidence.txt"), atomically: true, encoding: .utf8)
  }
}
