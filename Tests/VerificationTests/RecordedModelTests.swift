import Architectures
import Bytes
import Checkpoints
import Conversion
import Inference
import ModelFiles
import TestSupport
import Testing
import Verification

@Suite("Models recorded by the framework that made them") struct RecordedModelTests {
  @Test("every architecture that has a table is computed, and a model of another one is refused")
  func architectures() throws {
    #expect(Set(Architecture.all.map(\.name)) == Set(Model.architectures))
    let page = Fixtures.repository.appending(path: "Formats/Architectures/bert.names")
    let text = try String(contentsOf: page, encoding: .utf8).replacing("architecture bert", with: "architecture elman")
    let directory = try TemporaryDirectory()
    let table = try Architecture(parsing: text, file: "elman.names")
    let file = try RecordedModel.named("encoder").convert(into: directory, table: table)
    let problem = #expect(throws: Problem.self) { try Model(file) }
    #expect(
      problem?.description
        == "\(file.path): unsupported: found the architecture elman, expected "
        + "\(Model.architectures.joined(separator: ", ")). Its tensors can be inspected and verified against their "
        + "source, but not run.")
  }

  @Test("every tensor is derived again from its source, bit for bit", arguments: RecordedModel.all)
  func source(model: RecordedModel) throws {
    let directory = try TemporaryDirectory()
    let file = try model.convert(into: directory)
    let comparison = try SourceComparison(of: file, with: Release(at: model.folder.path).checkpoint)
    #expect(comparison.differences.map(\.tensor) == [])
    #expect(comparison.count == file.tensors.count)
  }

  @Test("a model saved by save says itself how it computes")
  func savedModel() throws {
    let conversion = try Conversion(planning: Release(at: RecordedModel.named("encoder-saved").folder.path))
    let origins = conversion.settings.entries.filter { $0.origin == .checkpoint }.map(\.name)
    #expect(
      origins == [
        "heads", "epsilon", "activation", "mask", "pooler.activation", "hierarchical", "segment.shared",
        "attention.residual",
      ])
  }

  @Test(
    "the attention mask is read from the layers that have no weights",
    arguments: [("encoder", "none"), ("lm", "lm"), ("unilm", "unilm")])
  func mask(model: String, mask: String) throws {
    let conversion = try Conversion(planning: Release(at: RecordedModel.named(model).folder.path))
    #expect(conversion.settings["mask"]?.description == mask)
  }

  @Test("a probe sealed into a model file is found there and agrees")
  func probe() throws {
    let directory = try TemporaryDirectory()
    let model = RecordedModel.named("encoder")
    let reference = try Reference(opening: model.references[0])
    let conversion = try Conversion(planning: Release(at: model.folder.path))
    _ = try conversion.write(to: directory.path("sealed.ingot"), probes: [reference.probe()])
    let file = try ModelFile(mapping: directory.path("sealed.ingot"))
    let sealed = try #require(try Reference(sealedIn: file))
    let comparison = try ReferenceComparison(of: Model(file), with: sealed)
    #expect(comparison.agrees)
    #expect(comparison.points.map(\.point) == (try Model(file)).points.map(\.name))
  }

  @Test("a probe keeps within its size by leaving out the largest points")
  func smallProbe() throws {
    let reference = try Reference(opening: RecordedModel.named("encoder").references[0])
    let whole = reference.probe()
    let small = reference.probe(within: 2_000)
    #expect(small.points.count < whole.points.count)
    #expect(small.points.reduce(0) { $0 + $1.tensor.byteCount } <= 2_000)
  }

  @Test("a model file without probes has no sealed reference")
  func noProbe() throws {
    let directory = try TemporaryDirectory()
    #expect(try Reference(sealedIn: RecordedModel.named("lm").convert(into: directory)) == nil)
  }
}
