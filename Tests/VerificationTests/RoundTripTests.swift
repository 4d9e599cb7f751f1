import Bytes
import Checkpoints
import Conversion
import Foundation
import JSON
import ModelFiles
import TestSupport
import Testing
import Verification

/// A checkpoint becomes a model file, and the model file the same kind of checkpoint again.
@Suite struct RoundTripTests {
  /// Converts a fixture, exports it and compares both ends.
  private func comparison(
    of fixture: String, to destination: Export.Destination, in directory: TemporaryDirectory,
    converting: Conversion.Options = Conversion.Options(), exporting: Export.Options = Export.Options()
  ) throws -> Comparison {
    let source = Fixtures.folder(fixture).path
    let model = directory.path("model.ingot")
    _ = try Conversion(planning: Release(at: source), options: converting).write(to: model)
    let export = try Export(planning: ModelFile(mapping: model), to: destination, options: exporting)
    _ = try export.write(to: directory.path("exported"))
    return try Comparison(
      of: Release.weights(at: source), with: Release.weights(at: directory.path("exported")))
  }

  @Test(
    arguments: [
      ("HuggingFace/bert-pretraining", Export.Destination.huggingface), ("HuggingFace/bert-masked-lm", .huggingface),
      ("bert4keras/encoder", .keras), ("bert4keras/unilm", .keras), ("bert4keras/projected", .keras), ("Poems", .keras),
      ("bert4keras/npz-google", .tensorflow), ("bert4keras/npz-google", .npz),
      ("Architectures/gpt2-huggingface", .npz), ("Architectures/gpt-huggingface", .npz),
      ("Architectures/gpt2-openai", .tensorflow), ("Architectures/xlnet-google", .tensorflow),
    ])
  func everyTensorComesBackBitForBit(fixture: String, destination: Export.Destination) throws {
    let directory = try TemporaryDirectory()
    let comparison = try comparison(of: fixture, to: destination, in: directory)
    #expect(comparison.pairs.count > 20)
    #expect(comparison.pairs.filter { !$0.result.isEqual }.map(\.name) == [])
    if fixture == "bert4keras/npz-google" {
      // What the tables leave out does not come back.
      #expect(comparison.pairing == .tables(architecture: "bert", namings: ["google", "google"]))
      #expect(comparison.leftOut.count == 2)
    } else {
      #expect(comparison.pairing == .names)
    }
    #expect(comparison.agrees)
  }

  @Test func aHeadThatIsKeptComesBackUnderItsOwnName() throws {
    let directory = try TemporaryDirectory()
    let comparison = try comparison(
      of: "HuggingFace/bert-classifier", to: .huggingface, in: directory,
      converting: Conversion.Options(extras: .keep), exporting: Export.Options(extras: .keep))
    #expect(comparison.pairing == .names && comparison.agrees)
    #expect(comparison.pairs.contains { $0.name == "classifier.weight" })
  }

  /// Python makes no table of 4.0 rows.
  @Test(arguments: ["deberta-v2", "deberta-v2-unshared", "xlnet", "xlnet-causal"])
  func numbersOfAConfigurationComeBackAsTheyWereSpelled(fixture: String) throws {
    let directory = try TemporaryDirectory()
    _ = try comparison(of: "Architectures/\(fixture)", to: .huggingface, in: directory)
    func numbers(_ path: String) throws -> [String: JSON] {
      let members = try JSON(parsing: ByteView(mapping: path)).members ?? []
      return Dictionary(members.filter { $0.value.double != nil }.map { ($0.name, $0.value) }) { first, _ in first }
    }
    let before = try numbers(Fixtures.folder("Architectures/\(fixture)").appending(path: "config.json").path)
    let after = try numbers(directory.path("exported/config.json"))
    #expect(before.count >= 10)
    #expect(after.filter { before[$0.key] != nil } == before)
    let added = after.filter { before[$0.key] == nil }
    // What the source leaves to the defaults of transformers is said.
    let said: [String: [String: JSON]] = [
      "deberta-v2": ["conv_groups": 1], "deberta-v2-unshared": ["position_buckets": -1],
    ]
    #expect(added == said[fixture] ?? [:])
  }

  /// The writer orders and spells as the reference implementation does.
  @Test func theWeightsOfTransformersComeBackByteForByte() throws {
    let directory = try TemporaryDirectory()
    let architectures = ["albert", "electra", "nezha", "roformer", "t5", "t5-gated"]
    for fixture in ["HuggingFace/bert-pretraining", "HuggingFace/bert-lm"]
      + architectures.map({ "Architectures/\($0)-huggingface" })
    {
      let comparison = try comparison(of: fixture, to: .huggingface, in: directory)
      #expect(comparison.agrees)
      let original = Fixtures.folder(fixture).appending(path: "model.safetensors")
      let exported = URL(fileURLWithPath: directory.path("exported/model.safetensors"))
      #expect(try Data(contentsOf: original) == Data(contentsOf: exported))
      try FileManager.default.removeItem(atPath: directory.path("exported"))
      try FileManager.default.removeItem(atPath: directory.path("model.ingot"))
    }
  }

  /// transformers computes NEZHA's table of distances, and bert4keras stores it: what is stored is what bert4keras would have stored.
  @Test func aTableThatOnlyKerasStoresIsComputed() throws {
    func table(_ folder: String) throws -> [Float] {
      let checkpoint = try Release.weights(at: folder)
      var bytes: [UInt8] = []
      let tensor = try #require(checkpoint.tensor(addressedAs: "Embedding-Relative-Position[0]"))
      try tensor.source.forEachTile { _, tile in bytes += tile }
      return bytes.withUnsafeBytes { bytes in
        (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
      }
    }
    let directory = try TemporaryDirectory()
    let comparison = try comparison(
      of: "Architectures/nezha-far-huggingface", to: .keras, in: directory,
      exporting: Export.Options(settings: ["embedding.epsilon": "1e-07", "block.epsilon": "1e-07"]))
    #expect(comparison.pairs.allSatisfy { $0.result.isEqual })
    // 64 distances, forth and back, and heads of the same width.
    let stored = try table(directory.path("exported"))
    #expect(stored.count == 129 * 4)
    // Programs round sines and cosines differently in the last of 24 bits; bert4keras has the angle, up to its row's number, in float32.
    let theirs = try table(Fixtures.folder("Architectures/nezha").path)
    #expect(
      zip(stored, theirs).enumerated().allSatisfy { index, pair in
        abs(pair.0 - pair.1) <= 0x1p-24 * Float(1 + index / 4)
      })
  }

  /// The same weights in all containers, each against each.
  @Test func exportsToDifferentContainersAreTheSameModel() throws {
    let directory = try TemporaryDirectory()
    let model = directory.path("model.ingot")
    let options = Conversion.Options(vectors: VectorPlan.Options(pooling: .mean))
    _ = try Conversion(planning: Release(at: Fixtures.folder("bert4keras/encoder").path), options: options).write(
      to: model)
    for destination in Export.Destination.allCases {
      let export = try Export(
        planning: ModelFile(mapping: model), to: destination,
        options: Export.Options(naming: destination == .npz ? "google" : nil))
      _ = try export.write(to: directory.path(destination.rawValue))
      let comparison = try Comparison(
        of: Checkpoint(opening: model), with: Release.weights(at: directory.path(destination.rawValue)))
      #expect(comparison.agrees)
      #expect(comparison.pairs.count == 46 && comparison.pairing != .names)
      #expect(
        comparison.pairs.contains { $0.transforms[0] != $0.transforms[1] }
          == ![.huggingface, .sentenceTransformers].contains(destination))
    }
  }
}
