import Bytes
import Conversion
import Foundation
import Heads
import JSON
import ModelFiles
import TestSupport
import Testing

/// What stands on top of a model: found, told, asked for, and kept in the model file.
@Suite("Heads") struct HeadTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func conversion(_ file: String, head: String? = nil, labels: [String]? = nil) throws -> Conversion {
    var options = Conversion.Options()
    options.head = HeadPlan.Options(description: try head.map { try HeadDescription($0) }, labels: labels)
    return try Conversion(
      planning: Release(at: Fixtures.folder("Heads").appending(path: file).path), options: options)
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no problem"
    } catch {
      return "\(error)".replacing(Fixtures.folder("Heads").path + "/", with: "")
    }
  }

  @Test("what is found of a head has its origin, and what is assumed is said")
  func origins() throws {
    func words(_ conversion: Conversion) -> [String] {
      conversion.head!.entries.map {
        "\($0.name) = \($0.value) (\($0.origin))" + ($0.assumption.map { "; \($0)" } ?? "")
      }
    }
    #expect(
      words(try conversion("first/model.h5")) == [
        "kind = sequence (model_config)",
        "input = first (assumed of the layer CLS-token); a Lambda is not run; mean or max: --head classifier=…,mean",
        "layer = Dense-1, softmax (model_config)", "labels = 3, numbered (no file names them: --labels FILE)",
      ])
    #expect(
      words(try conversion("crf/model.h5", labels: ["O", "B-A", "I-A", "B-B", "I-B"])) == [
        "kind = crf (model_config)", "input = tokens (model_config)", "layer = dense, linear (model_config)",
        "lr_multiplier = 10 (model_config)",
        "starts = 0 (assumed); as bert4keras' examples decode; else: --head …,starts=0+1",
        "ends = 0 (assumed); as bert4keras' examples decode; else: --head …,ends=0+1",
        "labels = O, B-A, I-A, B-B, I-B (given)", "spans = entities (the names of the labels)",
      ])
    #expect(
      words(try conversion("hf-token")) == [
        "kind = token (configuration: architectures = [\"BertForTokenClassification\"])",
        "input = tokens (the name table)",
        "labels = O, B-PER, I-PER, B-LOC, I-LOC (configuration: id2label)", "spans = runs (the names of the labels)",
      ])
  }

  @Test("what only the user can say is asked for, and what cannot be is refused")
  func questions() throws {
    let weights = "best_model.weights"
    let cases: [(String, String?, [String]?, String)] = [
      (
        "first/\(weights)", "classifier=Dense-1", nil,
        "first/best_model.weights: mismatched in --head: found nothing that says what follows the layer Dense-1, expected its activation: --head …,Dense-1,ACTIVATION (softmax, sigmoid or linear)."
      ),
      (
        "first/\(weights)", "classifier=Dense-2,softmax", nil,
        "first/best_model.weights: mismatched in --head: found no layer Dense-2 with a matrix beyond the architecture, expected one of Dense-1. Did you mean Dense-1?"
      ),
      (
        "crf/\(weights)", "crf=dense,conditional_random_field", nil,
        "crf/best_model.weights: mismatched in --head: found nothing that says lr_multiplier, which no file of weights tells, expected --head …,lr_multiplier=1000."
      ),
      (
        "pointer/\(weights)", "global-pointer=global_pointer", nil,
        "pointer/best_model.weights: mismatched in --head: found nothing that says head_size, which no file of weights tells, expected --head …,head_size=64."
      ),
      (
        "first/\(weights)", "classifier=Dense-1,softmax", ["a", "b"],
        "--labels: mismatched: found 2 different names, expected 3, as many as first/best_model.weights has scores."
      ),
      (
        "first/\(weights)", "classifer=Dense-1,softmax", nil,
        "--head: mismatched: found \"classifer\", expected one of classifier, sequence, choice, token, span, crf, memm, global-pointer, efficient-global-pointer."
      ),
    ]
    for (file, head, labels, expected) in cases {
      #expect(message { _ = try conversion(file, head: head, labels: labels) } == expected)
    }
  }

  @Test(
    "an lr_multiplier of any size is shown as it is",
    arguments: [("1000", "1000"), ("2.5", "2.5"), ("1e300", "1e+300")])
  func multiplier(said: String, shown: String) throws {
    let planned = try conversion(
      "crf/best_model.weights", head: "crf=dense,conditional_random_field,lr_multiplier=\(said)")
    #expect(planned.head?.entries.first { $0.name == "lr_multiplier" }?.value == shown)
  }

  @Test("a model file keeps its head, and a member that it cannot mean is refused")
  func kept() throws {
    let path = directory.path("model.ingot")
    let planned = try conversion("pointer/model.h5", labels: ["PER", "LOC"])
    _ = try planned.write(to: path)
    let file = try ModelFile(mapping: path)
    #expect(try HeadSettings(of: file) == planned.head?.settings)
    #expect(try HeadSettings(planned.head!.settings.json, of: "x") == planned.head?.settings)
    let spoiled: [(String, String, String)] = [
      ("\"kind\":\"global-pointer\"", "\"kind\":\"maze\"", "x: unsupported in ingot.head, kind: found \"maze\""),
      ("\"size\":8", "\"size\":0", "x: damaged in ingot.head, pointer, size: found 0, expected a positive number."),
      (
        "\"input\":\"tokens\"", "\"input\":\"first\"",
        "x: damaged in ingot.head, input: found \"first\", expected tokens."
      ),
      ("\"labels\":", "\"lables\":", "x: unsupported in ingot.head, lables: found a member of unknown meaning"),
    ]
    for (old, new, expected) in spoiled {
      let json = try JSON(parsing: planned.head!.settings.json.compact.replacing(old, with: new))
      #expect(message { _ = try HeadSettings(json, of: "x") }.hasPrefix(expected))
    }
  }

  @Test(
    "the best path is the one that adds most, the lowest label wins among equals, and the margin is that of the next")
  func paths() {
    // From 0 to 1 costs nothing, from 1 to 1 five.
    let viterbi = Viterbi(transitions: [0, 0, 0, -5], labelCount: 2, starts: [0, 1], ends: [0, 1])
    let path = viterbi.path(through: [0, 1, 0, 3, 0, 1])
    #expect(path.labels == [0, 1, 0] && path.score == 3 && path.margin == 1)
    let equal = Viterbi(transitions: [0, 0, 0, 0], labelCount: 2, starts: [0, 1], ends: [0, 1]).path(through: [
      1, 1, 1, 1,
    ])
    #expect(equal.labels == [0, 0] && equal.margin == 0)
    let bound = Viterbi(transitions: [0, 0, 0, 0], labelCount: 2, starts: [0], ends: [0]).path(through: [0, 9, 0, 9])
    #expect(bound.labels == [0, 0] && bound.margin == .infinity)
  }

  @Test("labels of tokens group as the program that made them groups them")
  func groups() {
    let labels = ["B-A", "I-A", "I-B", "O", "I-A", "B-A", "B-B"]
    let isSpecial = labels.map { _ in false }
    func spans(_ grouping: HeadSettings.Grouping, _ labels: [String]) -> [String] {
      grouping.spans(of: labels, isSpecial: isSpecial).map { "\($0.tokens) \($0.label ?? "")" }
    }
    #expect(spans(.entities, labels) == ["0...2 A", "5...5 A", "6...6 B"])
    #expect(spans(.runs, labels) == ["0...1 A", "2...2 B", "4...4 A", "5...5 A", "6...6 B"])
    #expect(spans(.words, ["M", "E", "S", "B", "M", "E", "B"]) == ["0...1 ", "2...2 ", "3...5 ", "6...6 "])
    #expect(HeadSettings.Grouping(of: ["O", "B-A", "I-A"], isBERT4Keras: true) == .entities)
    #expect(HeadSettings.Grouping(of: ["O", "B-A", "I-A"], isBERT4Keras: false) == .runs)
    #expect(HeadSettings.Grouping(of: ["S", "B", "M", "E"], isBERT4Keras: true) == .words)
    #expect(HeadSettings.Grouping(of: ["noun", "verb"], isBERT4Keras: true) == .tokens)
  }
}
