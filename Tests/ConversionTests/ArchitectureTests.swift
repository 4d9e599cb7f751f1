import Architectures
import Conversion
import Foundation
import ModelFiles
import TestSupport
import Testing

/// One tiny model of each architecture, from both files that bert4keras writes of it.
@Suite("Every architecture of bert4keras") struct ArchitectureTests {
  /// A folder of `Tests/Fixtures/Architectures`, and what converting it finds beyond tensors.
  struct Model: CustomTestStringConvertible, Sendable {
    let folder: String
    let architecture: String
    /// The settings as a plan prints them, in the order of the table.
    let settings: String
    var testDescription: String { folder }
  }

  static let models =
    [
      Model(
        folder: "roformer", architecture: "roformer",
        settings: "heads 3, embedding.epsilon 1e-07, block.epsilon 1e-07, mlm.epsilon 1e-12, activation gelu-erf, "
          + "mask none, pooler.activation tanh, segment.shared false, attention.residual false"),
      Model(
        folder: "roformer-sim", architecture: "roformer",
        settings: "heads 3, embedding.epsilon 1e-07, block.epsilon 1e-07, mlm.epsilon 1e-12, activation gelu-erf, "
          + "mask unilm, pooler.activation linear, segment.shared false, attention.residual false"),
      Model(
        folder: "bert-simbert", architecture: "bert",
        settings:
          "heads 3, epsilon 1e-12, activation gelu-erf, mask unilm, pooler.activation linear, hierarchical 0.0, "
          + "segment.shared false, attention.residual false, condition.activation linear"),
      Model(
        folder: "nezha", architecture: "nezha",
        settings: "heads 3, relative.distance 64, embedding.epsilon 1e-07, block.epsilon 1e-07, mlm.epsilon 1e-12, "
          + "activation gelu-erf, mask none, pooler.activation tanh, segment.shared false, attention.residual false"),
      Model(
        folder: "albert", architecture: "albert",
        settings: "blocks 3, heads 3, embedding.epsilon 1e-12, block.epsilon 1e-07, mlm.epsilon 1e-12, "
          + "activation gelu-erf, mask none, pooler.activation tanh, hierarchical 0.0, segment.shared false, "
          + "attention.residual false"),
      Model(
        folder: "electra", architecture: "electra",
        settings: "heads 3, epsilon 1e-12, activation gelu-erf, hierarchical 0.0, segment.shared false, "
          + "attention.residual false"),
      Model(
        folder: "gpt", architecture: "gpt",
        settings: "heads 3, epsilon 1e-12, activation gelu-erf, padding.zero true, hierarchical 0.0, "
          + "segment.shared false"),
      Model(
        folder: "gpt2", architecture: "gpt2",
        settings: "heads 3, epsilon 1e-05, activation gelu-erf, padding.zero true, hierarchical 0.0, "
          + "attention.scaled true, attention.by-depth false"),
      Model(
        folder: "gpt2-ml", architecture: "gpt2-ml",
        settings: "heads 3, epsilon 1e-05, activation gelu-erf, hierarchical 0.0"),
      Model(
        folder: "roformer-v2", architecture: "roformer-v2",
        settings: "heads 3, epsilon 1e-07, activation relu, mask none, segment.shared false, attention.residual false"),
      Model(
        folder: "roformer-v2-projected", architecture: "roformer-v2",
        settings: "heads 3, epsilon 1e-07, activation gelu-erf, mask none, segment.shared false, "
          + "attention.residual false"),
      Model(
        folder: "t5", architecture: "t5",
        settings: "epsilon 1e-06, activation relu, relative.distance 128, cross.position true"),
    ]
    + ["t5-gated", "mt5", "t5-encoder", "t5-decoder"].map {
      Model(
        folder: $0, architecture: "t5-gated",
        settings: "epsilon 1e-06, activation gelu-erf, relative.distance 128, cross.position true, lm.scaled true, "
          + "lm.tied false")
    }

