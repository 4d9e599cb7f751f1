import Foundation
import JSON
import TestSupport
import Testing

/// Files full of what could drive a terminal, given to every command that reads them.
@Suite struct TerminalTests {
  /// A bell, colours, a title, the C1 form of an escape, a text turned round, a line separator and an invisible joiner.
  private static let evil = "e\u{7}\u{1b}[2J\u{1b}]0;t\u{7}\u{9b}31m\u{202e}x\u{2028}y\u{200d}\r\n"

  private func workplace() throws -> Workplace {
    let workplace = try Workplace(withModel: false)
    let name = JSON.string(Self.evil).compact
    let header = #"{"__metadata__":{\#(name):\#(name)},\#(name):{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    let folder = "evil\u{1b}[31m\u{202e}"
    try FileManager.default.createDirectory(
      atPath: workplace.directory.path(folder), withIntermediateDirectories: false)
    func write(_ bytes: [UInt8], to file: String) throws {
      _ = try workplace.directory.write(bytes, to: "\(folder)/\(file)")
    }
    try write(length + Array(header.utf8) + [7], to: "a.safetensors")
    try write(Array("{\"hidden_size\": \(name), \(name): }".utf8), to: "config.json")
    try write(Array("[UNK]\n\(Self.evil.replacing("\r\n", with: ""))\n".utf8), to: "vocab.txt")
    try write(Array("architecture \(Self.evil)\ntensors\n  \(Self.evil)".utf8), to: "table.names")
    try write(Array(#"{"weight_map": {\#(name): \#(name)}}"#.utf8), to: "b.safetensors.index.json")
    return workplace
  }

  @Test(arguments: [
    ["inspect", "F/a.safetensors"], ["inspect", "F/a.safetensors", "--stats"],
    ["inspect", "F/a.safetensors", "--json"],
    ["inspect", "F/a.safetensors", "none"], ["inspect", "F/b.safetensors.index.json"],
    ["inspect", "--salvage", "F/a.safetensors"], ["plan", "F/a.safetensors"], ["plan", "F/a.safetensors", "--json"],
    ["plan", "Poems/poem_bert.h5", "--config", "F/config.json"], ["plan", "F"],
    ["plan", "Poems/poem_bert.h5", "--vocabulary", "F/vocab.txt"],
    ["convert", "F/a.safetensors", "-o", "F/out.ingot"], ["convert", "Poems", "-o", "F/none/out.ingot"],
    ["compare", "F/a.safetensors", "Poems/poem_bert.h5"],
    ["compare", "F/a.safetensors", "Poems/poem_bert.h5", "--json"],
    ["compare", "F/a.safetensors", "F/a.safetensors"], ["verify", "F/a.safetensors"],
    ["export", "F/a.safetensors", "--to", "npz", "-o", "F/out"], ["lint", "F/table.names"],
    ["fill-mask", "F/a.safetensors", "x"], ["bench", "F/a.safetensors"], ["inspect", "F/none"],
  ]) func noCommandPrintsWhatDrivesATerminal(_ arguments: [String]) throws {
    let workplace = try workplace()
    let run = try workplace.run(
      Workplace.programs.appending(path: "ingot").path,
      arguments.map { $0.replacing("F", with: "evil\u{1b}[31m\u{202e}") })
    #expect(!(run.output + run.error).isEmpty)
    for scalar in (run.output + run.error).unicodeScalars where scalar != "\n" {
      let category = scalar.properties.generalCategory
      #expect(
        ![.control, .format, .lineSeparator, .paragraphSeparator].contains(category), "\(run.output)\(run.error)")
    }
  }
}
