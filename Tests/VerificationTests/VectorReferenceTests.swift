import Bytes
import Conversion
import Foundation
import Inference
import JSON
import ModelFiles
import SentenceVectors
import Tensors
import TestSupport
import Testing
import Tokenization
import Verification

/// Vectors that sentence-transformers and bert4keras recorded, and mistakes on the way to them.
@Suite("Recorded vectors of texts") struct VectorReferenceTests {
  private let directory = try! TemporaryDirectory()

  /// The folders, and what the user says of those that say nothing themselves.
  static let models: [(folder: String, options: VectorPlan.Options)] = [
    ("mean-normalized", VectorPlan.Options()), ("dense", VectorPlan.Options()), ("max-2.7", VectorPlan.Options()),
    ("dense-2.7", VectorPlan.Options()), ("lower-2.7", VectorPlan.Options()),
    ("simbert", VectorPlan.Options(normalizes: true, maximumLength: 20)),
    ("bert", VectorPlan.Options(pooling: .firstLastMean, normalizes: true, maximumLength: 20)),
  ]

  private func path(_ folder: String, _ file: String = "") -> String {
    Fixtures.folder("SentenceVectors").appending(path: folder).appending(path: file).path
  }

  private func convert(_ folder: String) throws -> ModelFile {
    let options = try #require(Self.models.first { $0.folder == folder }).options
    let destination = directory.path("\(folder).ingot")
    let reference = try Reference(opening: path(folder, "reference.float64.npz"))
    let conversion = try Conversion(
      planning: Release(at: path(folder)), options: Conversion.Options(vectors: options))
    _ = try conversion.write(to: destination, replacing: true, probes: [reference.probe()])
    return try ModelFile(mapping: destination)
  }

  private func compare(_ file: ModelFile, with reference: Reference) throws -> ReferenceComparison {
    try ReferenceComparison(of: Model(file), with: reference, vectors: VectorProcedure(of: file))
  }

  @Test(
    "are those of the model file, from the text, by every pooling, and in its probe", arguments: models.map(\.folder),
    ["float32", "float64"])
  func agreement(folder: String, precision: String) throws {
    let file = try convert(folder)
    let reference = try Reference(opening: path(folder, "reference.\(precision).npz"))
    let comparison = try compare(file, with: reference)
    #expect(comparison.points.filter { !$0.agrees }.map(\.point) == [])
    #expect(comparison.points.count == 12)
    #expect(Set(comparison.points.map(\.point)) == Set(Pooling.allCases.map { "vector.\($0.rawValue)" } + ["vector"]))
    let sealed = try #require(try Reference(sealedIn: file))
    let texts = try #require(try sealed.batches[0].texts(number: 0, of: "probe"))
    #expect(try texts == reference.batches[0].texts(number: 0, of: "reference"))
    #expect(try compare(file, with: sealed).points.map(\.agrees) == Array(repeating: true, count: 6))
  }

  /// A mistake in a model file: what it is, in which model, and as what the recorded vectors are then known.
  struct Mistake: CustomTestStringConvertible, Sendable {
    let what: String
    let folder: String
    let point: String
    let name: String
    let change: @Sendable (inout ModelContents) throws -> Void
    var testDescription: String { what }

    init(
      _ what: String, in folder: String, at point: String = "vector", name: String,
      _ change: @escaping @Sendable (inout ModelContents) throws -> Void
    ) {
      (self.what, self.folder, self.point, self.name, self.change) = (what, folder, point, name, change)
    }

    /// A mistake in the settings of vectors.
    init(
      _ what: String, in folder: String, name: String,
      vectors change: @escaping @Sendable (inout VectorSettings) -> Void
    ) {
      self.init(what, in: folder, name: name) { contents in
        // Settings are read of a file; the tensors behind them are in the contents.
        let path = NSTemporaryDirectory() + "ingot-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var only = ModelContents(architecture: "bert", revision: .zero, settings: [:], tensors: [])
        (only.vectors, only.vectorTensors) = (contents.vectors, contents.vectorTensors)
        try ModelWriter(creating: path, contents: only).finish()
        var settings = try VectorSettings(of: ModelFile(mapping: path))!
        change(&settings)
        settings.store(in: &contents)
      }
    }
  }

