import Bytes
import Checkpoints
import Conversion
import Foundation
import JSON
import ModelFiles
import SentenceVectors
import Tasks
import Tensors
import TestSupport
import Testing

/// What a model file's vectors become in a folder of sentence-transformers.
///
/// That the library makes the same of it is `ExportProofTests`' concern.
@Suite("Exports to sentence-transformers") struct SentenceTransformerExportTests {
  private let directory = try! TemporaryDirectory()

  private func convert(
    _ fixture: String, _ options: VectorPlan.Options = VectorPlan.Options(),
    changing change: (inout ModelContents) throws -> Void = { _ in }
  ) throws -> ModelFile {
    let release = try Release(at: Fixtures.folder(fixture).path)
    _ = try Conversion(planning: release, options: Conversion.Options(vectors: options)).write(
      to: directory.path("model.ingot"))
    try ModelFile(mapping: directory.path("model.ingot")).copy(to: directory.path("changed.ingot"), changing: change)
    return try ModelFile(mapping: directory.path("changed.ingot"))
  }

  private func json(_ file: String) throws -> JSON {
    try JSON(parsing: ByteView(mapping: directory.path("folder/\(file)")))
  }

  private func layer(_ folder: String) throws -> (weight: [Double], bias: [Double]) {
    let file = try Checkpoint(opening: directory.path("folder/\(folder)/model.safetensors"))
    func numbers(_ name: String) throws -> [Double] {
      let tensor = try #require(file.tensors.first { $0.name == name })
      return try Tensor(reading: tensor.source).doubles()
    }
    return (try numbers("linear.weight"), try numbers("linear.bias"))
  }

  /// Small numbers that look like any.
  private static func numbers(_ count: Int) -> [Double] { (0..<count).map { Double($0 * 7919 % 101) / 101 - 0.5 } }

  @Test("hold a whitening as a layer of its first components, and come back with the whitening itself")
  func whitening() throws {
    let whitening = Whitening(mean: Self.numbers(16), matrix: Self.numbers(16 * 12))
    let settings = VectorSettings(
      pooling: .mean, whitening: whitening, components: 3, normalizes: true, maximumLength: 12)
    let model = try convert("SentenceVectors/mean-normalized") { settings.store(in: &$0) }
    let export = try Export(planning: model, to: .sentenceTransformers)
    #expect(export.remarks == ["2_Dense is read by sentence-transformers 3.1 and later."])
    _ = try export.write(to: directory.path("folder"))
    let kinds = try json("modules.json").elements?.map { "\($0["path"]!.string!) \($0["type"]!.string!)" }
    #expect(
      kinds
        == ["Transformer", "Pooling", "Dense", "Normalize"].enumerated().map { number, kind in
          "\(number == 0 ? "" : "\(number)_\(kind)") sentence_transformers.models.\(kind)"
        })
    #expect(try json("2_Dense/config.json")["out_features"] == 3)
    let (weight, bias) = try layer("2_Dense")
    let x = Self.numbers(40).suffix(16)
    for component in 0..<3 {
      let expected = zip(x, whitening.mean).enumerated().reduce(0) {
        $0 + ($1.element.0 - $1.element.1) * whitening.matrix[$1.offset * 12 + component]
      }
      let found = zip(x, weight[component * 16..<component * 16 + 16]).reduce(bias[component]) { $0 + $1.0 * $1.1 }
      // Weights and bias are rounded to float32: 16 products below 1, each off by at most 2⁻²⁴.
      #expect(abs(found - expected) < 17 * 0x1p-24)
    }
    let back = try Conversion(planning: Release(at: directory.path("folder")))
    _ = try back.write(to: directory.path("back.ingot"))
    #expect(try VectorSettings(of: ModelFile(mapping: directory.path("back.ingot"))) == settings)
  }

  @Test("hold a pooler as a layer behind the first token, also a linear one, and come back with the same vectors")
  func pooler() throws {
    let model = try convert("SentenceVectors/simbert", VectorPlan.Options(normalizes: true, maximumLength: 20))
    let export = try Export(planning: model, to: .sentenceTransformers)
    #expect(
      Array(export.remarks.prefix(4)) == [
        "These files cannot say mask = unilm: no vector of a text depends on it.",
        "These files cannot say pooler.activation = linear: no vector of a text depends on it.",
        "pooler is the layer 2_Dense, too, behind the first token's vector.",
        "2_Dense is read by sentence-transformers 3.1 and later.",
      ])
    _ = try export.write(to: directory.path("folder"))
    #expect(try json("1_Pooling/config.json")["pooling_mode_cls_token"] == true)
    #expect(try json("2_Dense/config.json")["activation_function"] == "torch.nn.modules.linear.Identity")
    _ = try Conversion(planning: Release(at: directory.path("folder"))).write(to: directory.path("back.ingot"))
    let texts = ["tyger", "in the forests of the night"]
    let vectors = try Session(opening: model.path).embed(texts)
    let others = try Session(opening: directory.path("back.ingot")).embed(texts)
    #expect(vectors.width == others.width)
    #expect(vectors.values.map(\.bitPattern) == others.values.map(\.bitPattern))
  }

  @Test("are refused where the model file does not say how vectors are made, or by a pooling that the library lacks")
  func refusals() throws {
    let silent = try convert("HuggingFace/bert-model")
    let first = #expect(throws: Problem.self) { try Export(planning: silent, to: .sentenceTransformers) }
    #expect(
      first?.description == "\(silent.path): mismatched: found nothing that says how the vector of a text is made, "
        + "expected a pooling. Convert again with --pooling.")
    try FileManager.default.removeItem(atPath: silent.path)
    try FileManager.default.removeItem(atPath: directory.path("model.ingot"))
    let both = try convert("SentenceVectors/bert", VectorPlan.Options(pooling: .firstLastMean))
    let second = #expect(throws: Problem.self) { try Export(planning: both, to: .sentenceTransformers) }
    #expect(
      second?.description
        == "\(both.path): unsupported in pooling: found first-last-mean, expected cls, pooler, mean or max, "
        + "which sentence-transformers has.")
  }
}
