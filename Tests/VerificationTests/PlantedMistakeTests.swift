import Architectures
import Conversion
import Foundation
import Inference
import ModelFiles
import Tensors
import TestSupport
import Testing
import Verification

/// Mistakes that shapes cannot reveal: each must be caught, and located where it was made.
@Suite("Planted mistakes") struct PlantedMistakeTests {
  /// A change of the name table of BERT, and the first point that it must spoil.
  struct TableMistake: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let row: String
    let replacement: String
    let point: String
  }

  @Test(
    "a mistake in the name table is caught and located",
    arguments: [
      TableMistake(
        testDescription: "a square matrix that is not transposed",
        row: "Transformer-{L}-MultiHeadSelfAttention[0]       transpose",
        replacement: "Transformer-{L}-MultiHeadSelfAttention[0]", point: "block.0.attention.output"),
      TableMistake(
        testDescription: "key for query, query for key",
        row: "Transformer-{L}-MultiHeadSelfAttention[0]", replacement: "Transformer-{L}-MultiHeadSelfAttention[2]",
        point: "block.0.attention.output"),
      TableMistake(
        testDescription: "beta for gamma after the embeddings",
        row: "Embedding-Norm[1]", replacement: "Embedding-Norm[0]", point: "embedding.norm"),
      TableMistake(
        testDescription: "beta for gamma after attention",
        row: "Transformer-{L}-MultiHeadSelfAttention-Norm[1]",
        replacement: "Transformer-{L}-MultiHeadSelfAttention-Norm[0]", point: "block.0.attention.norm"),
      TableMistake(
        testDescription: "beta for gamma in the head",
        row: "MLM-Norm[1]", replacement: "MLM-Norm[0]", point: "mlm.norm"),
      TableMistake(
        testDescription: "a pooler that is not transposed",
        row: "Pooler-Dense[0]                                 transpose", replacement: "Pooler-Dense[0]",
        point: "pooler"),
    ])
  func table(mistake: TableMistake) throws {
    let file = Fixtures.repository.appending(path: "Formats/Architectures/bert.names")
    let right = try String(contentsOf: file, encoding: .utf8)
    let wrong = right.exchanging(mistake.row, mistake.replacement)
    try #require(wrong != right)
    let table = try Architecture(parsing: wrong, file: "planted.names")
    let first = try firstDivergence(RecordedModel.named("encoder"), table: table)
    #expect(first?.point == mistake.point)
  }

  @Test(
    "a wrong setting is caught and located",
    arguments: [
      ("encoder", "activation", "gelu-tanh", "block.0.feedforward.output"),
      ("tanh-gelu", "activation", "gelu-erf", "block.0.feedforward.output"),
      ("encoder", "heads", "2", "block.0.attention.output"),
      ("small-embeddings", "epsilon", "1e-7", "embedding.norm"),
      ("lm", "mask", "none", "block.0.attention.output"),
      ("unilm", "mask", "none", "block.0.attention.output"),
      ("pool-linear", "pooler.activation", "tanh", "pooler"),
    ])
  func setting(model: String, name: String, value: String, point: String) throws {
    let first = try firstDivergence(RecordedModel.named(model), changes: [name: value])
    #expect(first?.point == point)
  }

  @Test("an epsilon too small to show in float32 shows in a float64 reference")
  func epsilonInFloat64() throws {
    let model = RecordedModel.named("encoder")
    #expect(try firstDivergence(model, changes: ["epsilon": "1e-7"], precision: 1)?.point == "embedding.norm")
  }

  @Test("a padding mask that is missing is caught and located, in the batch that has padding")
  func missingPaddingMask() throws {
    // A token that no batch uses gets the embedding of the padding token 0 and takes its place: the same values
    // everywhere, unmasked.
    let model = RecordedModel.named("encoder")
    let directory = try TemporaryDirectory()
    let reference = try Reference(opening: model.references[0])
    let used = Set(reference.batches.flatMap { $0.tokenIDs.withElements(of: Int32.self) { Array($0) } })
    let unused = try #require((0..<40).first { !used.contains($0) })
    let store = UnmaskedPadding(file: try model.convert(into: directory), replacement: unused)
    let unmasked = Reference(
      file: reference.file,
      batches: try reference.batches.map { batch in
        let ids: [Int32] = batch.tokenIDs.withElements { ids in
          let width = batch.tokenIDs.shape.dimensions[1]
          return ids.enumerated().map { $1 == 0 && $0 % width != 0 ? store.replacement : $1 }
        }
        // What depends on the ids themselves, and not only on embeddings, are the scores of the tied table.
        let points = batch.points.filter { !$0.key.hasPrefix("mlm.") }
        return try Reference.Batch(
          inputs: batch.inputs.merging(["token_ids": Tensor(ids, shape: batch.tokenIDs.shape)!]) { $1 }, points: points,
          number: 0, of: reference.file)
      })
    let runtime = try Model(weights: store, architecture: "bert", settings: store.model.settings)
    let comparison = try ReferenceComparison(of: runtime, with: unmasked)
    #expect(comparison.firstDivergence?.point == "block.0.attention.output")
    let spoiled = Set(comparison.points.filter { !$0.agrees }.map(\.batch))
    let padded = Set(
      reference.batches.indices.filter { number in
        reference.batches[number].tokenIDs.withElements(of: Int32.self) { $0.contains(0) }
      })
    #expect(spoiled == padded)
  }

  private func firstDivergence(
    _ model: RecordedModel, changes: [String: String] = [:], table: Architecture? = nil, precision: Int = 0
  ) throws -> PointComparison? {
    let directory = try TemporaryDirectory()
    let file = try model.convert(into: directory, changes: changes, table: table)
    return try ReferenceComparison(of: Model(file), with: Reference(opening: model.references[precision]))
      .firstDivergence
  }
}

/// A model in which one token has the embedding of the padding token.
private struct UnmaskedPadding: WeightStore {
  let model: ModelFile
  let replacement: Int32

  init(file: ModelFile, replacement: Int32) {
    model = file
    self.replacement = replacement
  }

  var file: String { model.file }
  var names: [String] { model.names }

  func weight(_ name: String) -> Tensor? {
    guard name == "embedding.token.weight", let table = model.weight(name) else { return model.weight(name) }
    let width = table.shape.dimensions[1]
    var values: [Float] = table.withElements { Array($0) }
    for column in 0..<width { values[Int(replacement) * width + column] = values[column] }
    return Tensor(values, shape: table.shape)
  }
}

extension String {
  /// Exchanges two texts wherever they stand; a text that occurs only as the first is replaced.
  fileprivate func exchanging(_ one: String, _ other: String) -> String {
    let marker = "\u{0}"
    return replacingOccurrences(of: one, with: marker)
      .replacingOccurrences(of: other, with: one)
      .replacingOccurrences(of: marker, with: other)
  }
}
