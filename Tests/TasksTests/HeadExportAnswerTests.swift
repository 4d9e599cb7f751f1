import Bytes
import Conversion
import Foundation
import Heads
import JSON
import ModelFiles
import Tasks
import TestSupport
import Testing

/// Heads of bert4keras in the files of other programs.
@Suite("Heads that are exported") struct HeadExportAnswerTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func folder(_ model: String) -> URL { Fixtures.folder("Heads").appending(path: model) }

  private func file(_ model: String) throws -> ModelFile {
    var options = Conversion.Options()
    options.head.labels = try LabelFile.names(at: folder(model).appending(path: "labels.txt").path)
    let path = directory.path("\(model).ingot")
    let release = try Release(at: folder(model).appending(path: "model.h5").path)
    _ = try Conversion(planning: release, options: options).write(to: path, replacing: true)
    return try ModelFile(mapping: path)
  }

  @Test(
    "a head that transformers has is exported with its labels, as the files that it answered with",
    arguments: [("pooler", "BertForSequenceClassification"), ("tagger", "BertForTokenClassification")])
  func transformers(model: String, name: String) throws {
    let output = directory.path("exported")
    _ = try Export(planning: file(model), to: .huggingface).write(to: output)
    let said = try JSON(
      parsing: String(contentsOf: Fixtures.folder("Heads").appending(path: "exported.json"), encoding: .utf8))
    let files = try #require(said[model]?["files"]?.members)
    #expect(files.map(\.name) == ["config.json", "model.safetensors"])
    for member in files {
      let bytes = try ByteView(mapping: "\(output)/\(member.name)")
      #expect(bytes.withUnsafeBytes { "\(Digest(of: $0))" } == member.value.string)
    }
    let versions = try #require(said[model]?["transformers"]?.members)
    #expect(versions.map(\.name) == ["4.38.2", "5.23.0"])
    for version in versions {
      #expect(version.value == ["answers": 120, "class": .string(name), "equal": 120])
    }
    // Without what Ingot wrote beside them, the files alone give the same answers.
    try FileManager.default.removeItem(atPath: "\(output)/ingot.json")
    let again = directory.path("again.ingot")
    _ = try Conversion(planning: Release(at: output)).write(to: again)
    let labeller = try Labeller(Session(opening: again))
    let rows = try #require(
      JSON(parsing: String(contentsOf: folder(model).appending(path: "answers.json"), encoding: .utf8)).elements)
    let texts = rows.map { row in
      row["text"]?.string.map { [$0] } ?? (row["text"]?.elements ?? []).compactMap(\.string)
    }
    for (answer, row) in zip(try labeller.answers(to: texts), rows) {
      #expect(answer.label == row["label"]?.string)
      #expect(answer.tokenLabels == row["labels"]?.elements?.compactMap(\.string))
    }
  }

  @Test("a head that no other program has comes back with its export, and is said not to be computed there")
  func comingBack() throws {
    let crf = try file("crf")
    var options = Export.Options()
    options.extras = .keep
    let export = try Export(planning: crf, to: .huggingface, options: options)
    #expect(
      export.remarks.contains(
        "The head (crf of tokens) is no part of BertModel, and no class of transformers computes it."))
    let first = try Export(planning: file("first"), to: .huggingface, options: options)
    #expect(
      first.remarks.contains(
        "The head (sequence of first) is no part of BertModel: classes of texts read what a pooler, or a layer of their own, makes of the first token."
      ))
    for destination in [Export.Destination.huggingface, .keras, .npz] {
      let output = directory.path("\(destination)")
      _ = try Export(planning: crf, to: destination, options: options).write(to: output)
      let path = directory.path("back.ingot")
      _ = try Conversion(planning: Release(at: output)).write(to: path, replacing: true)
      let back = try ModelFile(mapping: path)
      #expect(back.head == crf.head)
      let text = ["床前明月光，疑是地上霜。"]
      #expect(
        try Labeller(Session(opening: path)).answers(to: [text])
          == Labeller(Session(opening: directory.path("crf.ingot"))).answers(to: [text]))
    }
  }
}
