import Foundation
import JSON
import TestSupport
import Testing

@Suite("ingot embed over a corpus, and ingot search") struct CorpusTests {
  /// Lines of poems, again and again with numbers of characters, so that a run takes several batches.
  private static let lines: [String] = {
    let poems = try! String(
      contentsOf: Fixtures.repository.appending(path: "tools/fixtures/Poems/poems.txt"), encoding: .utf8)
    let couplets = poems.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { String($0.prefix(12)) }
    return (0..<4).flatMap { round in couplets.map { String($0.dropLast(round)) } }
  }()

  @Test("formats hold the same vectors in the order of the texts, with other members kept")
  func formats() throws {
    let workplace = try Workplace()
    let texts = Array(Self.lines.prefix(40))
    let plain = try workplace.directory.write(Array((texts.joined(separator: "\n") + "\n").utf8), to: "texts.txt")
    let objects = texts.enumerated().map { "{\"id\":\($0),\"vector\":null,\"body\":\"\($1)\",\"more\":[1,{}]}" }
    let jsonl = try workplace.directory.write(Array(objects.joined(separator: "\r\n").utf8), to: "texts.jsonl")
    for output in ["a.jsonl", "a.npy", "a.safetensors"] {
      let run = try workplace.ingot("embed", "poems.ingot", "--texts", plain, "--pooling", "mean", "-o", output)
      #expect(run.exitCode == 0)
      #expect(run.output.hasPrefix("Wrote \(output): vectors of 40 texts, in "))
    }
    let rows = try String(contentsOfFile: workplace.directory.path("a.jsonl"), encoding: .utf8).split(separator: "\n")
    let vectors = try rows.map { try JSON(parsing: String($0))["vector"]!.elements!.map { Float($0.double!) } }
    #expect(try rows.map { try JSON(parsing: String($0))["text"]!.string! } == texts)
    let numbers = try Data(contentsOf: URL(filePath: workplace.directory.path("a.npy")))
    #expect(numbers.count == 128 + 40 * 80 * 4)
    #expect(String(decoding: numbers[10..<70], as: UTF8.self).contains("'shape': (40, 80)"))
    #expect(Data(vectors.joined().flatMap { withUnsafeBytes(of: $0) { Array($0) } }) == numbers[128...])
    let index = try Data(contentsOf: URL(filePath: workplace.directory.path("a.safetensors")))
    #expect(index[4096..<4096 + 40 * 80 * 4] == numbers[128...])
    let kept = try workplace.ingot(
      "embed", "poems.ingot", "--texts", jsonl, "--column", "body", "--pooling", "mean", "--json")
    let first = try JSON(parsing: kept.lines[0])
    #expect(first.members?.map(\.name) == ["id", "body", "more", "vector"])
    #expect(first["vector"] == (try JSON(parsing: String(rows[0])))["vector"])
    #expect(kept.lines.count == 41)
  }

