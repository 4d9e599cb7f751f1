import Architectures
import Checkpoints
import Conversion
import Foundation
import ModelFiles
import TestSupport
import Testing
import Verification

/// Every architecture in every naming: a checkpoint becomes a model file, that the same kind of checkpoint, and nothing is lost.
@Suite struct EveryRoundTripTests {
  /// What some program saved, and how it goes back.
  struct Trip: CustomTestStringConvertible, Sendable {
    let source: String
    let destination: Export.Destination
    let architecture: String
    let naming: String
    /// What the names of the part begin with that is taken, and the settings that it needs.
    let (prefix, settings): (String?, [String: String])

    var testDescription: String { "\(source) to \(destination)" }

    init(
      _ source: String, _ destination: Export.Destination, _ architecture: String, _ naming: String,
      prefix: String? = nil,
      settings: [String: String] = [:]
    ) {
      self.source = source
      self.destination = destination
      self.architecture = architecture
      self.naming = naming
      self.prefix = prefix
      self.settings = settings
    }
  }

  static let trips: [Trip] = [
    Trip("Architectures/albert", .keras, "albert", "bert4keras"),
    Trip("Architectures/albert/checkpoint", .tensorflow, "albert", "google"),
    Trip("Architectures/albert-classifier", .huggingface, "albert", "huggingface"),
    Trip("Architectures/albert-huggingface", .huggingface, "albert", "huggingface"),
    Trip("Architectures/albert-unshared", .keras, "bert", "bert4keras"),
    Trip("Architectures/bert-conditional", .keras, "bert", "bert4keras"),
    Trip("Architectures/bert-conditional/checkpoint", .tensorflow, "bert", "google"),
    Trip("Architectures/bert-conditional-hidden", .keras, "bert", "bert4keras-hidden-condition"),
    Trip("Architectures/bert-conditional-hidden/checkpoint", .tensorflow, "bert", "google"),
    Trip("Architectures/bert-hierarchical", .keras, "bert", "bert4keras"),
    Trip("Architectures/bert-hierarchical/checkpoint", .tensorflow, "bert", "google"),
    Trip("Architectures/bert-residual", .keras, "bert", "bert4keras"),
    Trip("Architectures/bert-residual/checkpoint", .tensorflow, "bert", "google"),
    Trip("Architectures/bert-lm-pooled", .keras, "bert", "bert4keras"),
    Trip("Architectures/bert-lm-pooled/checkpoint", .tensorflow, "bert", "google"),
    Trip("Architectures/bert-sim", .keras, "bert", "bert4keras"),
    Trip("Architectures/bert-sim/checkpoint", .tensorflow, "bert", "google"),
    Trip("Architectures/roformer-lm-pooled", .keras, "roformer", "bert4keras"),
    Trip("Architectures/roformer-lm-pooled/checkpoint", .tensorflow, "roformer", "google"),
    Trip("Architectures/electra-generator", .huggingface, "bert", "huggingface-electra"),
    Trip("Architectures/ernie", .huggingface, "bert", "huggingface-ernie"),
    Trip("Architectures/ernie-tasks", .huggingface, "bert", "huggingface-ernie-tasks"),
    Trip("Architectures/distilbert", .huggingface, "bert", "huggingface-distilbert"),
    Trip("Architectures/distilbert-relu", .huggingface, "bert", "huggingface-distilbert"),
    Trip("Architectures/mpnet", .huggingface, "mpnet", "huggingface"),
    Trip("Architectures/mpnet-model", .huggingface, "mpnet", "huggingface"),
    Trip("Architectures/mpnet-classifier", .huggingface, "mpnet", "huggingface"),
    Trip("Architectures/roberta", .huggingface, "roberta", "huggingface"),
    Trip("Architectures/roberta-texts", .huggingface, "roberta", "huggingface"),
    Trip("Architectures/roberta-model", .huggingface, "roberta", "huggingface"),
    Trip("Architectures/roberta-classifier", .huggingface, "roberta", "huggingface"),
    Trip("Architectures/camembert", .huggingface, "roberta", "huggingface"),
    Trip("Architectures/xlm-roberta", .huggingface, "roberta", "huggingface"),
    Trip("Architectures/bert-shared-segments", .keras, "bert", "bert4keras"),
    Trip("Architectures/bert-shared-segments/checkpoint", .tensorflow, "bert", "google"),
    Trip("Architectures/deberta", .huggingface, "deberta", "huggingface"),
    Trip("Architectures/deberta-absolute", .huggingface, "deberta", "huggingface"),
    Trip("Architectures/deberta-microsoft", .huggingface, "deberta", "microsoft"),
    Trip("Architectures/deberta-model", .huggingface, "deberta", "huggingface"),
    Trip("Architectures/deberta-v2", .huggingface, "deberta-v2", "huggingface"),
    Trip("Architectures/deberta-v2-model", .huggingface, "deberta-v2", "huggingface"),
    Trip("Architectures/deberta-v2-unshared", .huggingface, "deberta-v2", "huggingface"),
    Trip("Architectures/deberta-v3", .huggingface, "deberta-v2", "huggingface"),
    Trip("Architectures/deberta-v3-microsoft", .huggingface, "deberta-v2", "microsoft"),
    Trip("Architectures/deberta-original", .huggingface, "deberta", "microsoft"),
    Trip("Architectures/deberta-v3-original", .huggingface, "deberta-v2", "microsoft"),
    Trip("Architectures/electra", .keras, "electra", "bert4keras"),
    Trip("Architectures/electra/checkpoint", .tensorflow, "electra", "electra"),
    Trip("Architectures/electra-tagger", .huggingface, "electra", "huggingface"),
    Trip("Architectures/electra-huggingface", .huggingface, "electra", "huggingface"),
    Trip("Architectures/gau", .keras, "gau", "bert4keras"),
    Trip("Architectures/gau-squared-relu", .keras, "gau", "bert4keras-biased"),
    Trip("Architectures/gpt", .keras, "gpt", "bert4keras"),
    Trip("Architectures/gpt/checkpoint", .tensorflow, "gpt", "tensorflow"),
    Trip("Architectures/gpt-huggingface", .huggingface, "gpt", "huggingface"),
    Trip("Architectures/gpt-plain", .keras, "gpt", "bert4keras"),
    Trip("Architectures/gpt-plain/checkpoint", .tensorflow, "gpt", "tensorflow"),
    Trip("Architectures/gpt2", .keras, "gpt2", "bert4keras"),
    Trip("Architectures/gpt2/checkpoint", .tensorflow, "gpt2", "tensorflow"),
    Trip("Architectures/gpt2-huggingface", .huggingface, "gpt2", "huggingface"),
    Trip("Architectures/gpt2-ml", .keras, "gpt2-ml", "bert4keras"),
    Trip("Architectures/gpt2-ml/checkpoint", .tensorflow, "gpt2-ml", "gpt2-ml"),
    Trip("Architectures/mt5", .keras, "t5-gated", "bert4keras"),
    Trip("Architectures/mt5/checkpoint", .tensorflow, "t5-gated", "mt5"),
    Trip("Architectures/nezha", .keras, "nezha", "bert4keras"),
    Trip("Architectures/nezha/checkpoint", .tensorflow, "nezha", "nezha"),
    Trip("Architectures/nezha-tagger", .huggingface, "nezha", "huggingface"),
    Trip("Architectures/roformer-classifier", .huggingface, "roformer", "huggingface"),
    Trip("Architectures/nezha-far-huggingface", .huggingface, "nezha", "huggingface"),
    Trip("Architectures/nezha-huggingface", .huggingface, "nezha", "huggingface"),
    Trip("Architectures/roformer", .keras, "roformer", "bert4keras"),
    Trip("Architectures/roformer/checkpoint", .tensorflow, "roformer", "google"),
    Trip("Architectures/roformer-huggingface", .huggingface, "roformer", "huggingface"),
    Trip("Architectures/roformer-mlm", .keras, "roformer", "bert4keras"),
    Trip("Architectures/roformer-mlm/checkpoint", .tensorflow, "roformer", "google"),
    Trip("Architectures/roformer-positions", .keras, "roformer", "bert4keras"),
    Trip("Architectures/roformer-positions/checkpoint", .tensorflow, "roformer", "google"),
    Trip("Architectures/roformer-sim", .keras, "roformer", "bert4keras"),
    Trip("Architectures/roformer-sim/checkpoint", .tensorflow, "roformer", "google"),
    Trip("Architectures/roformer-v2", .keras, "roformer-v2", "bert4keras"),
    Trip("Architectures/roformer-v2/checkpoint", .tensorflow, "roformer-v2", "google"),
    Trip("Architectures/roformer-v2-projected", .keras, "roformer-v2", "bert4keras"),
    Trip("Architectures/roformer-v2-projected/checkpoint", .tensorflow, "roformer-v2", "google"),
    Trip("Architectures/t5", .keras, "t5", "bert4keras"),
    Trip("Architectures/t5/checkpoint", .tensorflow, "t5", "mesh"),
    Trip("Architectures/t5-decoder", .keras, "t5-gated", "bert4keras"),
    Trip("Architectures/t5-decoder/checkpoint", .tensorflow, "t5-gated", "mesh"),
    Trip("Architectures/t5-encoder", .keras, "t5-gated", "bert4keras"),
    Trip("Architectures/t5-encoder/checkpoint", .tensorflow, "t5-gated", "mesh"),
    Trip("Architectures/t5-encoder-relu", .keras, "t5-gated", "bert4keras"),
    Trip("Architectures/t5-encoder-relu/checkpoint", .tensorflow, "t5-gated", "mesh"),
    Trip("Architectures/t5-gated", .keras, "t5-gated", "bert4keras"),
    Trip("Architectures/t5-gated/checkpoint", .tensorflow, "t5-gated", "mesh"),
    Trip("Architectures/t5-gated-huggingface", .huggingface, "t5-gated", "huggingface"),
    Trip("Architectures/t5-classifier", .npz, "t5", "huggingface"),
    Trip("Architectures/t5-gated-tagger", .npz, "t5-gated", "huggingface"),
    Trip("Architectures/t5-huggingface", .huggingface, "t5", "huggingface"),
    Trip("Architectures/t5-uncrossed", .keras, "t5", "bert4keras"),
    Trip("Architectures/t5-uncrossed/checkpoint", .tensorflow, "t5", "mesh"),
    Trip("Architectures/xlnet", .huggingface, "xlnet", "huggingface"),
    Trip("Architectures/xlnet-causal", .huggingface, "xlnet", "huggingface"),
    Trip("Architectures/xlnet-model", .huggingface, "xlnet", "huggingface"),
    Trip("Architectures/albert-options", .keras, "albert", "bert4keras"),
    Trip("Architectures/albert-conditional", .keras, "albert", "bert4keras"),
    Trip("Architectures/bert-simbert", .keras, "bert", "bert4keras"),
    Trip("Architectures/bert-simbert/checkpoint", .tensorflow, "bert", "google"),
    Trip("Architectures/bert-labse", .keras, "bert", "bert4keras"),
    Trip("Architectures/bert-labse/checkpoint", .tensorflow, "bert", "google"),
    Trip("Architectures/electra-conditional", .keras, "electra", "bert4keras"),
    Trip("Architectures/gpt-conditional", .keras, "gpt", "bert4keras"),
    Trip("Architectures/gpt2-conditional", .keras, "gpt2", "bert4keras"),
    Trip("Architectures/gpt2-ml-conditional", .keras, "gpt2-ml", "bert4keras"),
    Trip("Architectures/nezha-conditional", .keras, "nezha", "bert4keras"),
    Trip("Architectures/roformer-conditional", .keras, "roformer", "bert4keras"),
    Trip("Architectures/t5-gated-tied", .npz, "t5-gated", "huggingface"),
    Trip("Architectures/electra-options", .keras, "electra", "bert4keras"),
    Trip("Architectures/gpt-options", .keras, "gpt", "bert4keras"),
    Trip("Architectures/gpt2-hierarchical", .keras, "gpt2", "bert4keras"),
    Trip("Architectures/gpt2-ml-hierarchical", .keras, "gpt2-ml", "bert4keras"),
    Trip("Architectures/nezha-options", .keras, "nezha", "bert4keras"),
    Trip("Architectures/roformer-options", .keras, "roformer", "bert4keras"),
    Trip("Architectures/roformer-v2-options", .keras, "roformer-v2", "bert4keras"),
    Trip("Architectures/gpt2-unscaled", .huggingface, "gpt2", "huggingface"),
    Trip("Architectures/gpt2-openai", .tensorflow, "gpt2", "openai"),
    Trip("Architectures/xlnet-google", .tensorflow, "xlnet", "google"),
    Trip("Architectures/bert-google", .tensorflow, "bert", "google"),
    Trip("Architectures/t5-mesh", .tensorflow, "t5", "mesh"),
    Trip("Architectures/t5-gated-mesh", .tensorflow, "t5-gated", "mesh"),
    Trip("Architectures/mt5-mesh", .tensorflow, "t5-gated", "mt5"),
    Trip("Architectures/albert-google", .tensorflow, "albert", "google"),
    Trip("Architectures/nezha-original", .tensorflow, "nezha", "nezha"),
    Trip("Architectures/electra-original", .tensorflow, "electra", "electra"),
    Trip("Architectures/gpt2-ml-original", .tensorflow, "gpt2-ml", "gpt2-ml"),
    Trip("HuggingFace/bert-pretraining", .huggingface, "bert", "huggingface"),
    Trip("HuggingFaceTF/albert", .npz, "albert", "huggingface-tf"),
    Trip("HuggingFaceTF/deberta", .npz, "deberta", "huggingface-tf"),
    Trip("HuggingFaceTF/deberta-v2-unshared", .npz, "deberta-v2", "huggingface-tf"),
    Trip("HuggingFaceTF/deberta-v3", .npz, "deberta-v2", "huggingface-tf"),
    Trip("HuggingFaceTF/electra", .npz, "electra", "huggingface-tf"),
    Trip("HuggingFaceTF/gpt", .npz, "gpt", "huggingface-tf"),
    Trip("HuggingFaceTF/gpt2", .npz, "gpt2", "huggingface-tf"),
    Trip("HuggingFaceTF/gpt2-2021", .npz, "gpt2", "huggingface-tf"),
    Trip("HuggingFaceTF/mt5", .npz, "t5-gated", "huggingface-tf"),
    Trip("HuggingFaceTF/roformer", .npz, "roformer", "huggingface-tf"),
    Trip("HuggingFaceTF/t5", .npz, "t5", "huggingface-tf"),
    Trip("HuggingFaceTF/t5-2021", .npz, "t5", "huggingface-tf"),
    Trip("HuggingFaceTF/xlnet", .npz, "xlnet", "huggingface-tf"),
    Trip("HuggingFaceTF/pretraining", .npz, "bert", "huggingface-tf"),
    Trip("KerasBERT/pretraining", .keras, "bert", "keras-bert"),
    Trip("KerasBERT/encoder", .keras, "bert", "keras-bert"),
    Trip("bert4keras/albert-0.4.6", .keras, "albert", "bert4keras-0-5-6"),
    Trip("bert4keras/albert-0.5.7", .keras, "albert", "bert4keras-0-5-8"),
    Trip("bert4keras/bare-0.4.6", .keras, "bert", "bert4keras-0-5-6"),
    Trip("bert4keras/encoder-0.4.6", .keras, "bert", "bert4keras-0-5-6"),
    Trip("bert4keras/encoder-0.5.6", .keras, "bert", "bert4keras-0-5-6"),
    Trip("bert4keras/encoder-0.5.8", .keras, "bert", "bert4keras-0-5-8"),
    Trip("bert4keras/albert-0.7.2", .keras, "albert", "bert4keras"),
    Trip("bert4keras/encoder", .keras, "bert", "bert4keras"),
    Trip("bert4keras/encoder-0.7.2", .keras, "bert", "bert4keras"),
    Trip("bert4keras/nezha-0.7.2", .keras, "nezha", "bert4keras"),
    Trip("bert4keras/gpt2-ml-0.7.2", .keras, "gpt2-ml", "bert4keras-0-7-2"),
    Trip("bert4keras/npz-google", .npz, "bert", "google"),
    Trip(
      "Prefixes/electra-pretraining", .tensorflow, "bert", "electra-generator", prefix: "generator",
      settings: ["heads": "2"]),
  ]

