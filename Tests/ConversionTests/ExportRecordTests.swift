import Architectures
import Bytes
import Conversion
import Foundation
import JSON
import ModelFiles
import TestSupport
import Testing

/// `ingot.json` is a file like any other: it is believed only where it agrees with the weights, and the user's own word counts more.
@Suite("What an export tells of itself") struct ExportRecordTests {
  let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    _ = try Conversion(
      planning: Release(at: Fixtures.folder("Architectures/nezha").path),
      options: Conversion.Options(settings: ["mask": "unilm"])
    ).write(to: directory.path("model.ingot"))
    _ = try Export(planning: ModelFile(mapping: directory.path("model.ingot")), to: .tensorflow).write(
      to: directory.path("out"))
  }

  private func text(of name: String) throws -> String {
    try String(contentsOfFile: directory.path("out/\(name)"), encoding: .utf8)
  }

  /// Writes a file of the exported folder anew.
  private func tell(_ text: String, in name: String = "ingot.json") throws {
    _ = try directory.write(Array(text.utf8), to: "out/\(name)")
  }

  /// Changes what the record says.
  private func change(_ old: String, to new: String, in name: String = "ingot.json") throws {
    let text = try text(of: name)
    try #require(text.contains(old))
    try tell(text.replacing(old, with: new), in: name)
  }

  private func conversion(_ options: Conversion.Options = Conversion.Options()) throws -> Conversion {
    try Conversion(planning: Release(at: directory.path("out")), options: options)
  }

  private func message(_ options: Conversion.Options = Conversion.Options()) -> String? {
    do {
      _ = try conversion(options)
      return nil
    } catch {
      return "\(error)".replacing(directory.path("out") + "/", with: "")
    }
  }

  private func warnings(_ options: Conversion.Options) throws -> [String] {
    try conversion(options).warnings.map { $0.replacing(directory.path("out") + "/", with: "") }
  }

  @Test("is a readable file that says what the others cannot")
  func contents() throws {
    let json = try JSON(parsing: ByteView(mapping: directory.path("out/ingot.json")))
    #expect(
      json.members?.map(\.name) == [
        "ingot", "architecture", "naming", "origin", "sizes", "settings", "assumed", "vectors", "tables", "attached",
        "files",
      ])
    #expect(json["ingot"] == 1 && json["architecture"] == "nezha" && json["naming"] == "nezha")
    #expect(json["origin"] == "bert4keras" && json["sizes"]?["blocks"] == 2 && json["settings"]?["mask"] == "unilm")
    // A user chose the mask; nobody told the other.
    #expect(json["assumed"]?.elements?.contains("mask") == false)
    #expect(json["assumed"]?.elements?.contains("attention.residual") == true)
    #expect(json["tables"]?.members?.map(\.name) == ["attention.relative.weight"])
    #expect(json["files"]?.members?.map(\.name) == ["bert_config.json"])
  }

  @Test("tells the files of two architectures apart, and what these files have no word for")
  func counts() throws {
    let conversion = try conversion()
    #expect(conversion.architecture.name == "nezha" && conversion.warnings.isEmpty)
    #expect(conversion.recordPath == directory.path("out/ingot.json"))
    let mask = try #require(conversion.settings.entries.first { $0.name == "mask" })
    #expect(mask.value == .choice("unilm") && mask.origin == .export && "\(mask.origin)" == "ingot.json")
    #expect(mask.assumption == nil)
    // The user's word counts more.
    #expect(try self.conversion(Conversion.Options(settings: ["mask": "lm"])).settings["mask"] == .choice("lm"))
    // What nobody told before the export, nobody has told since.
    #expect(
      conversion.settings.assumed.map(\.name) == (try ModelFile(mapping: directory.path("model.ingot"))).assumed)
    try FileManager.default.removeItem(atPath: directory.path("out/ingot.json"))
    #expect(message()?.contains("found tensors that fit nezha (nezha) and roformer (google)") == true)
  }

  @Test("counts less than a configuration that the user changed since, which is the model's own from then on")
  func changedConfiguration() throws {
    let before = try conversion().settings.entries.first { $0.name == "heads" }
    try change("\"settings\": {", to: "\"settings\": {\n    \"heads\": 4,")
    let told = try #require(try conversion().settings.entries.first { $0.name == "heads" })
    #expect(told.value == .integer(4) && told.origin == .export)
    #expect(told.overruled.map(\.value) == [before?.value])
    try change("\"hidden_act\": \"", to: "\"hidden_act\": \"relu\", \"was\": \"", in: "bert_config.json")
    let conversion = try conversion()
    let heads = try #require(conversion.settings.entries.first { $0.name == "heads" })
    #expect(heads.value == before?.value && heads.overruled.map(\.origin) == [.export])
    #expect(conversion.settings["activation"] == .choice("relu") && conversion.settings["mask"] == .choice("unilm"))
    _ = try conversion.write(to: directory.path("back.ingot"))
    let back = try ModelFile(mapping: directory.path("back.ingot"))
    #expect(back.attachment("bert_config.json")?.array() == Array(try text(of: "bert_config.json").utf8))
  }

  @Test("counts for nothing, and a warning says so, where the tensors are others or the user says otherwise")
  func ignored() throws {
    let (architecture, naming) = ("nezha", "nezha")
    let own = Conversion.Options(architecture: architecture, naming: naming)
    #expect(try warnings(own) == [])
    try change("\"naming\": \"nezha\"", to: "\"naming\": \"huggingface\"")
    #expect(
      try warnings(own) == [
        "ingot.json tells of nezha (huggingface) and counts for nothing: the options say otherwise."
      ])
    #expect(
      try warnings(Conversion.Options(architecture: architecture)) == [
        "ingot.json tells of nezha (huggingface) and counts for nothing: model.ckpt.index has other tensors."
      ])
    try change("\"naming\": \"huggingface\"", to: "\"naming\": \"nezha\"")
    try change("\"blocks\": 2", to: "\"blocks\": 3")
    #expect(
      try warnings(own) == [
        "ingot.json tells of nezha (nezha) and counts for nothing: its blocks is 3, and 2 in model.ckpt.index."
      ])
    #expect(try conversion(own).settings["mask"] == .choice("none"))
    try change("\"architecture\": \"nezha\"", to: "\"architecture\": \"later\"")
    #expect(message()?.contains("found tensors that fit nezha (nezha) and roformer (google)") == true)
    #expect(
      try warnings(own) == [
        "ingot.json tells of later (nezha) and counts for nothing: the options say otherwise."
      ])
  }

  @Test(
    "is refused where it is none",
    arguments: [
      ("[]", "unsupported in ingot: found no version, expected version 1"),
      ("{\"ingot\": 2}", "unsupported in ingot: found 2, expected version 1"),
      ("{\"ingot\": 1}", "damaged in architecture: found nothing, expected a text"),
      (told(settings: "[]"), "damaged in settings: found something else, expected an object of settings' values"),
      (
        told(settings: "{\"mask\": []}"),
        "damaged in settings: found something else, expected an object of settings' values"
      ),
      (
        told("\"sizes\": {\"blocks\": 2.5}"),
        "damaged in sizes: found something else, expected an object of whole numbers"
      ),
      (told("\"text\": []"), "damaged in text: found something else, expected an object"),
      (told("\"assumed\": [1]"), "damaged in assumed: found something else, expected a list of texts"),
      (
        told("\"head\": {\"kind\": \"\"}"),
        "damaged in head: found something else, expected a kind, and the layer where it has another name"
      ),
      (
        told("\"extras\": [{\"source\": \"a\", \"tensor\": \"b\", \"transforms\": []}]"),
        "damaged in extras: found something else, expected a list of tensors, each with its source and its transforms"
      ),
      (
        told("\"tables\": {\"x\": {\"type\": \"float32\", \"shape\": [1], \"bytes\": \"00\"}}"),
        "damaged in tables: found something else, expected an object of tables: type, shape, and as many bytes, in hexadecimal"
      ),
      (
        told("\"tables\": {\"x\": {\"type\": \"float32\", \"shape\": [1], \"bytes\": \"0000000g\"}}"),
        "damaged in tables: found something else, expected an object of tables: type, shape, and as many bytes, in hexadecimal"
      ),
      (
        told("\"attached\": {\"x\": {\"file\": \"../x\"}}"),
        "damaged in attached: found something else, expected an object of files: text, hex, or the bare name of a file in the "
          + "folder"
      ),
      (
        told("\"attached\": {\"../x\": {\"text\": \"\"}}"),
        "refused in ../x: found a file name that is a path, expected a bare file name"
      ),
      (
        told("\"files\": {\"x\": \"00\"}"),
        "damaged in files: found something else, expected an object of files' SHA-256"
      ),
    ])
  func hostile(text: String, expected: String) throws {
    try tell(text)
    #expect(message() == "ingot.json: \(expected). Remove the file to do without what it says.")
  }

  private static func told(_ more: String = "\"without\": []", settings: String = "{}") -> String {
    "{\"ingot\": 1, \"architecture\": \"nezha\", \"naming\": \"nezha\", \"settings\": \(settings), \(more)}"
  }

  @Test("is refused where it tells what these tensors cannot be")
  func impossible() throws {
    try tell(Self.told(settings: "{\"mask\": \"all\"}"))
    #expect(
      message() == "model.ckpt.index: mismatched in mask: found \"all\" (ingot.json), expected none, lm or unilm.")
    try tell(Self.told(settings: "{\"masks\": \"lm\"}"))
    #expect(
      message()?.hasPrefix("model.ckpt.index: mismatched in masks: found no setting of this name in nezha") == true)
    let table = "{\"type\": \"float32\", \"shape\": [1], \"bytes\": \"00000000\"}"
    try tell(Self.told("\"tables\": {\"pooler.weight\": \(table)}"))
    #expect(
      message()
        == "ingot.json: mismatched in pooler.weight: found tables of shape [1], expected those that nezha computes, of the shapes "
        + "that its sizes demand.")
  }

  @Test("names the tensors beyond the architecture, and others are refused as ever")
  func extras() throws {
    let source = Fixtures.folder("HuggingFace/bert-classifier").path
    _ = try Conversion(planning: Release(at: source)).write(to: directory.path("head.ingot"))
    let model = try ModelFile(mapping: directory.path("head.ingot"))
    _ = try Export(planning: model, to: .keras).write(to: directory.path("head"))
    let back = try Conversion(planning: Release(at: directory.path("head")))
    #expect(back.plan.extras.map(\.source) == ["classifier[0]", "classifier[1]"])
    #expect(back.plan.extras.map(\.tensor) == ["extra.classifier.weight", "extra.classifier.bias"])
    #expect(back.plan.extras.map(\.transforms) == [[.transpose], []])
    #expect(back.plan.head?.kind == "sequence" && back.plan.head?.labels == 3 && back.plan.head?.origin == .export)
    let path = directory.path("head/ingot.json")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing("\"classifier[1]\"", with: "\"other[1]\"").write(toFile: path, atomically: true, encoding: .utf8)
    let problems = #expect(throws: Problems.self) { try Conversion(planning: Release(at: directory.path("head"))) }
    #expect(problems?.all.map(\.object) == ["classifier[1]"])
  }

  @Test("a table that the model computes is compared before it is left out")
  func computed() throws {
    let folder = directory.path("keras")
    let model = try ModelFile(mapping: directory.path("model.ingot"))
    _ = try Export(planning: model, to: .keras).write(to: folder)
    let text = Self.told("\"computed\": [\"attention.relative.weight\", \"pooler.weight\"]")
      .replacing("\"naming\": \"nezha\"", with: "\"naming\": \"bert4keras\"")
    _ = try directory.write(Array(text.utf8), to: "keras/ingot.json")
    let conversion = try Conversion(planning: Release(at: folder))
    #expect(!conversion.plan.groups.contains("relative") && conversion.plan.groups.contains("pooler"))
    #expect(conversion.plan.size(named: "distances") == nil && conversion.plan.size(named: "width") != nil)
    _ = try conversion.write(to: directory.path("computing.ingot"))
    #expect(try ModelFile(mapping: directory.path("computing.ingot")).tensor("attention.relative.weight") == nil)
  }
}
