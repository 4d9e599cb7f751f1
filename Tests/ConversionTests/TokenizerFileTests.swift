import Bytes
import Conversion
import Foundation
import JSON
import ModelFiles
import TestSupport
import Testing

/// The files of tokenizers that Ingot does not run travel with the model, and leave it under the names that others look for.
@Suite struct TokenizerFileTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  /// A folder with copies of fixtures, each under a name of its own.
  private func folder(_ files: [String: String]) throws -> String {
    let folder = directory.path("release")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, fixture) in files {
      try FileManager.default.copyItem(atPath: Fixtures.root.appending(path: fixture).path, toPath: "\(folder)/\(name)")
    }
    return folder
  }

  private func model(_ release: Release) throws -> ModelFile {
    _ = try Conversion(planning: release).write(to: directory.path("model.ingot"))
    return try ModelFile(mapping: directory.path("model.ingot"))
  }

  /// The files of an export by their names, weights aside, and what it tells Ingot.
  private func exported(
    _ model: ModelFile, to destination: Export.Destination, lowercases: Bool? = nil
  ) throws -> [String: Data] {
    let folder = directory.path("exported")
    let options = Export.Options(lowercases: lowercases)
    _ = try Export(planning: model, to: destination, options: options).write(to: folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      !$0.hasPrefix("model.") && $0 != "ingot.json"
    }
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(filePath: "\(folder)/\($0)"))) })
  }

  private func fixture(_ name: String) throws -> Data { try Data(contentsOf: Fixtures.root.appending(path: name)) }

  private static let pieces = "Tokenizer/sentencepiece.model"
  private static let t5 = [
    "model.safetensors": "Architectures/t5-gated-huggingface/model.safetensors",
    "config.json": "Architectures/t5-gated-huggingface/config.json",
  ]
  private static let gpt2 = "HuggingFace/gpt2-byte-pairs/"

  @Test func whatTransformersSavedOfATokenizerComesBackByteForByte() throws {
    let release = try Release(at: Fixtures.folder(Self.gpt2).path)
    let names = ["merges.txt", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.json"]
    #expect(release.tokenizerPaths == names.map { Fixtures.folder(Self.gpt2).appending(path: $0).path })
    #expect(release.vocabularyPath == nil)
    #expect(release.configurationPath?.hasSuffix("gpt2-byte-pairs/config.json") == true)
    let model = try model(release)
    #expect(model.vocabulary == nil)
    let files = try exported(model, to: .huggingface)
    #expect(files.keys.sorted() == ["config.json", "generation_config.json"] + names)
    for name in names where name != "tokenizer_config.json" { #expect(try files[name] == fixture(Self.gpt2 + name)) }
    // The same text, in the spelling of Ingot.
    let own = try JSON(parsing: ByteView(Array(#require(files["tokenizer_config.json"]))))
    #expect(try own == JSON(parsing: ByteView(Array(fixture(Self.gpt2 + "tokenizer_config.json")))))
  }

  @Test func thePairsOfOpenAIAreWrittenUnderTheNamesOfTransformers() throws {
    let folder = try folder([
      "model.safetensors": Self.gpt2 + "model.safetensors", "config.json": Self.gpt2 + "config.json",
      "encoder.json": Self.gpt2 + "vocab.json", "vocab.bpe": Self.gpt2 + "merges.txt",
    ])
    let model = try model(Release(at: folder))
    #expect(model.attachments.map(\.name) == ["config.json", "encoder.json", "vocab.bpe"])
    let files = try exported(model, to: .huggingface)
    #expect(files.keys.sorted() == ["config.json", "merges.txt", "tokenizer_config.json", "vocab.json"])
    #expect(try files["vocab.json"] == fixture(Self.gpt2 + "vocab.json"))
    #expect(try files["merges.txt"] == fixture(Self.gpt2 + "merges.txt"))
    #expect(
      files["tokenizer_config.json"]
        == Data("{\n  \"tokenizer_class\": \"GPT2Tokenizer\",\n  \"model_max_length\": 16\n}\n".utf8))
  }

  @Test func piecesAreKnownByWhatTheyHoldAndWrittenUnderTheNameThatTheirClassLooksFor() throws {
    let folder = try folder(
      Self.t5.merging(["sentencepiece_cn.model": Self.pieces, "best.model": "Tokenizer/cr.txt"]) { $1 })
    let release = try Release(at: folder)
    #expect(release.tokenizerPaths == ["\(folder)/sentencepiece_cn.model"])
    let model = try model(release)
    #expect(model.attachments.map(\.name) == ["config.json", "sentencepiece_cn.model"])
    let files = try exported(model, to: .huggingface)
    #expect(files.keys.sorted() == ["config.json", "spiece.model", "tokenizer_config.json"])
    #expect(try files["spiece.model"] == fixture(Self.pieces))
    #expect(
      files["tokenizer_config.json"]
        == Data("{\n  \"tokenizer_class\": \"T5Tokenizer\",\n  \"extra_ids\": 0\n}\n".utf8))
  }

  @Test func piecesMayLieElsewhereAndAreNoVocabulary() throws {
    let folder = try folder(Self.t5.merging(["vocab.txt": "Tokenizer/vocab.txt"]) { $1 })
    let release = try Release(at: folder, vocabulary: Fixtures.root.appending(path: Self.pieces).path)
    #expect(release.vocabularyPath == nil)
    #expect(try model(release).attachments.map(\.name) == ["config.json", "sentencepiece.model"])
  }

  @Test(
    "a tokenizer.json is written for a vocab.txt as its options say, and none where the class or the vocabulary has another"
  )
  func fast() throws {
    let bert = "HuggingFace/bert-model/"
    let files = ["config.json": bert + "config.json", "model.safetensors": bert + "model.safetensors"]
    let folder = try folder(files.merging(["vocab.txt": bert + "vocab.txt"]) { $1 })
    func written(_ vocabulary: String?, lowercases: Bool? = nil, configuration: String? = nil) throws -> JSON? {
      if let vocabulary { try Data(vocabulary.utf8).write(to: URL(filePath: "\(folder)/vocab.txt")) }
      let path = "\(folder)/tokenizer_config.json"
      try? FileManager.default.removeItem(atPath: path)
      if let configuration { try Data(configuration.utf8).write(to: URL(filePath: path)) }
      for name in ["exported", "model.ingot"] { try? FileManager.default.removeItem(atPath: directory.path(name)) }
      let files = try exported(model(Release(at: folder)), to: .huggingface, lowercases: lowercases)
      return try files["tokenizer.json"].map { try JSON(parsing: ByteView(Array($0))) }
    }
    let special = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"
    #expect(try written(nil)?["normalizer"]?["lowercase"] == true)
    #expect(try written(nil, lowercases: false)?["normalizer"]?["lowercase"] == false)
    // The later of two equal lines counts, and a carriage return ends a line.
    let json = try #require(try written(special + "a\r\nb\na\n"))
    #expect(json["model"]?["vocab"]?.members?.map(\.name) == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "b", "a"])
    #expect(json["model"]?["vocab"]?["a"] == 7)
    let accents = #"{"tokenizer_class": "BertTokenizer", "do_lower_case": true, "strip_accents": false}"#
    #expect(try written(nil, configuration: accents)?["normalizer"]?["strip_accents"] == false)
    #expect(try written(nil, configuration: #"{"tokenizer_class": "BertTokenizer", "never_split": ["b"]}"#) == nil)
    #expect(try written(nil, configuration: #"{"tokenizer_class": "BertJapaneseTokenizer"}"#) == nil)
    #expect(try written("[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n") == nil)
    #expect(try written(special + "天地\n") == nil)
  }

  @Test func everyOtherWayOutKeepsTheNames() throws {
    let folder = try folder(Self.t5.merging(["spiece.model": Self.pieces]) { $1 })
    let files = try exported(model(Release(at: folder)), to: .npz)
    #expect(files.keys.sorted() == ["bert_config.json", "spiece.model", "weights.npz"])
  }

  @Test func theWordOfTheUserComesBeforeTheSourcesOwn() throws {
    let bert = "HuggingFace/bert-masked-lm/"
    let folder = try folder([
      "model.safetensors": bert + "model.safetensors", "config.json": bert + "config.json",
      "vocab.txt": bert + "vocab.txt",
    ])
    try Data(#"{"do_lower_case": true, "strip_accents": null}"#.utf8).write(
      to: URL(filePath: "\(folder)/tokenizer_config.json"))
    let files = try exported(model(Release(at: folder)), to: .huggingface, lowercases: false)
    #expect(
      files["tokenizer_config.json"] == Data("{\n  \"strip_accents\": null,\n  \"do_lower_case\": false\n}\n".utf8))
  }

  @Test func whatBelongsToATokenizerIsNeitherWeightsNorConfiguration() throws {
    let folder = try folder([
      "model.safetensors": Self.gpt2 + "model.safetensors", "gpt_config.json": Self.gpt2 + "config.json",
      "tokenizer_config.json": Self.gpt2 + "tokenizer_config.json", "bpe_encoder.bin": Self.gpt2 + "merges.txt",
    ])
    let release = try Release(at: folder)
    #expect(release.checkpoint.file == "\(folder)/model.safetensors")
    #expect(release.configurationPath == "\(folder)/gpt_config.json")
    #expect(release.tokenizerPaths == ["\(folder)/bpe_encoder.bin", "\(folder)/tokenizer_config.json"])
  }

  @Test func aVocabularyOfAnUnusualNameIsFoundAgain() throws {
    let folder = try folder(["tokens.lst": "Poems/vocab.txt"])
    let model = try model(Release(at: Fixtures.folder("Poems").path, vocabulary: "\(folder)/tokens.lst"))
    #expect(model.vocabulary?.name == "vocab.txt")
    #expect(try model.vocabulary?.bytes.array() == Array(fixture("Poems/vocab.txt")))
  }
}
