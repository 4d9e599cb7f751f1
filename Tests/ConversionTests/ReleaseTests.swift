import Bytes
import Checkpoints
import Conversion
import Foundation
import TestSupport
import Testing

/// What is found in a released folder.
@Suite struct ReleaseTests {
  /// A folder with copies of the named fixtures, each under a name of its own.
  private func folder(_ files: [String: String]) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    for (name, fixture) in files {
      try FileManager.default.copyItem(
        atPath: Fixtures.root.appending(path: fixture).path, toPath: directory.path(name))
    }
    return directory
  }

  @Test func aFolderGivesWeightsConfigurationAndVocabulary() throws {
    let release = try Release(at: Fixtures.folder("Poems").path)
    #expect(release.checkpoint.file.hasSuffix("Poems/poem_bert.h5"))
    #expect(release.configurationPath?.hasSuffix("Poems/bert_config.json") == true)
    #expect(release.vocabularyPath?.hasSuffix("Poems/vocab.txt") == true)
    #expect(try release.configuration()?["num_attention_heads"] == 4)
  }

  @Test func recordedReferencesAreNotTakenForWeights() throws {
    // The folder of the sample holds two of them.
    let folder = try folder([
      "reference.npz": "Poems/reference.float32.npz", "w.npz": "bert4keras/npz-google/weights.npz",
    ])
    #expect(try Release.weights(at: folder.url.path).file == folder.path("w.npz"))
    let lone = try self.folder(["reference.npz": "Poems/reference.float32.npz"])
    #expect(throws: noWeights(in: lone.url.path)) { try Release(at: lone.url.path) }
  }

  @Test func aFileOfWeightsBringsItsNeighbours() throws {
    let folder = try folder([
      "a.h5": "Poems/poem_bert.h5", "b.h5": "bert4keras/encoder/weights.h5", "config.json": "Poems/bert_config.json",
      "vocab.txt": "Poems/vocab.txt",
    ])
    let release = try Release(at: folder.path("a.h5"))
    #expect(release.checkpoint.file == folder.path("a.h5"))
    #expect(release.configurationPath == folder.path("config.json"))
    #expect(release.vocabularyPath == folder.path("vocab.txt"))
  }

  @Test func severalFilesOfWeightsAreLeftToTheUser() throws {
    let folder = try folder(["a.h5": "Poems/poem_bert.h5", "b.weights": "bert4keras/encoder/weights.h5"])
    #expect(
      throws: Problem(
        .mismatched, file: folder.url.path, found: "several files of weights: a.h5, b.weights", expected: "one",
        advice: "Name the file that holds the weights")
    ) { try Release(at: folder.url.path) }
  }

  @Test func whatATrainerLeftBesideTheWeightsIsNotTakenForThem() throws {
    let weights = "PyTorch/bert/zip/pytorch_model.bin"
    let leftovers = ["training_args.bin", "optimizer.pt", "scheduler.pt", "scaler.pt", "rng_state_0.pth"]
    let folder = try folder(Dictionary(uniqueKeysWithValues: (leftovers + ["pytorch_model.bin"]).map { ($0, weights) }))
    #expect(try Release.weights(at: folder.url.path).file == folder.path("pytorch_model.bin"))
  }

  @Test func aFolderOfShardsIsOneCheckpoint() throws {
    for name in ["sharded-zip", "sharded-safetensors"] {
      let release = try Release(at: Fixtures.folder("PyTorch").appending(path: "bert/\(name)").path)
      #expect(release.checkpoint.file.hasSuffix(".index.json"))
      #expect(release.configurationPath?.hasSuffix("/config.json") == true)
    }
  }

  @Test func aFolderWithoutWeightsSaysWhatItLooksFor() throws {
    let folder = try folder(["vocab.txt": "Poems/vocab.txt"])
    #expect(throws: noWeights(in: folder.url.path)) { try Release(at: folder.url.path) }
  }

  @Test func shardsCountAsTheOneCheckpointOfTheirIndex() throws {
    let names = ["sharded.weights.json"] + (0...3).map { "sharded_0000\($0).weights.h5" }
    let folder = try folder(Dictionary(uniqueKeysWithValues: names.map { ($0, "Keras3/keras-3.15.1/\($0)") }))
    #expect(try Release.weights(at: folder.url.path).file == folder.path("sharded.weights.json"))
  }

  private func noWeights(in folder: String) -> Problem {
    Problem(
      .mismatched, file: folder, found: "no file of weights in this folder",
      expected:
        "a file named *.h5, *.hdf5, *.weights, *.keras, *.weights.json, *.npz, *.safetensors, *.bin, *.pt, *.pth, "
        + "*.ckpt, *.npy, *.index",
      advice: "Name the file that holds the weights")
  }

  @Test func theUsualNameCountsAmongSeveralConfigurations() throws {
    let folder = try folder([
      "a.h5": "Poems/poem_bert.h5", "bert_config.json": "Poems/bert_config.json",
      "config.json": "bert4keras/encoder/bert_config.json", "tokenizer_config.json": "Poems/bert_config.json",
    ])
    #expect(try Release(at: folder.url.path).configurationPath == folder.path("bert_config.json"))
  }

  @Test func aSingleConfigurationMayHaveAnUnusualName() throws {
    let folder = try folder([
      "a.h5": "Poems/poem_bert.h5", "bert_config_rbt3.json": "Poems/bert_config.json",
      "vocab_zh.txt": "Poems/vocab.txt",
      "notes.txt": "Poems/vocab.txt",
    ])
    let release = try Release(at: folder.url.path)
    #expect(release.configurationPath == folder.path("bert_config_rbt3.json"))
    #expect(release.vocabularyPath == folder.path("vocab_zh.txt"))
  }

  @Test func severalUnusualNamesAreLeftToTheUser() throws {
    let folder = try folder([
      "a.h5": "Poems/poem_bert.h5", "config_base.json": "Poems/bert_config.json",
      "config_large.json": "Poems/bert_config.json",
    ])
    #expect(
      throws: Problem(
        .mismatched, file: folder.url.path, found: "config_base.json, config_large.json", expected: "one configuration",
        advice: "Choose one with --config")
    ) { try Release(at: folder.url.path) }
    let release = try Release(at: folder.url.path, configuration: folder.path("config_large.json"))
    #expect(release.configurationPath == folder.path("config_large.json"))
    // Weights alone need no choice.
    #expect(try Release.weights(at: folder.url.path).tensors.count == 42)
  }

  @Test func whatIsNotThereStaysAway() throws {
    let folder = try folder(["a.h5": "Poems/poem_bert.h5"])
    let release = try Release(at: folder.url.path)
    #expect(release.configurationPath == nil)
    #expect(try release.configuration() == nil)
    #expect(release.vocabularyPath == nil)
  }

  @Test func aPathThatDoesNotExistIsUnavailable() throws {
    #expect(
      throws: Problem(
        .unavailable, file: "/nowhere/a.h5", found: "no such file or directory", expected: "a readable regular file")
    ) { try Release(at: "/nowhere/a.h5") }
  }
}
