import Conversion
import Foundation
import ModelFiles
import TestSupport
import Testing

/// What is assumed where no file tells, in plans, in model files and on the way out.
@Suite struct AssumptionTests {
  private func conversion(_ folder: String, _ settings: [String: String] = [:]) throws -> Conversion {
    try Conversion(
      planning: Release(at: Fixtures.folder("Architectures/\(folder)").path),
      options: Conversion.Options(settings: settings))
  }

  private func assumed(_ conversion: Conversion) -> [String] {
    conversion.settings.assumed.map { "\($0.name) = \($0.value)" }
  }

  @Test func aSimBERTIsLinearInItsPoolerWithoutAnOptionAndSaysSo() throws {
    let directory = try TemporaryDirectory()
    let conversion = try conversion("bert-simbert")
    #expect(
      assumed(conversion) == ["activation = gelu-erf", "pooler.activation = linear", "attention.residual = false"])
    _ = try conversion.write(to: directory.path("a.ingot"))
    let model = try ModelFile(mapping: directory.path("a.ingot"))
    #expect(model.assumed == ["activation", "pooler.activation", "attention.residual"])
    let lines = try Export(planning: model, to: .keras).loading(from: "out")
    #expect(
      lines[1] == """
        model = build_transformer_model("out/bert_config.json", model="bert", application="unilm", with_pool="linear", \
        with_mlm=True)
        """)
  }

  @Test func theMaskThatTheUserGivesDecidesOfThePooler() throws {
    #expect(
      assumed(try conversion("bert-simbert/checkpoint")) == [
        "activation = gelu-erf", "mask = none", "pooler.activation = tanh", "attention.residual = false",
      ])
    let told = try conversion("bert-simbert/checkpoint", ["mask": "unilm"])
    #expect(told.settings["pooler.activation"] == .choice("linear"))
    #expect(assumed(told) == ["activation = gelu-erf", "pooler.activation = linear", "attention.residual = false"])
  }

  @Test func whatIsTheSameInAllFilesIsNotAssumed() throws {
    #expect(assumed(try conversion("albert-huggingface")) == [])
    #expect(assumed(try conversion("gpt2")) == ["activation = gelu-erf"])
    // bert4keras changed the epsilons of norms that it gives none.
    #expect(assumed(try conversion("roformer-v2")) == ["epsilon = 1e-07", "attention.residual = false"])
  }

  @Test func whereAReleaseIsSaidToComputeOtherwiseThatIsTheReason() throws {
    let entries = try conversion("t5-gated-mesh").settings.assumed
    #expect(entries.map(\.name) == ["lm.scaled"])
    #expect(
      entries.map(\.assumption) == ["as in bert4keras; the authors' code does not divide there: --set lm.scaled=false"])
  }

  @Test func aCopyKeepsWhatWasAssumed() throws {
    let directory = try TemporaryDirectory()
    _ = try conversion("bert-simbert").write(to: directory.path("a.ingot"))
    let model = try ModelFile(mapping: directory.path("a.ingot"))
    try model.copy(to: directory.path("b.ingot")) { _ in }
    #expect(try ModelFile(mapping: directory.path("b.ingot")).digest == model.digest)
  }
}
