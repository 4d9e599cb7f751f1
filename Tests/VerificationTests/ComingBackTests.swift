import Architectures
import Bytes
import Conversion
import Foundation
import ModelFiles
import TestSupport
import Testing
import Verification

/// Every folder that Ingot exports comes back without an option: what the model file was, but for the ledger, which tells of the folder.
@Suite("What is exported comes back") struct ComingBackTests {
  @Test("from every kind of folder that a model can be exported to", arguments: ModelFixture.candidates)
  func every(fixture: ModelFixture) throws {
    guard fixture.holdsWeights, let conversion = try? fixture.plan() else { return }
    let directory = try TemporaryDirectory()
    _ = try conversion.write(to: directory.path("model.ingot"))
    let model = try ModelFile(mapping: directory.path("model.ingot"))
    var count = 0
    for destination in Export.Destination.allCases {
      // What a destination cannot hold is another test's concern.
      let folder = directory.path(destination.rawValue)
      guard let export = try? Export(planning: model, to: destination, options: Export.Options(extras: .keep)),
        (try? export.check(for: folder)) != nil
      else { continue }
      _ = try export.write(to: folder)
      let back = try Self.converted(folder, into: directory.path("\(destination).ingot"))
      try Self.expect(back, toBe: model, "\(destination)")
      let again = try Export(planning: back, to: destination, options: Export.Options(extras: .keep))
      #expect(again.configuration == export.configuration, "\(destination)")
      #expect(again.keptHead?.kind == export.keptHead?.kind && again.keptHead?.labels == export.keptHead?.labels)
      #expect(again.loading(from: "") == export.loading(from: ""))
      count += 1
    }
    #expect(count >= 1)
  }

  /// A model file of a fixture.
  private static func model(
    _ fixture: String, _ options: Conversion.Options = Conversion.Options(), in directory: TemporaryDirectory
  ) throws -> ModelFile {
    let path = directory.path("\(fixture.replacing("/", with: "-")) \(options.elementType?.rawValue ?? "").ingot")
    _ = try Conversion(planning: Release(at: Fixtures.folder(fixture).path), options: options).write(to: path)
    return try ModelFile(mapping: path)
  }

  @Test("also in another element type")
  func narrower() throws {
    let directory = try TemporaryDirectory()
    // NEZHA's table of distances lies in no file of transformers.
    let rounded = try Self.model("Architectures/nezha", Conversion.Options(elementType: .bfloat16), in: directory)
    let options = Export.Options(elementType: .bfloat16, settings: ["mlm.epsilon": "1e-07"])
    _ = try Export(planning: Self.model("Architectures/nezha", in: directory), to: .huggingface, options: options)
      .write(to: directory.path("rounded"))
    let back = try Self.converted(directory.path("rounded"), into: directory.path("rounded.ingot"))
    #expect(Self.digests(of: back) == Self.digests(of: rounded))
    #expect(back.tensor("attention.relative.weight") != nil)
    // What the user chose for the exported model is the model's from then on.
    #expect(back.settings["mlm.epsilon"] == .number("1e-07") && back.assumed?.contains("mlm.epsilon") == false)
  }

  @Test("also with parts left out, and with layers of names that only the user knows")
  func options() throws {
    let directory = try TemporaryDirectory()
    let sim = try Self.model(
      "Architectures/bert-sim", Conversion.Options(settings: ["pooler.activation": "linear"]), in: directory)
    let without = Export.Options(without: ["pooler", "mlm"], settings: ["mask": "none"])
    _ = try Export(planning: sim, to: .huggingface, options: without).write(to: directory.path("sim"))
    let conversion = try Conversion(planning: Release(at: directory.path("sim")))
    // An ElectraModel is what it looks like; the export knows better.
    #expect(conversion.architecture.name == "bert" && conversion.plan.naming == "huggingface-electra")
    #expect(conversion.plan.groups == ["segment", "projection"])
    #expect(
      conversion.remarks.filter { $0.hasPrefix("The export left") }
        == ["mlm", "pooler"].map {
          "The export left \($0) out (\(directory.path("sim/ingot.json")))."
        })
    try FileManager.default.removeItem(atPath: directory.path("sim/ingot.json"))
    #expect(try Conversion(planning: Release(at: directory.path("sim"))).architecture.name == "electra")

    let classifier = try Self.model("bert4keras/classifier", Conversion.Options(extras: .keep), in: directory)
    let head = Export.Options(head: HeadChoice("sequence=dense"))
    for destination in [Export.Destination.keras, .huggingface, .tensorflow] {
      let folder = directory.path("classifier-\(destination)")
      _ = try Export(planning: classifier, to: destination, options: head).write(to: folder)
      let back = try Conversion(planning: Release(at: folder))
      #expect(back.plan.head?.kind == "sequence" && back.plan.head?.origin == .export)
      try Self.expect(
        Self.converted(folder, into: directory.path("\(destination).ingot")), toBe: classifier, "\(destination)")
    }
  }

  @Test("and is verified against the folder, tables that lie in ingot.json too")
  func verified() throws {
    let directory = try TemporaryDirectory()
    let model = try Self.model("Architectures/nezha", in: directory)
    let folder = directory.path("out")
    _ = try Export(planning: model, to: .tensorflow).write(to: folder)
    let back = try Self.converted(folder, into: directory.path("back.ingot"))
    let address = "ingot.json/attention.relative.weight"
    let json = try back.ledger()
    #expect(try Ledger(#require(json), file: back.path).rows.contains { $0.source == address })
    let source = try Release.source(at: folder, of: back)
    #expect(try SourceComparison(of: back, with: source).agrees)
    // Of another model file the folder is no more than its weights.
    #expect(try Release.source(at: folder, of: model).tensor(addressedAs: address) == nil)
    #expect(try Release.weights(at: folder).tensor(addressedAs: address) == nil)
  }

  /// Everything but the ledger is the same.
  private static func expect(_ back: ModelFile, toBe model: ModelFile, _ destination: Comment) throws {
    #expect(back.architecture == model.architecture, destination)
    #expect(back.settings == model.settings, destination)
    #expect(back.assumed == model.assumed, destination)
    #expect(back.text == model.text && back.vectors == model.vectors, destination)
    #expect(digests(of: back) == digests(of: model), destination)
    #expect(back.attachments.map(\.name) == model.attachments.map(\.name), destination)
    for (one, other) in zip(back.attachments, model.attachments) {
      #expect(one.bytes.array() == other.bytes.array(), "\(one.name)")
    }
  }

  private static func converted(_ folder: String, into path: String) throws -> ModelFile {
    _ = try Conversion(planning: Release(at: folder)).write(to: path)
    return try ModelFile(mapping: path)
  }

  private static func digests(of model: ModelFile) -> [String: String] {
    Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.name, model.digest(of: $0.name)!.description) })
  }
}