  @Test("a run that is killed again and again goes on with --resume, and writes the bytes of one that is not")
  func kills() throws {
    let workplace = try Workplace()
    let corpus = try workplace.directory.write(Array((Self.lines.joined(separator: "\n") + "\n").utf8), to: "texts.txt")
    for output in ["whole.npy", "whole.jsonl", "whole.safetensors"] {
      let broken = "broken" + output.dropFirst(5)
      #expect(
        try workplace.ingot("embed", "poems.ingot", "--texts", corpus, "--pooling", "cls", "-o", output).exitCode == 0)
      let arguments = ["embed", "poems.ingot", "--texts", corpus, "--pooling", "cls", "-o", broken]
      var kills = 0
      let state = workplace.directory.path(broken + ".unfinished.json")
      for attempt in 0..<3 {
        let process = workplace.process(
          Workplace.programs.appending(path: "ingot").path, arguments + (attempt == 0 ? [] : ["--resume"]))
        process.standardOutput = FileHandle.nullDevice
        let before = try? Data(contentsOf: URL(filePath: state))
        try process.run()
        // Killed as soon as it has come further.
        while process.isRunning, (try? Data(contentsOf: URL(filePath: state))) == before { usleep(500) }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        if process.terminationReason == .uncaughtSignal { kills += 1 }
      }
      #expect(kills > 0)
      if FileManager.default.fileExists(atPath: state) {
        let other = try workplace.ingot(
          "embed", "poems.ingot", "--texts", corpus, "--pooling", "mean", "-o", broken, "--resume")
        #expect(other.exitCode == 2)
        #expect(other.error.contains("Go on with the same model and options, or begin again with --force."))
        let anew = try workplace.ingot(arguments)
        #expect(anew.error.contains("found an unfinished run, expected none. Go on with it with --resume"))
        #expect(try workplace.ingot(arguments + ["--resume"]).exitCode == 0)
      }
      for name in [".unfinished", ".unfinished.json", ".unfinished.texts", ".unfinished.offsets"] {
        #expect(!FileManager.default.fileExists(atPath: workplace.directory.path(broken + name)))
      }
      #expect(
        try Data(contentsOf: URL(filePath: workplace.directory.path(broken)))
          == Data(contentsOf: URL(filePath: workplace.directory.path(output))))
    }
  }

  @Test("an index finds each text first, refuses another model, and tells damage") func search() throws {
    let workplace = try Workplace()
    let corpus = try workplace.directory.write(
      Array((Self.lines.prefix(100).joined(separator: "\n")).utf8), to: "texts.txt")
    let embedded = try workplace.ingot(
      "embed", "poems.ingot", "--texts", corpus, "--pooling", "mean", "-o", "i.safetensors")
    #expect(embedded.exitCode == 0)
    for line in [0, 57, 99] {
      let found = try workplace.ingot(
        "search", "poems.ingot", "i.safetensors", Self.lines[line], "--top", "3", "--json", "--verify"
      ).json().elements!
      #expect(found.count == 3)
      #expect(found[0]["text"]?.string == Self.lines[line])
      #expect(abs(found[0]["similarity"]!.double! - 1) < 1e-6)
      #expect(found[1]["similarity"]!.double! <= found[0]["similarity"]!.double!)
    }
    let table = try workplace.ingot("search", "poems.ingot", "i.safetensors", Self.lines[7], "--top", "1")
    #expect(table.output == "  1.0000  8  \(Self.lines[7])\n")
    try workplace.ingot("whiten", "poems.ingot", "--texts", corpus, "--pooling", "mean", "-o", "white.ingot")
    let other = try workplace.ingot("search", "white.ingot", "i.safetensors", "床")
    #expect(other.exitCode == 2)
    #expect(other.error.contains("mismatched: found vectors of the model "))
    var bytes = try Data(contentsOf: URL(filePath: workplace.directory.path("i.safetensors")))
    bytes[5000] ^= 1
    try bytes.write(to: URL(filePath: workplace.directory.path("j.safetensors")))
    let damaged = try workplace.ingot("search", "poems.ingot", "j.safetensors", "床", "--verify")
    #expect(damaged.exitCode == 2)
    #expect(damaged.error.contains("damaged in tensor \"vectors\": found the digest"))
    let none = try workplace.ingot("search", "poems.ingot", "poems.ingot", "床")
    #expect(none.error.contains("mismatched: found no index, expected an index."))
  }

  @Test("an empty line is told with its number, and a corpus without a text") func faults() throws {
    let workplace = try Workplace()
    let gap = try workplace.directory.write(Array("床\n\n月\n".utf8), to: "gap.txt")
    let run = try workplace.ingot("embed", "poems.ingot", "--texts", gap, "--pooling", "mean", "-o", "g.npy")
    #expect(run.error == "ingot: \(gap), line 2: mismatched: found an empty text, expected a text.\n")
    let empty = try workplace.directory.write([], to: "empty.txt")
    let none = try workplace.ingot("embed", "poems.ingot", "--texts", empty, "--pooling", "mean", "-o", "e.npy")
    #expect(none.error == "ingot: \(empty): mismatched: found no text, expected one on each line.\n")
    #expect(try workplace.ingot("embed", "poems.ingot", "--texts", gap, "-o", "e.txt").exitCode == 64)
  }
}
