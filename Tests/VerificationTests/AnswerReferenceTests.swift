import Bytes
import Conversion
import Foundation
import Heads
import Inference
import JSON
import ModelFiles
import Tasks
import Tensors
import TestSupport
import Testing
import Tokenization

@testable import Verification

/// Answers of heads, held against those that bert4keras gave (`tools/fixtures/Heads/make_bert4keras.py`), and mistakes planted in them.
@Suite("Answers of references") struct AnswerReferenceTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func folder(_ model: String) -> URL { Fixtures.folder("Heads").appending(path: model) }

  private func file(_ model: String, head: String? = nil, labels: [String]? = nil) throws -> ModelFile {
    var options = Conversion.Options()
    options.head = HeadPlan.Options(
      description: try head.map { try HeadDescription($0) },
      labels: try labels ?? LabelFile.names(at: folder(model).appending(path: "labels.txt").path))
    let source = folder(model).appending(path: head == nil ? "model.h5" : "best_model.weights").path
    let path = directory.path("\(model).ingot")
    _ = try Conversion(planning: Release(at: source), options: options).write(to: path, replacing: true)
    return try ModelFile(mapping: path)
  }

  private func reference(_ model: String) throws -> Reference {
    try Reference(opening: folder(model).appending(path: "reference.npz").path)
  }

  @Test(
    "points and answers of a head are those of bert4keras, and a probe in the file proves them anywhere",
    arguments: ["first", "pooler", "mean", "tagger", "crf", "memm", "pointer", "pointer-plain", "albert", "roformer"])
  func recorded(model: String) throws {
    let (plain, reference) = (try file(model), try reference(model))
    let sealed = directory.path("sealed.ingot")
    try plain.copy(to: sealed) { $0.probes = [reference.probe()] }
    let verdict = try Verdict(on: ModelFile(mapping: sealed), reference: reference)
    #expect(verdict.isVerified)
    guard case .found(let answer)? = verdict.probe else {
      Issue.record("no probe")
      return
    }
    #expect(answer.answers?.count == 4 && answer.answers?.ties == 0)
    #expect(answer.points.points.contains { $0.point == "head.logits" })
  }

  /// The recorded answers of a reference, changed.
  private func changed(
    _ reference: Reference, by change: (JSON) throws -> JSON
  ) throws -> Reference {
    let batch = reference.batches[0]
    var points = batch.points
    let rows = try JSON(parsing: points[Reference.Batch.answersName]!.bytes).elements!
    let text = JSON.array(try rows.map(change)).compact
    points[Reference.Batch.answersName] = Tensor(Array(text.utf8), shape: [text.utf8.count])!
    return Reference(
      file: "planted", batches: [try Reference.Batch(inputs: batch.inputs, points: points, number: 0, of: "planted")])
  }

  private func spans(_ row: JSON, _ change: ([JSON]) -> [JSON]?) -> JSON {
    [
      "spans": .array(
        (row["spans"]?.elements ?? []).compactMap { change($0.elements!).map(JSON.array) })
    ]
  }

  /// Other heads over the same tensors, and the point at which each must be found.
  static let otherHeads = [
    ("first", "classifier=Dense-1,softmax,mean", "head.logits"),
    ("first", "classifier=Dense-1,sigmoid,first", "head.probabilities"),
    ("deep", "classifier=Dense-1,relu,Dense-2,softmax", "head.dense.0"),
    ("pointer", "global-pointer=global_pointer,head_size=8,rope=false", "head.logits"),
    ("pointer", "global-pointer=global_pointer,head_size=8,tril_mask=false", "head.logits"),
    ("efficient-pointer", "efficient-global-pointer=efficient_global_pointer,head_size=8,rope=false", "head.logits"),
  ]

  /// What is said of each mistake in answers, as Formats/PlantedMistakes.txt lists it.
  private static let said = [
    "first: labels rotated": "labels stand in another order",
    "tagger: labels rotated": "labels stand in another order",
    "crf: lr_multiplier forgotten": "with lr_multiplier=10 all answers are the recorded ones",
    "crf: transitions transposed": "with the scores of steps transposed all answers are the recorded ones",
    "pointer: the last character counted as the end": "recorded spans end one before Ingot's",
    "pointer: spans off by one": "recorded spans begin one behind and end one behind Ingot's",
    "efficient-pointer: the mask off by one": "recorded answers have no span of one token",
  ]

  /// Whether a diagnosis begins as it is listed.
  private func names(_ diagnosis: String?, _ mistake: String) -> Bool {
    Self.said[mistake].flatMap { said in diagnosis.map { $0.hasPrefix(said) } } ?? false
  }

  @Test("labels in another order are found, and said")
  func rotated() throws {
    let wrong = try file("first", labels: ["山", "人", "月"])
    let comparison = try #require(try AnswerComparison(of: wrong, with: reference("first")))
    #expect(!comparison.agrees && comparison.differing == 4)
    #expect(names(comparison.diagnosis, "first: labels rotated"))
    let tags = try file("tagger", labels: ["B-PER", "I-PER", "B-LOC", "I-LOC", "O"])
    #expect(names(try AnswerComparison(of: tags, with: reference("tagger"))?.diagnosis, "tagger: labels rotated"))
  }

  @Test("an lr_multiplier that was forgotten is found, and said")
  func forgotten() throws {
    let wrong = try file("crf", head: "crf=dense,conditional_random_field,lr_multiplier=1")
    let comparison = try #require(try AnswerComparison(of: wrong, with: reference("crf")))
    #expect(
      comparison.diagnosis
        == "with lr_multiplier=10 all answers are the recorded ones: convert again and say it with --head")
    #expect(names(comparison.diagnosis, "crf: lr_multiplier forgotten"))
    // The points know nothing of transitions: only the answers do.
    #expect(try ReferenceComparison(of: Model(wrong), with: reference("crf")).agrees)
  }

  @Test("transitions that are transposed are found, and said")
  func transposed() throws {
    let right = try file("crf")
    let labeller = try Labeller(Session(right, tokenizer: Tokenizer(of: right)))
    let other = try labeller.changingTransitions(isTransposed: true)
    let texts = try reference("crf").batches[0].texts(number: 0, of: "")
    var answers = try other.answers(to: #require(texts).map { [$0.first] })
    let planted = try changed(reference("crf")) { _ in
      ["labels": .array(answers.removeFirst().tokenLabels!.map(JSON.string))]
    }
    let comparison = try #require(try AnswerComparison(of: right, with: planted))
    #expect(!comparison.agrees)
    #expect(names(comparison.diagnosis, "crf: transitions transposed"))
  }

  @Test("spans that are off by one are found, and said")
  func shifted() throws {
    let right = try file("pointer")
    func diagnosis(_ change: @escaping ([JSON]) -> [JSON]?) throws -> String? {
      try AnswerComparison(of: right, with: changed(reference("pointer")) { spans($0, change) })?.diagnosis
    }
    #expect(
      try diagnosis { [$0[0], .integer($0[1].integer! - 1), $0[2]] }
        == "recorded spans end one before Ingot's: their last character counts, and here the end is excluded")
    #expect(
      try diagnosis { [.integer($0[0].integer! + 1), .integer($0[1].integer! + 1), $0[2]] }
        == "recorded spans begin one behind and end one behind Ingot's: they are off by one")
    let efficient = try file("efficient-pointer", head: Self.efficient)
    let withoutDiagonal = try changed(reference("efficient-pointer")) { row in
      spans(row) { $0[1].integer! - $0[0].integer! > 1 ? $0 : nil }
    }
    #expect(
      try AnswerComparison(of: efficient, with: withoutDiagonal)?.diagnosis
        == "recorded answers have no span of one token: their mask hides the first of each row too, and is off by one")
  }

  private static let efficient = "efficient-global-pointer=efficient_global_pointer,head_size=8"

  @Test(
    "another head over the same tensors differs first at the point where it does",
    arguments: otherHeads)
  func points(model: String, head: String, point: String) throws {
    let comparison = try ReferenceComparison(of: Model(file(model, head: head)), with: reference(model))
    #expect(comparison.firstDivergence?.point == point)
  }

  @Test("what is no list of answers is refused")
  func refusals() throws {
    let batch = try reference("first").batches[0]
    func message(_ text: String) -> String {
      do {
        _ = try Reference.Batch(
          inputs: batch.inputs, points: ["head.answers": Tensor(Array(text.utf8), shape: [text.utf8.count])!],
          number: 0,
          of: "x")
        return "no problem"
      } catch { return "\(error)" }
    }
    let tail =
      ", expected uint8 [n], a JSON list with label, labels or spans for each row. Formats/Reference.md says what a reference holds."
    let head = "x: mismatched in 0/point/head.answers: found "
    #expect(message("{}") == head + "no JSON list" + tail)
    #expect(message("[{\"label\":\"a\"}]") == head + "1 answers for 4 rows" + tail)
    #expect(message("[{},{},{},{}]") == head + "an element without any of them" + tail)
    #expect(message("[{\"spans\":[[1]]},{},{},{}]") == head + "a span [1]" + tail)
  }

  @Test("are listed in Formats/PlantedMistakes.txt, each with where it is found or what is said of it")
  func page() throws {
    let page = try String(
      contentsOf: Fixtures.repository.appending(path: "Formats/PlantedMistakes.txt"), encoding: .utf8)
    let planted =
      Self.otherHeads.map { "head  \($0.0): \($0.1)  at \($0.2)" }
      + Self.said.map { "head  \($0.key)  said: \($0.value)" }
    #expect(page.split(separator: "\n").filter { $0.hasPrefix("head  ") }.map(String.init) == planted.sorted())
  }
}
