import Foundation
import TestSupport
import Testing

/// What is refused names the whole command that lifts it, and that command runs.
@Suite("The command that lifts a refusal") struct LiftingTests {
  @Test(
    "runs as it is printed",
    arguments: [
      ("Architectures/mt5", "huggingface"), ("Architectures/roformer-sim", "huggingface"),
      ("Architectures/bert-sim", "huggingface"), ("Architectures/albert", "huggingface"),
      ("Architectures/nezha-huggingface", "keras"),
    ])
  func export(fixture: String, destination: String) throws {
    let workplace = try Workplace(withModel: false)
    #expect(try workplace.ingot("convert", Fixtures.folder(fixture).path, "-o", "model.ingot").exitCode == 0)
    let refused = try workplace.ingot("export", "model.ingot", "--to", destination, "-o", "it's here")
    #expect(refused.exitCode == 2 && refused.output.isEmpty)
    let lines = refused.error.split(separator: "\n")
    let heading = try #require(lines.firstIndex { $0.hasSuffix("lifts all of it:") })
    #expect(lines[..<heading].allSatisfy { $0.hasPrefix("ingot: model.ingot: ") })
    let commands = lines[(heading + 1)...]
    #expect(commands.count == (lines[heading].hasPrefix("This") ? 1 : 2))
    for command in commands {
      #expect(command.hasPrefix("    ") && command.contains(" 'it'\\''s here' --"))
      let run = try workplace.run("/bin/sh", ["-c", String(command)])
      #expect(run.exitCode == 0, "\(command): \(run.error)")
      #expect(try workplace.run("/bin/rm", ["-r", "it's here"]).exitCode == 0)
    }
  }

  @Test("of a plan and a conversion runs as it is printed")
  func conversion() throws {
    let workplace = try Workplace(withModel: false)
    let source = Fixtures.folder("bert4keras/classifier").path
    for arguments in [["plan", source], ["convert", source, "-o", "model.ingot"]] {
      let refused = try workplace.ingot(arguments)
      #expect(refused.exitCode == 2)
      let commands = refused.error.split(separator: "\n").filter { $0.hasPrefix("    ") }
      #expect(
        commands.map { $0.split(separator: " ").suffix(2).joined(separator: " ") } == ["--extra keep", "--extra drop"])
      for command in commands {
        #expect(try workplace.run("/bin/sh", ["-c", String(command)]).exitCode == 0)
        _ = try workplace.run("/bin/rm", ["-f", "model.ingot"])
      }
    }
  }

  @Test("with a value that only the user knows says where it goes")
  func unknownValue() throws {
    let workplace = try Workplace(withModel: false)
    let source = Fixtures.folder("Architectures/roformer-sim/checkpoint").path
    let refused = try workplace.ingot("plan", source, "--set", "heads=5")
    let lines = refused.error.split(separator: "\n").map(String.init)
    #expect(refused.exitCode == 2)
    #expect(lines.contains("Each of these lifts all of it, with a value in the place of …:"))
    let commands = lines.filter { $0.hasPrefix("    ") }
    #expect(commands.count == 2 && commands.allSatisfy { $0.hasSuffix(" --set heads=…") })
    for command in commands {
      let filled = command.replacingOccurrences(of: "heads=…", with: "heads=4")
      #expect(try workplace.run("/bin/sh", ["-c", filled]).exitCode == 0)
    }
  }
}
