import Architectures
import Bytes
import Conversion
import ModelFiles
import TestSupport
import Testing

/// What is refused and can be lifted by options is lifted by those that are named, all of it at once.
@Suite("What lifts a refusal") struct LiftingTests {
  /// A refused export, and the options that lift all that stands in its way.
  struct Case: CustomTestStringConvertible, Sendable {
    let fixture: String
    let destination: Export.Destination
    let ways: [String]
    var extras = ExtraPolicy.refuse
    var options = Export.Options()

    var testDescription: String { "\(fixture) to \(destination)" }
  }

  static let exports = [
    Case(
      fixture: "Architectures/mt5", destination: .huggingface,
      ways: ["--set cross.position=false --set lm.scaled=false --set activation=gelu-tanh"]),
    Case(
      fixture: "Architectures/roformer-sim", destination: .huggingface,
      ways: [
        "--without pooler --set mlm.epsilon=1e-07 --set mask=none",
        "--without pooler --set mlm.epsilon=1e-07 --set mask=lm",
      ]),
    Case(
      fixture: "Architectures/bert-sim", destination: .huggingface,
      ways: ["--without pooler --set mask=none", "--without pooler --set mask=lm"]),
    Case(
      fixture: "Architectures/roformer", destination: .huggingface,
      ways: ["--without pooler --without nsp --set mlm.epsilon=1e-07"]),
    Case(fixture: "Architectures/albert", destination: .huggingface, ways: ["--set block.epsilon=1e-12"]),
    Case(
      fixture: "Architectures/nezha-huggingface", destination: .keras,
      ways: ["--set relative.distance=64 --set embedding.epsilon=1e-07 --set block.epsilon=1e-07"]),
    Case(fixture: "Architectures/gpt2", destination: .huggingface, ways: ["--set padding.zero=false"]),
    Case(
      fixture: "bert4keras/classifier", destination: .huggingface, ways: ["--extra keep", "--extra drop"],
      extras: .keep),
    Case(
      fixture: "bert4keras/encoder", destination: .npz, ways: ["--dtype float32"],
      options: Export.Options(elementType: .bfloat16)),
    Case(
      fixture: "bert4keras/encoder", destination: .keras, ways: ["--dtype float32"],
      options: Export.Options(elementType: .bfloat16)),
    Case(
      fixture: "HuggingFace/bert-pretraining", destination: .huggingface, ways: ["--without nsp"],
      options: Export.Options(without: ["pooler"])),
    // No option makes a feed-forward layer four times as wide as the model.
    Case(fixture: "Architectures/gpt", destination: .huggingface, ways: []),
  ]

  private func spelled(_ way: [Remedy]) -> String {
    way.map { "\($0.option) \($0.shown)" }.joined(separator: " ")
  }

  @Test("every refusal of an export is lifted by the options that are named", arguments: exports)
  func export(refused: Case) throws {
    let directory = try TemporaryDirectory()
    _ = try Conversion(
      planning: Release(at: Fixtures.folder(refused.fixture).path), options: Conversion.Options(extras: refused.extras)
    ).write(to: directory.path("model.ingot"))
    let model = try ModelFile(mapping: directory.path("model.ingot"))
    func attempt(_ remedies: [Remedy]) throws {
      try Export(planning: model, to: refused.destination, options: refused.options.adding(remedies)).check(for: "out")
    }
    let error = #expect(throws: (any Error).self) { try attempt([]) }
    let lifting = Lifting(of: try #require(error.flatMap(Lifting.problems(in:))), trying: attempt)
    #expect(lifting.ways.map(spelled) == refused.ways)
    for (number, way) in lifting.ways.enumerated() {
      let export = try Export(planning: model, to: refused.destination, options: refused.options.adding(way))
      _ = try export.write(to: directory.path("out\(number)"))
    }
  }

  @Test("every refusal of a conversion is lifted by the options that are named")
  func conversion() throws {
    func ways(_ fixture: String, _ options: Conversion.Options = Conversion.Options()) throws -> [String] {
      let release = try Release(at: Fixtures.folder(fixture).path)
      func attempt(_ remedies: [Remedy]) throws {
        _ = try Conversion(planning: release, options: options.adding(remedies))
      }
      let error = #expect(throws: (any Error).self) { try attempt([]) }
      let lifting = Lifting(of: try #require(error.flatMap(Lifting.problems(in:))), trying: attempt)
      for way in lifting.ways { try attempt(way) }
      return lifting.ways.map(spelled)
    }
    #expect(try ways("bert4keras/classifier") == ["--extra keep", "--extra drop"])
    #expect(
      try ways("Architectures/roformer/checkpoint") == [
        "--architecture nezha --naming nezha", "--architecture roformer --naming google",
      ])
    #expect(
      try ways("Architectures/roformer-sim/checkpoint", Conversion.Options(settings: ["heads": "5"])) == [
        "--architecture nezha --naming nezha --set heads=…", "--architecture roformer --naming google --set heads=…",
      ])
  }

  @Test("a search ends, however many ways lead to nothing")
  func search() {
    var trials = 0
    let problem = Problem(
      .unsupported, file: "a", found: "b", ways: (0..<100).map { [Remedy("--set", "x=\($0)")] })
    let lifting = Lifting(of: [problem]) { options in
      trials += 1
      throw Problem(
        .unsupported, file: "a", found: "\(trials)", ways: (0..<100).map { [Remedy("--set", "y\(trials)=\($0)")] })
    }
    #expect(lifting.ways.isEmpty && trials == 24)
  }
}