  @Test(arguments: trips) func everyTensorComesBackBitForBit(trip: Trip) throws {
    let directory = try TemporaryDirectory()
    let source = Fixtures.folder(trip.source).path
    let conversion = try Conversion(
      planning: Release(at: source),
      options: Conversion.Options(
        architecture: trip.architecture, prefix: trip.prefix, extras: .keep, settings: trip.settings))
    _ = try conversion.write(to: directory.path("model.ingot"))
    let model = try ModelFile(mapping: directory.path("model.ingot"))
    // Most kinds of folder have a usual naming, which is the source's.
    let others = [
      "microsoft", "keras-bert", "bert4keras-0-5-6", "bert4keras-0-5-8", "bert4keras-0-7-2", "electra-generator",
    ]
    let isUsual = !others.contains(trip.naming)
    let naming = isUsual ? nil : trip.naming
    let export = try Export(
      planning: model, to: trip.destination, options: Export.Options(naming: naming, extras: .keep))
    #expect(conversion.plan.naming == trip.naming && export.plan.naming == trip.naming)
    _ = try export.write(to: directory.path("exported"))

    let comparison = try Comparison(
      of: Release.weights(at: source), with: Release.weights(at: directory.path("exported")), prefix: trip.prefix)
    #expect(comparison.agrees)
    #expect(comparison.pairs.count >= 10)
    #expect(comparison.onlyInFirst == [] && comparison.onlyInSecond == [])
    // Other names only where the source left a choice, or held what is no weight.
    if case .tables(_, let namings) = comparison.pairing { #expect(namings == [trip.naming, trip.naming]) }
  }

  @Test func everyNamingOfEveryArchitectureIsAmongThem() throws {
    let tried = Set(Self.trips.map { "\($0.architecture) \($0.naming)" })
    let known = Set(Architecture.all.flatMap { one in one.namings.map { "\(one.name) \($0.name)" } })
    #expect(known.subtracting(tried) == [])
    let folders = try FileManager.default.contentsOfDirectory(atPath: Fixtures.folder("Architectures").path)
    #expect(folders.filter { folder in !Self.trips.contains { $0.source == "Architectures/\(folder)" } } == [])
  }
}
