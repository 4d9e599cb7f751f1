import Bytes
import Conversion
import JSON
import SentenceVectors
@testable import Similarity
import Tasks
import TestSupport
import Testing

/// The whitening post's procedure on two small models, against what bert4keras, NumPy and SciPy gave:
/// tools/fixtures/Similarity/make_whitening.py.
@Suite("Evaluation") struct EvaluationTests {
  static let table = try! JSON(
    parsing: ByteView(mapping: Fixtures.folder("Similarity").appending(path: "whitening.json").path)
  ).elements!
  static let splits = ["train", "valid", "test"]

  private let directory: TemporaryDirectory
  private let tasks: [SimilarityTask]

  init() throws {
    directory = try TemporaryDirectory()
    tasks = SimilarityTask.tasks(
      of: try Self.splits.map {
        try PairFile(reading: Fixtures.folder("Similarity").appending(path: "poems.\($0).data").path)
      })
  }

  private func session(_ model: String) throws -> Session {
    let path = directory.path("\(model).ingot")
    let isSample = model == "Poems"
    let folder = isSample ? Fixtures.folder("Poems") : Fixtures.folder("Similarity").appending(path: "pooler")
    let options = Conversion.Options(settings: isSample ? [:] : ["pooler.activation": "linear"])
    _ = try Conversion(planning: Release(at: folder.path), options: options).write(to: path, replacing: true)
    return try Session(opening: path)
  }

  private func poolings(of model: String) -> [Pooling] {
    Pooling.allCases.filter { pooling in
      Self.table.contains { $0["model"]?.string == model && $0["pooling"]?.string == pooling.rawValue }
    }
  }

  private func request(_ poolings: [Pooling], _ whitenings: [WhiteningChoice]) -> Evaluation.Request {
    Evaluation.Request(
      settings: poolings.map { VectorSettings(pooling: $0, maximumLength: 14) }, whitenings: whitenings,
      truncates: true)
  }

  @Test(
    "every pooling and whitening gives bert4keras' Spearman to 1e-3, and Pearson to 1e-5, in one run",
    arguments: ["Poems", "pooler"])
  func correlations(_ model: String) throws {
    let evaluation = try Evaluation(
      of: session(model), on: tasks, request(poolings(of: model), [.none, .full, .components(8)]))
    let recorded = Self.table.filter { $0["model"]?.string == model }
    #expect(evaluation.rows.count == 3 * recorded.count)
    #expect(evaluation.averages.count == recorded.count)
    for recorded in recorded {
      let components = recorded["components"]!.integer!
      let choice: WhiteningChoice = components == 0 ? .none : components == 8 ? .components(8) : .full
      let way = Evaluation.Way(pooling: Pooling(rawValue: recorded["pooling"]!.string!)!, whitening: choice)
      for (split, row) in zip(Self.splits, evaluation.rows.filter { $0.way == way }) {
        #expect(abs(row.correlation.spearman - recorded["spearman"]![split]!.double!) < 1e-3)
        #expect(abs(row.correlation.pearson - recorded["pearson"]![split]!.double!) < 1e-5)
        #expect(components == 0 || row.components == components)
      }
      let average = try #require(evaluation.averages.first { $0.way == way })
      #expect(abs(average.plain - recorded["average"]!.double!) < 1e-3)
      #expect(abs(average.weighted - recorded["weighted"]!.double!) < 1e-3)
    }
  }

  @Test("similarities are bert4keras' to 1e-5, whitened or not", arguments: ["Poems", "pooler"])
  func similarities(_ model: String) throws {
    let session = try session(model)
    for recorded in Self.table where recorded["model"]?.string == model {
      let components = recorded["components"]!.integer!
      var settings = VectorSettings(pooling: Pooling(rawValue: recorded["pooling"]!.string!)!, maximumLength: 14)
      let texts = tasks[0].files.flatMap { $0.pairs.flatMap { [$0.first, $0.second] } }
      if components > 0 {
        var covariance = Covariance(width: session.model.sizes.width)
        try session.embed(texts, as: settings, truncating: true).values.withUnsafeBufferPointer { covariance.add($0) }
        settings.whitening = try WhiteningFit(of: covariance, components: components, file: "poems").whitening
      }
      settings.normalizes = true
      let vectors = try session.embed(texts, as: settings, truncating: true)
      let expected = Self.splits.flatMap { recorded["similarities"]![$0]!.doubles }
      #expect(expected.count * 2 == texts.count)
      for (index, expected) in expected.enumerated() {
        let cosine = zip(vectors[2 * index], vectors[2 * index + 1]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        #expect(abs(cosine - expected) < 1e-5)
      }
    }
  }

  @Test(
    "a component that a norm leaves to rounding is dropped, and asking for it is refused",
    arguments: ["Poems", "pooler"])
  func degenerate(_ model: String) throws {
    let session = try session(model)
    let width = session.model.sizes.width
    let evaluation = try Evaluation(of: session, on: tasks, request(poolings(of: model), [.full]))
    for computed in evaluation.whitenings {
      #expect(computed.fit.rank == (computed.way.pooling == .firstLastMean ? width : width - 1))
      // Between rounding and the last that counts lie at least five powers of ten.
      if computed.way.pooling != .firstLastMean {
        #expect(computed.fit.eigenvalues[width - 1] < computed.fit.floor / 100)
        #expect(computed.fit.eigenvalues[width - 2] > computed.fit.floor * 1000)
      }
    }
    let problem = #expect(throws: Problem.self) {
      try Evaluation(of: session, on: tasks, request([.cls], [.components(width)]))
    }
    #expect(
      problem?.description
        == "poems: mismatched: found \(width) components, expected at most \(width - 1): the vectors of 360 texts have no more that are more than rounding. Give fewer --components."
    )
    #expect(throws: Never.self) {
      try Evaluation(of: session, on: tasks, request([.firstLastMean], [.components(width)]))
    }
  }

  @Test("a text that is too long is told with its file and line where nobody allowed to cut it") func tooLong() throws {
    var request = request([.cls], [.none])
    request.truncates = false
    let problem = #expect(throws: Problem.self) { try Evaluation(of: session("Poems"), on: tasks, request) }
    #expect(problem?.file.hasSuffix("poems.train.data, line 4") == true)
    #expect(problem?.found == "17 tokens")
  }

  @Test("files are put together by their names without the word for a split")
  func names() {
    for (path, name) in [
      ("a/ATEC.valid.data", "ATEC"), ("STS-B.train.data", "STS-B"), ("sts-dev.csv", "sts"), ("pairs_test.tsv", "pairs"),
      ("pairs.jsonl", "pairs"), ("test.tsv", "test"), ("x.dev", "x"), ("LCQMC", "LCQMC"),
    ] {
      #expect(SimilarityTask.name(ofFileAt: path) == name)
    }
  }
}