  /// Models of which one program saved one file.
  static let others = [
    Model(
      folder: "gau", architecture: "gau",
      settings: "epsilon 1e-07, activation swish, attention.normalization softmax-plus, mask none"),
    Model(
      folder: "gau-squared-relu", architecture: "gau",
      settings: "epsilon 1e-07, activation swish, attention.normalization squared-relu, mask none"),
    Model(
      folder: "xlnet", architecture: "xlnet",
      settings: "epsilon 1e-12, activation gelu-erf, mask none, relative.distance -1.0, padding 5"),
    Model(
      folder: "xlnet-causal", architecture: "xlnet",
      settings: "epsilon 1e-12, activation gelu-tanh, mask lm, relative.distance 7.0, padding 5"),
    Model(
      folder: "deberta", architecture: "deberta",
      settings: "heads 3, epsilon 1e-07, activation gelu-erf, relative.terms both, relative.distance -1.0, length 32, "
        + "embedding.position false"),
    Model(
      folder: "deberta-absolute", architecture: "deberta",
      settings: "heads 3, epsilon 1e-07, activation gelu-erf, relative.terms c2p, relative.distance -1.0, length 16, "
        + "embedding.position true"),
    Model(
      folder: "deberta-v2", architecture: "deberta-v2",
      settings: "heads 4, epsilon 1e-07, activation gelu-erf, relative.terms both, relative.distance -1.0, "
        + "relative.buckets 4.0, length 32, relative.shared true, relative.norm layer, "
        + "embedding.position false, convolution.activation gelu-erf"),
    Model(
      folder: "deberta-v2-unshared", architecture: "deberta-v2",
      settings: "heads 6, epsilon 1e-07, activation gelu-erf, relative.terms p2c, relative.distance 9.0, "
        + "relative.buckets -1.0, length 80, relative.shared false, relative.norm none, "
        + "embedding.position true, convolution.activation tanh"),
    Model(
      folder: "deberta-v3", architecture: "deberta-v2",
      settings: "heads 4, epsilon 1e-07, activation gelu-erf, relative.terms both, relative.distance 20.0, "
        + "relative.buckets 6.0, length 32, relative.shared true, relative.norm layer, "
        + "embedding.position false, convolution.activation tanh"),
    Model(
      folder: "albert-huggingface", architecture: "albert",
      settings: "blocks 3, heads 3, embedding.epsilon 1e-12, block.epsilon 1e-12, mlm.epsilon 1e-12, "
        + "activation gelu-erf, mask none, pooler.activation tanh, hierarchical 0.0, segment.shared false, "
        + "attention.residual false"),
    Model(
      folder: "electra-huggingface", architecture: "electra",
      settings: "heads 3, epsilon 1e-12, activation gelu-erf, hierarchical 0.0, segment.shared false, "
        + "attention.residual false"),
    Model(
      folder: "nezha-huggingface", architecture: "nezha",
      settings: "heads 3, relative.distance 4, embedding.epsilon 1e-12, block.epsilon 1e-12, "
        + "mlm.epsilon 1e-12, activation gelu-erf, mask none, pooler.activation tanh, segment.shared false, "
        + "attention.residual false"),
    Model(
      folder: "roformer-huggingface", architecture: "roformer",
      settings: "heads 3, embedding.epsilon 1e-12, block.epsilon 1e-12, mlm.epsilon 1e-12, "
        + "activation gelu-erf, mask none, pooler.activation tanh, segment.shared false, attention.residual false"),
    Model(
      folder: "t5-huggingface", architecture: "t5",
      settings: "epsilon 1e-06, activation relu, relative.distance 128, cross.position false"),
    Model(
      folder: "t5-gated-huggingface", architecture: "t5-gated",
      settings: "epsilon 1e-06, activation gelu-tanh, relative.distance 128, cross.position false, "
        + "lm.scaled false, lm.tied false"),
  ]

  private func convert(_ path: String, to name: String, of architecture: String, in directory: TemporaryDirectory)
    throws
    -> (settings: String, file: ModelFile)
  {
    let conversion = try Conversion(
      planning: Release(at: Fixtures.folder("Architectures/\(path)").path),
      options: Conversion.Options(architecture: architecture))
    _ = try conversion.write(to: directory.path(name))
    let settings = conversion.settings.entries.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    return (settings, try ModelFile(mapping: directory.path(name)))
  }

  @Test("converts from HDF5 and from the checkpoint to the same tensors, bit for bit", arguments: models)
  func converts(model: Model) throws {
    let directory = try TemporaryDirectory()
    let keras = try convert(model.folder, to: "keras.ingot", of: model.architecture, in: directory)
    let checkpoint = try convert(
      "\(model.folder)/checkpoint", to: "checkpoint.ingot", of: model.architecture, in: directory)
    #expect(keras.settings == model.settings)
    #expect(keras.file.architecture == model.architecture)
    #expect(checkpoint.file.tensors.count >= keras.file.tensors.count - 1)
    for tensor in checkpoint.file.tensors {
      #expect(keras.file.digest(of: tensor.name) == checkpoint.file.digest(of: tensor.name), "\(tensor.name)")
    }
  }

  @Test("converts what other programs saved, with the settings of their configuration", arguments: others)
  func other(model: Model) throws {
    let directory = try TemporaryDirectory()
    let converted = try convert(model.folder, to: "model.ingot", of: model.architecture, in: directory)
    #expect(converted.settings == model.settings)
    #expect(converted.file.architecture == model.architecture)
    #expect(try converted.file.verifyDigests().isEmpty)
  }
}
