import Foundation
import TestSupport
import Testing

/// `--table`: name tables of the user's own.
@Suite struct TableTests {
  private let workplace: Workplace

  init() throws {
    workplace = try Workplace(withModel: false)
  }

  @Test("a checkpoint of other names is read by a table that has them, exported under them and compared")
  func otherNames() throws {
    let folder = Fixtures.folder("HuggingFace/bert-masked-lm")
    // The real file, with a word of its names replaced by one as long.
    try replace("attention.self.query", "attention.self.frage", in: folder.appending(path: "model.safetensors"))
    try write(Data(contentsOf: folder.appending(path: "config.json")), "config.json")
    try replace("attention.self.query", "attention.self.frage", in: table("bert"))

    let refused = try workplace.ingot("plan", "model.safetensors")
    #expect(refused.exitCode == 2)
    #expect(refused.error.contains("frage"))

    let planned = try workplace.ingot("plan", "model.safetensors", "--table", "bert.names")
    #expect(planned.exitCode == 0, "\(planned.error)")
    #expect(planned.output.contains("bert.encoder.layer.0.attention.self.frage.weight"))

    let converted = try workplace.ingot(
      "convert", "model.safetensors", "--config", "config.json", "--table", "bert.names", "-o", "own.ingot")
    #expect(converted.exitCode == 0, "\(converted.error)")
    try workplace.ingot("convert", folder.path, "-o", "known.ingot")
    let compared = try workplace.ingot("compare", "own.ingot", "known.ingot")
    #expect(compared.exitCode == 0, "\(compared.output)")

    let exported = try workplace.ingot(
      "export", "own.ingot", "--to", "npz", "--naming", "huggingface", "--table", "bert.names", "-o", "exported")
    #expect(exported.exitCode == 0, "\(exported.error)")
    let sides = try workplace.ingot("compare", "exported", "model.safetensors", "--table", "bert.names")
    #expect(sides.exitCode == 0, "\(sides.output)\(sides.error)")
  }

  @Test("an architecture of a table alone is converted and proven by its bytes, and said not to be computed")
  func otherArchitecture() throws {
    try replace("architecture bert ", "architecture gedicht ", in: table("bert"))
    let ambiguous = try workplace.ingot("plan", "Poems", "--table", "bert.names")
    #expect(ambiguous.exitCode == 2)
    #expect(ambiguous.error.contains("--architecture gedicht"))

    let planned = try workplace.ingot("plan", "Poems", "--table", "bert.names", "--architecture", "gedicht")
    #expect(
      planned.lines.contains(
        "Note: Ingot does not compute the architecture gedicht: its model files are proven by their bytes alone."))
    let converted = try workplace.ingot(
      "convert", "Poems", "--table", "bert.names", "--architecture", "gedicht", "-o", "poems.ingot")
    #expect(converted.exitCode == 0, "\(converted.error)")
    #expect(try workplace.ingot("verify", "poems.ingot", "--source", "Poems").exitCode == 0)
    let filled = try workplace.ingot("fill-mask", "poems.ingot", "床前明[MASK]光")
    #expect(filled.exitCode == 2)
    #expect(filled.error.contains("gedicht"))
  }

  @Test("architectures lists the user's tables, behind which nothing stands")
  func listing() throws {
    try replace("Encoder whose", "Ours, whose", in: table("albert"))
    let run = try workplace.ingot("architectures", "albert", "--table", "albert.names")
    #expect(run.exitCode == 0, "\(run.error)")
    #expect(run.lines.contains("  bert4keras: of albert.names, tried on no file"))
    #expect(!run.output.contains("saved"))
  }

  @Test("two tables of one architecture are refused")
  func twice() throws {
    try replace("", "", in: table("albert"))
    let run = try workplace.ingot("architectures", "--table", "albert.names", "--table", "albert.names")
    #expect(run.exitCode == 2)
    #expect(
      run.error
        == "ingot: albert.names: mismatched: found a table of albert, as albert.names is, expected one table of each architecture.\n"
    )
  }

  @Test("a table that is none is refused with its defects")
  func noTable() throws {
    let run = try workplace.ingot("plan", "Poems", "--table", "Poems/vocab.txt")
    #expect(run.exitCode == 2)
    #expect(run.error.hasPrefix("ingot: Poems/vocab.txt:1: "))
  }

  private func table(_ name: String) -> URL {
    Fixtures.repository.appending(path: "Formats/Architectures/\(name).names")
  }

  /// Copies a file into the workplace with a text replaced.
  private func replace(_ old: String, _ new: String, in file: URL) throws {
    var data = try Data(contentsOf: file)
    var start = data.startIndex
    while !old.isEmpty, let range = data.range(of: Data(old.utf8), in: start..<data.endIndex) {
      data.replaceSubrange(range, with: Data(new.utf8))
      start = range.lowerBound + new.utf8.count
    }
    try write(data, file.lastPathComponent)
  }

  private func write(_ data: Data, _ name: String) throws {
    _ = try workplace.directory.write(Array(data), to: name)
  }
}