  static let mistakes: [Mistake] = [
    Mistake("the first token for the mean", in: "mean-normalized", name: "of the pooling mean") { $0.pooling = .cls },
    Mistake("the greatest values for the mean", in: "mean-normalized", name: "of the pooling mean") {
      $0.pooling = .max
    },
    Mistake("two blocks for one", in: "mean-normalized", name: "of the pooling mean") { $0.pooling = .firstLastMean },
    Mistake("one block for two", in: "bert", name: "of the pooling first-last-mean") { $0.pooling = .mean },
    Mistake("the first token for the pooler", in: "simbert", name: "of the pooling pooler") { $0.pooling = .cls },
    Mistake("no normalisation", in: "mean-normalized", name: "divided by their length") { $0.normalizes = false },
    Mistake("a normalisation too many", in: "dense", name: "that are not divided by their length") {
      $0.normalizes = true
    },
    Mistake(
      "another pooling and no normalisation", in: "max-2.7", name: "of the pooling max, and divided by their length"
    ) {
      ($0.pooling, $0.normalizes) = (.cls, false)
    },
    Mistake(
      "a greatest length that is too great", in: "mean-normalized",
      name: "of texts cut to 12 tokens, where this file takes up to 16"
    ) { $0.maximumLength = 16 },
    Mistake(
      "a greatest length that is too small", in: "mean-normalized",
      name: "of texts cut to 12 tokens, where this file takes up to 8"
    ) { $0.maximumLength = 8 },
    Mistake("a whitening too many", in: "mean-normalized", name: "without the whitening") {
      $0.whitening = Whitening(
        mean: (0..<16).map { Double($0) / 100 }, matrix: (0..<256).map { $0 % 17 == 0 ? 2 : 0 })
    },
    Mistake("a layer without its tangent", in: "dense", name: "of a layer 0 with the activation tanh") {
      let layer = $0.layers[0]
      $0.layers[0] = VectorLayer(weight: layer.weight, bias: layer.bias, activation: .linear)
    },
    Mistake(
      "a pooler with a tangent", in: "simbert", at: "vector.pooler", name: "of a pooler with another activation"
    ) { contents in
      let members = contents.settings.members!.map {
        $0.name == "pooler.activation" ? JSON.Member($0.name, "tanh") : $0
      }
      contents.settings = .object(members)
    },
    Mistake("texts that were not lowered for the tokenizer", in: "lower-2.7", name: "of texts that are lowered") {
      $0.lowersTexts = false
    },
    Mistake("cased texts for lowered ones", in: "mean-normalized", name: "of texts that are lowered") {
      replaceCase(in: &$0, by: "kept")
    },
    Mistake("lowered texts for cased ones", in: "dense", name: "of texts that keep their case") {
      replaceCase(in: &$0, by: "lower")
    },
  ]

  /// Changes what the settings of texts say of the case.
  private static func replaceCase(in contents: inout ModelContents, by letterCase: JSON) {
    contents.text = contents.text.map { text in
      .object(text.members!.map { $0.name == "case" ? JSON.Member($0.name, letterCase) : $0 })
    }
  }

  @Test("show a mistake of the model file by its name, in a reference and in the probe", arguments: mistakes)
  func planted(mistake: Mistake) throws {
    let file = try convert(mistake.folder)
    let changed = directory.path("changed.ingot")
    try file.copy(to: changed, changing: mistake.change)
    let mistaken = try ModelFile(mapping: changed)
    let reference = try Reference(opening: path(mistake.folder, "reference.float32.npz"))
    let first = try #require(try compare(mistaken, with: reference).firstDivergence)
    #expect(first.point == mistake.point)
    #expect(first.explanation == mistake.name)
    #expect(
      try !compare(mistaken, with: #require(try Reference(sealedIn: mistaken))).agrees
    )
  }

  @Test("that were made by mistake are known by the mistake's name")
  func recordedMistakes() throws {
    let file = try convert("bert")
    let comparison = try compare(file, with: Reference(opening: path("bert", "mistakes.float64.npz")))
    #expect(
      comparison.points.map(\.explanation) == [
        "that count padding as tokens", "with the embedding in the place of the first block",
        "without the special tokens",
      ])
  }

  @Test("of another width, or of a file that says no pooling, are refused with a hint")
  func refusals() throws {
    let file = try convert("max-2.7")
    let reference = try Reference(opening: path("max-2.7", "reference.float32.npz"))
    func problem(_ change: (inout ModelContents) throws -> Void) throws -> String? {
      let changed = directory.path("changed.ingot")
      try file.copy(to: changed, replacing: true, changing: change)
      do {
        _ = try compare(ModelFile(mapping: changed), with: reference)
        return nil
      } catch let problem as Problem {
        return "\(problem.found), expected \(problem.expected ?? ""). \(problem.advice ?? "")"
      }
    }
    #expect(
      try problem { VectorSettings(pooling: .max, components: 8, normalizes: true, maximumLength: 16).store(in: &$0) }
        == "the shape [2, 16], expected [2, 8]. The recorded vectors are of all components")
    #expect(
      try problem { ($0.vectors, $0.vectorTensors) = (nil, []) }
        == "vectors of texts, expected a model file that says how they are made. Convert the model with --pooling: the "
        + "recorded vectors are those of --pooling max --normalize")
  }
}
