import Bytes
import Conversion
import Foundation
import Heads
import JSON
import Tasks
import TestSupport
import Testing

/// What heads say, with small models that bert4keras saved and what it made of a hundred and twenty texts
/// (`tools/fixtures/Heads/make_bert4keras.py`).
@Suite("Labels") struct LabelTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// What is said of the head of each model that is saved as weights alone.
  static let told = [
    "first": "classifier=Dense-1,softmax", "albert": "classifier=dense,softmax",
    "deep": "classifier=Dense-1,tanh,Dense-2,softmax",
    "sigmoid": "classifier=Dense-1,sigmoid,first", "crf": "crf=dense,conditional_random_field,lr_multiplier=10",
    "crf-words": "crf=dense,conditional_random_field,lr_multiplier=1000",
    "memm-hidden": "memm=dense,maximum_entropy_markov_model,lr_multiplier=4",
    "pointer": "global-pointer=global_pointer,head_size=8",
    "efficient-pointer": "efficient-global-pointer=efficient_global_pointer,head_size=8",
  ]

  /// Models of transformers, whose configuration tells all, with what has to be said of one.
  static let transformers: [(String, String?)] = [
    ("hf-sequence", nil), ("hf-several", nil), ("hf-token", nil), ("hf-span", nil), ("hf-choice", nil),
    ("hf-electra", nil),
    ("hf-distilbert", nil),
  ]

  @Test("labels, spans, answers and choices are those of transformers' pipelines", arguments: transformers)
  func pipelines(model: String, head: String?) throws {
    let path = directory.path("model.ingot")
    let folder = Fixtures.folder("Heads").appending(path: model)
    var options = Conversion.Options()
    options.head.description = try head.map { try HeadDescription($0) }
    _ = try Conversion(planning: Release(at: folder.path), options: options).write(to: path)
    try compare(Labeller(Session(opening: path)), with: model)
  }

  private func labeller(_ model: String, head: String? = nil, labels: [String]? = nil) throws -> Labeller {
    let folder = Fixtures.folder("Heads").appending(path: model)
    let file = folder.appending(path: head == nil ? "model.h5" : "best_model.weights").path
    var options = Conversion.Options()
    options.head = HeadPlan.Options(
      description: try head.map { try HeadDescription($0) },
      labels: try labels ?? LabelFile.names(at: folder.appending(path: "labels.txt").path))
    let path = directory.path("\(model).ingot")
    _ = try Conversion(planning: Release(at: file), options: options).write(to: path, replacing: true)
    return try Labeller(Session(opening: path))
  }

  @Test(
    "labels, probabilities and spans are those of bert4keras, from a saved model and from weights",
    arguments: [
      "first", "pooler", "mean", "tagger", "crf", "memm", "pointer", "pointer-plain", "albert", "roformer",
    ].map { ($0, nil) }
      + told.sorted { $0.key < $1.key }.map { ($0.key, Optional($0.value)) })
  func recorded(model: String, head: String?) throws {
    try compare(labeller(model, head: head), with: model)
  }

  private func compare(_ labeller: Labeller, with model: String) throws {
    let file = Fixtures.folder("Heads").appending(path: "\(model)/answers.json")
    let recorded = try #require(JSON(parsing: String(contentsOf: file, encoding: .utf8)).elements)
    #expect(recorded.count == 120)
    let texts = recorded.map { row in
      row["text"]?.string.map { [$0] } ?? (row["text"]?.elements ?? []).compactMap(\.string)
    }
    for (answer, row) in zip(try labeller.answers(to: texts), recorded) {
      let words = Comment(rawValue: row.compact)
      #expect(!answer.isTie, words)
      if let probabilities = row["probabilities"]?.elements?.compactMap(\.double) {
        #expect(zip(answer.probabilities, probabilities).allSatisfy { abs($0 - $1) < 1e-5 }, words)
        if labeller.head.layers.last?.activation == .softmax { #expect(answer.label == row["label"]?.string, words) }
      }
      if let labels = row["labels"]?.elements { #expect(answer.tokenLabels == labels.compactMap(\.string), words) }
      guard let spans = row["spans"]?.elements else { continue }
      #expect(
        answer.spans?.map { "\($0.start) \($0.end) \($0.label ?? "")" }
          == spans.map { span in
            "\(span.elements![0].integer!) \(span.elements![1].integer!) \(span.elements!.count > 2 ? span.elements![2].string! : "")"
          }, words)
    }
  }
}
