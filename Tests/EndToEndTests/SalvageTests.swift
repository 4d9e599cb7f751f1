import Checkpoints
import Foundation
import JSON
import TestSupport
import Testing

/// `--salvage` as a user meets it.
@Suite("Salvage at the command line") struct SalvageCommandTests {
  /// A place with `cut.npz`, which has lost its end: the slots of an optimizer, or a head.
  private func place(cutAt member: String) throws -> Workplace {
    let place = try Workplace(withModel: false)
    let folder = Fixtures.folder("bert4keras").appending(path: "npz-google")
    let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "weights.npz")))
    let end = try #require(bytes.firstRange(of: Array("\(member).npy".utf8))).upperBound + 40
    _ = try place.directory.write(Array(bytes.prefix(end)), to: "cut.npz")
    return place
  }

  private let config = "bert4keras/npz-google/bert_config.json"

  @Test("inspect lists what survives, what is lost, and that the list may be longer")
  func inspect() throws {
    let place = try place(cutAt: "global_step")
    let plain = try place.ingot("inspect", "cut.npz")
    #expect(plain.exitCode == 2)
    #expect(plain.error.hasSuffix("Of its tensors, 46 survive whole: see --salvage.\n"))
    let run = try place.ingot("inspect", "--salvage", "cut.npz")
    #expect(run.exitCode == 0)
    #expect(
      run.output.hasSuffix(
        """

        lost
          global_step  the end of the file

        46 tensors survive whole, 1 is lost.
        What else the file held, its lost end does not tell.

        """))
    let json = try place.ingot("inspect", "--salvage", "--json", "cut.npz").json()
    #expect(json["tensors"]?.elements?.count == 46)
    #expect(json["lost"]?.elements?.compactMap { $0["name"]?.string } == ["global_step"])
    #expect(json["listIsWhole"]?.bool == false)
  }

  @Test("convert takes a file that has lost no weight of the model, and says what it cannot know")
  func convert() throws {
    let place = try place(cutAt: "global_step")
    #expect(try place.ingot("convert", "cut.npz", "--config", config, "-o", "a.ingot").exitCode == 2)
    let run = try place.ingot("convert", "--salvage", "cut.npz", "--config", config, "-o", "a.ingot")
    #expect(run.exitCode == 0)
    #expect(run.output.contains("What else the file held, its lost end does not tell."))
    #expect(try place.ingot("verify", "a.ingot").exitCode == 0)
  }

  @Test(
    "archives of Keras and PyTorch that have lost their directory convert, and those that have lost more do not",
    arguments: [
      ("Keras3/bert4keras", "model.keras", "bert_config.json", 200, 14_000),
      ("PyTorch/bert/zip", "pytorch_model.bin", "config.json", 3_000, 6_000),
    ])
  func archives(folder: String, name: String, config: String, directory: Int, more: Int) throws {
    let place = try Workplace(withModel: false)
    let source = Fixtures.folder(folder).appending(path: name)
    let bytes = [UInt8](try Data(contentsOf: source))
    let arguments = ["--config", Fixtures.folder(folder).appending(path: config).path, "--extra", "drop"]
    _ = try place.directory.write(Array(bytes.dropLast(directory)), to: name)
    #expect(try place.ingot(["convert", name] + arguments + ["-o", "a.ingot"]).exitCode == 2)
    let run = try place.ingot(["convert", "--salvage", name] + arguments + ["-o", "a.ingot"])
    #expect(run.exitCode == 0, "\(run.error)")
    #expect(try place.ingot("verify", "a.ingot", "--source", source.path).exitCode == 0)
    _ = try place.directory.write(Array(bytes.dropLast(more)), to: name)
    let listing = try place.ingot("inspect", "--salvage", "--json", name).json()
    #expect(listing["lost"]?.elements?.isEmpty == false || listing["listIsWhole"]?.bool == false)
    #expect(try place.ingot(["convert", "--salvage", name] + arguments + ["-o", "b.ingot"]).exitCode == 2)
    #expect(try place.ingot("convert", "--salvage", "--allow-missing", name, "-o", "b.safetensors").exitCode == 0)
    let written = try Checkpoint(opening: place.directory.path("b.safetensors"))
    #expect(written.facts.contains { $0.name == "format" && $0.value == "incomplete" })
    #expect(written.tensors.count == listing["tensors"]?.elements?.count)
  }

  @Test("convert refuses a file that has lost a head, and writes what survives only as safetensors")
  func allowMissing() throws {
    let place = try place(cutAt: "cls/predictions/output_bias")
    let refused = try place.ingot("convert", "--salvage", "cut.npz", "--config", config, "-o", "a.ingot")
    #expect(refused.exitCode == 2)
    #expect(refused.error.contains("found a tensor of bert that is lost"))
    let named = try place.ingot("convert", "--salvage", "--allow-missing", "cut.npz", "-o", "a.ingot")
    #expect(named.exitCode == 2 && named.error.contains("found the name of a model file"))
    #expect(!FileManager.default.fileExists(atPath: place.directory.path("a.ingot")))
    let run = try place.ingot("convert", "--salvage", "--allow-missing", "cut.npz", "-o", "a.safetensors")
    #expect(run.exitCode == 0)
    let written = try Checkpoint(opening: place.directory.path("a.safetensors"))
    #expect(written.facts.contains { $0.name == "format" && $0.value == "incomplete" })
    #expect(try place.ingot("convert", "--allow-missing", "cut.npz", "-o", "b.safetensors").exitCode == 64)
  }
}
