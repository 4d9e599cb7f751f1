import Architectures
import Bytes
import Conversion
import Foundation
import JSON
import ModelFiles
import TestSupport
import Testing

/// Heads of fine-tuned models on their way from one family of files to another.
@Suite struct HeadExportTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func export(
    _ fixture: String, to destination: Export.Destination, keeping extras: ExtraPolicy = .refuse,
    _ options: Export.Options = Export.Options()
  ) throws -> Export {
    let path = directory.path("model.ingot")
    _ = try Conversion(
      planning: Release(at: Fixtures.folder(fixture).path), options: Conversion.Options(extras: extras)
    ).write(to: path, replacing: true)
    return try Export(planning: ModelFile(mapping: path), to: destination, options: options)
  }

  @Test(
    "a head of TensorFlow's becomes the class of transformers that has it, with its labels",
    arguments: [
      ("HuggingFaceTF/classifier", "TensorFlow's own class"), ("Export/google-classifier", "output_weights"),
    ])
  func becomesAClass(fixture: String, comment: String) throws {
    let export = try export(fixture, to: .huggingface)
    #expect(export.configuration["architectures"] == ["BertForSequenceClassification"])
    #expect(export.plan.extras.map(\.source).sorted() == ["classifier.bias", "classifier.weight"])
    #expect(export.configuration["id2label"] == ["0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"])
    #expect(export.loading(from: "F").first == "from transformers import BertForSequenceClassification")
    #expect(export.remarks.contains("No file names the 3 labels: they are numbered.") == fixture.hasPrefix("Export/"))
  }

  @Test("labels, the kind of problem and what else the source's configuration says travel with a head")
  func labels() throws {
    let folder = directory.path("labelled")
    try FileManager.default.copyItem(at: Fixtures.folder("HuggingFaceTF/classifier"), to: URL(filePath: folder))
    let path = folder + "/config.json"
    let text = try String(contentsOfFile: path, encoding: .utf8).replacing("LABEL_1", with: "neutral")
      .replacing("\"vocab_size\"", with: "\"problem_type\": \"multi_label_classification\",\n  \"vocab_size\"")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    _ = try Conversion(planning: Release(at: folder)).write(to: directory.path("labelled.ingot"))
    let export = try Export(planning: ModelFile(mapping: directory.path("labelled.ingot")), to: .huggingface)
    #expect(export.configuration["id2label"]?["1"] == "neutral")
    #expect(export.configuration["problem_type"] == "multi_label_classification")
  }

  @Test("a head that nobody knows is said not to be loaded, and how to say what it is")
  func unknown() throws {
    let kept = try export("bert4keras/classifier", to: .huggingface, keeping: .keep, Export.Options(extras: .keep))
    #expect(kept.configuration["architectures"] == ["BertModel"])
    #expect(
      kept.remarks.filter { $0.contains("dense[0]") || $0.contains("--head") } == [
        "dense[0], dense[1]: written under their own names; BertModel does not load them.",
        "What a layer reads stands in no file of weights: if one of them is a head, say so with --head KIND=LAYER "
          + "(sequence, distilled, choice, token, span).",
      ])
    let said = try export(
      "bert4keras/classifier", to: .huggingface, keeping: .keep, Export.Options(head: HeadChoice("sequence=dense")))
    #expect(said.configuration["architectures"] == ["BertForSequenceClassification"])
  }

  @Test(
    "a head that the user names and that is not there is mismatched",
    arguments: [
      (
        "bert4keras/tagger", "sequence=dense_1",
        "found tensors of a head for token, expected those of sequence in the layer dense_1. Such a head reads the pooler's "
          + "vector, and this model has no pooler."
      ),
      (
        "bert4keras/tagger", "token=dense_7",
        "found no tensors beyond the architecture that have the names and shapes of a head, expected those of token in the "
          + "layer dense_7. bert may have heads for sequence, distilled, choice, token, span."
      ),
    ])
  func given(fixture: String, head: String, message: String) {
    let problem = #expect(throws: Problem.self) {
      _ = try export(fixture, to: .huggingface, keeping: .keep, Export.Options(extras: .keep, head: HeadChoice(head)))
    }
    #expect(problem?.description.hasSuffix("mismatched in --head: \(message)") == true, "\(problem?.description ?? "")")
  }

  @Test("extras are loaded beside by the names of layers, and a head stands in the printed lines")
  func lines() throws {
    let tagger = try export("bert4keras/tagger", to: .keras, keeping: .keep, Export.Options(extras: .keep))
    #expect(tagger.loading(from: "F").last == "model.load_weights(\"F/weights.h5\", by_name=True)")
    let classifier = try export("HuggingFace/bert-classifier", to: .keras)
    #expect(classifier.plan.extras.map(\.source) == ["classifier[0]", "classifier[1]"])
    #expect(classifier.loading(from: "F").contains("logits = keras.layers.Dense(3, name=\"classifier\")(model.output)"))
    #expect(classifier.loading(from: "F").last == "model.load_weights(\"F/weights.h5\", by_name=True)")
  }

  @Test(
    "an export keeps every bit of a head on its way to another family and back",
    arguments: [
      Export.Destination.keras, .tensorflow, .huggingface,
    ])
  func thereAndBack(destination: Export.Destination) throws {
    let there = try export("HuggingFace/bert-classifier", to: destination)
    _ = try there.write(to: directory.path("there"))
    let first = try ModelFile(mapping: directory.path("model.ingot"))
    _ = try Conversion(
      planning: Release(at: directory.path("there")), options: Conversion.Options(extras: .keep)
    ).write(to: directory.path("back.ingot"))
    let head: HeadChoice? = destination == .keras ? HeadChoice("sequence") : nil
    let back = try Export(
      planning: ModelFile(mapping: directory.path("back.ingot")), to: .huggingface, options: Export.Options(head: head))
    _ = try back.write(to: directory.path("back"))
    _ = try Conversion(planning: Release(at: directory.path("back"))).write(to: directory.path("again.ingot"))
    let again = try ModelFile(mapping: directory.path("again.ingot"))
    for name in ["extra.classifier.weight", "extra.classifier.bias"] {
      let (one, other) = try (#require(first.tensor(name)), #require(again.tensor(name)))
      #expect(try one.shape == other.shape && one.firstDifference(from: other) == nil)
    }
  }
}
