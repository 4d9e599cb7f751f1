import Bytes
import Conversion
import Foundation
import Inference
import JSON
import ModelFiles
import Tasks
import TestSupport
import Testing
import Tokenization

/// How texts are tokenized, as the files that travel with a model say, held against transformers.
@Suite struct TextSettingsTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func fixture(_ name: String) -> String { Fixtures.folder("Tokenizer/\(name)").path }

  /// A model made of a copy of a fixture, without some of its files and with other texts for some.
  private func model(_ name: String, without removed: [String] = [], with texts: [String: String] = [:]) throws
    -> ModelFile
  {
    let folder = directory.path("release")
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.copyItem(atPath: fixture(name), toPath: folder)
    for file in removed { try FileManager.default.removeItem(atPath: "\(folder)/\(file)") }
    for (file, text) in texts { try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(file)")) }
    let path = directory.path("model.ingot")
    _ = try Conversion(planning: Release(at: folder)).write(to: path, replacing: true)
    return try ModelFile(mapping: path)
  }

  private func json(_ path: String) throws -> JSON { try JSON(parsing: ByteView(mapping: path)) }

  private func expectIDs(_ tokenizer: Tokenizer, _ texts: JSON?) throws {
    for said in try #require(texts?.elements) {
      let ids = try #require(said["ids"]?.elements).map { try #require($0.integer) }
      #expect(try tokenizer.encode(template: #require(said["text"]?.string)).ids == ids)
    }
  }

  @Test(
    "the ids are those of transformers, by the configuration and by the vocabulary alone",
    arguments: ["uncased", "cased", "accents-kept"])
  func ids(_ name: String) throws {
    let texts = try json("\(fixture(name))/expected.json")["texts"]
    // That accents are kept beside lowered letters only the configuration tells.
    let without = name == "accents-kept" ? [] : [["tokenizer_config.json", "special_tokens_map.json"]]
    for removed in [[]] + without {
      let file = try model(name, without: removed)
      let settings = try TextSettings(of: file)
      #expect(settings.lowercases == (name != "cased"))
      #expect(settings.assumed.contains(.letterCase) == !removed.isEmpty)
      try expectIDs(Tokenizer(of: file), texts)
      guard name != "accents-kept" else { continue }
      try expectIDs(
        Tokenizer(vocabulary: Vocabulary(reading: #require(file.attachment(settings.file)))), texts)
    }
  }

  @Test("words that an uncased model tells apart get answers of their own")
  func answers() throws {
    let file = try model("uncased", without: ["tokenizer_config.json"])
    let task = try FillMask(model: Model(file), tokenizer: Tokenizer(of: file), file: file.path)
    let answers = try ["Apple", "River", "apple"].map { try task.answers(to: "\($0) is near [MASK]", count: 3) }
    #expect(answers[0] != answers[1])
    #expect(answers[0] == answers[2])
    // As it was: both words are [UNK].
    var settings = try TextSettings(of: file)
    settings.lowercases = false
    let cased = try FillMask(
      model: Model(file), tokenizer: Tokenizer(settings) { file.attachment($0) }, file: file.path)
    #expect(
      try cased.answers(to: "Apple is near [MASK]", count: 3) == cased.answers(to: "River is near [MASK]", count: 3))
  }

  @Test("what was assumed is said, and what a configuration says against the vocabulary")
  func remarks() throws {
    func remarks(
      _ name: String, _ configuration: String? = nil, given: [String: String] = [:]
    ) throws -> [String] {
      let vocabulary = try ByteView(mapping: "\(fixture(name))/vocab.txt")
      var files = [(name: "vocab.txt", bytes: vocabulary)]
      if let configuration {
        files.append(("tokenizer_config.json", ByteView(Array(configuration.utf8), file: "tokenizer_config.json")))
      }
      let settings = try #require(try TextSettings(finding: TextSources(files: files, given: given)))
      return settings.remarks(on: try Tokenizer(settings) { _ in vocabulary }.splitter)
    }
    #expect(
      try remarks("uncased") == [
        "vocab.txt has no upper-case letters: texts are lowered. Say otherwise with --tokenizer case=kept."
      ])
    #expect(
      try remarks("cased") == [
        "vocab.txt has upper-case letters: texts keep their case. Say otherwise with --tokenizer case=lower."
      ])
    #expect(try remarks("uncased", #"{"do_lower_case": true}"#) == [])
    #expect(try remarks("cased", given: ["case": "lower"]) == [])
    #expect(
      try remarks("uncased", #"{"do_lower_case": false}"#) == [
        "tokenizer_config.json says do_lower_case = false, but vocab.txt has no upper-case letters: a word with an upper-case "
          + "letter is [UNK]."
      ])
    #expect(
      try remarks("cased", #"{"do_lower_case": true}"#) == [
        "tokenizer_config.json says do_lower_case = true, but vocab.txt has upper-case letters: tokens with such letters are never "
          + "used."
      ])
  }

  @Test("the normaliser of tokenizer.json counts where no configuration speaks")
  func normalizer() throws {
    let file = try model(
      "uncased", without: ["tokenizer_config.json"],
      with: [
        "tokenizer.json": #"{"normalizer": {"type": "BertNormalizer", "lowercase": false, "strip_accents": null}}"#
      ])
    let settings = try TextSettings(of: file)
    #expect(!settings.lowercases)
    #expect(!settings.assumed.contains(.letterCase))
  }

  @Test("what transformers does otherwise is refused")
  func refusals() throws {
    func refusal(_ name: String, _ configuration: String?) throws -> String? {
      let file = try model(
        name, without: configuration == nil ? [] : ["tokenizer_config.json"],
        with: configuration.map { ["tokenizer_config.json": $0] } ?? [:])
      do {
        _ = try Tokenizer(of: file)
        return nil
      } catch let problem as Problem {
        return "\(problem.kind.rawValue): \(problem.object ?? ""): \(problem.found)"
      }
    }
    #expect(
      try refusal("uncased", #"{"tokenizer_class": "BertJapaneseTokenizer", "do_lower_case": true}"#)
        == "unsupported: : tokenizer_class = BertJapaneseTokenizer")
    #expect(
      try refusal("uncased", #"{"do_lower_case": true, "do_basic_tokenize": false}"#)
        == "unsupported: : do_basic_tokenize = false")
    #expect(try refusal("uncased", #"{"do_lower_case": true, "tokenize_chinese_chars": false}"#) == nil)
    #expect(try refusal("uncased", #"{"do_lower_case": "yes"}"#) == "mismatched: do_lower_case: \"yes\"")
    #expect(
      try refusal("uncased", #"{"strip_accents": true, "do_lower_case": true, "mask_token": {"content": "[MASK]"}}"#)
        == nil)
    #expect(try refusal("uncased", #"{"do_lower_case": "#)?.hasPrefix("damaged: ") == true)
  }

  @Test("of a class that Ingot does not know, tokenizer.json tells all, and pieces of fairseq nothing")
  func unknownClass() throws {
    let pieces = try ByteView(mapping: Fixtures.folder("SentencePiece").appending(path: "unigram-unused.model").path)
    let fast = try ByteView(mapping: Fixtures.folder("TokenizerJSON").appending(path: "unigram-bytes.json").path)
    let configuration = ByteView(Array(#"{"tokenizer_class": "XLMRobertaTokenizer"}"#.utf8))
    func settings(_ files: [(name: String, bytes: ByteView)]) throws -> TextSettings? {
      try TextSettings(finding: TextSources(files: files))
    }
    let slow = [(name: "sentencepiece.bpe.model", bytes: pieces)]
    let told = slow + [(name: "tokenizer_config.json", bytes: configuration)]
    #expect(try settings(told + [(name: "tokenizer.json", bytes: fast)])?.kind == .pipeline)
    let unknown = #expect(throws: Problem.self) { try settings(told) }
    #expect(unknown?.found == "tokenizer_class = XLMRobertaTokenizer" && unknown?.file == "tokenizer_config.json")
    let fairseq = #expect(throws: Problem.self) { try settings(slow) }
    #expect(fairseq?.found == "pieces of a model of fairseq, whose ids are others than the pieces' own")
  }

  @Test("the pieces of XLM-R, whose ids are others in the model, give no texts, and the plan says so")
  func idsBesidePieces() throws {
    let pieces = Fixtures.folder("SentencePiece").appending(path: "unigram-unused.model").path
    let conversion = try Conversion(
      planning: Release(at: Fixtures.folder("Architectures/xlm-roberta").path, vocabulary: pieces))
    #expect(conversion.texts == nil)
    #expect(
      conversion.remarks.contains(
        "Ingot does not encode texts for this model. unigram-unused.model: unsupported: found pieces of a model of fairseq, "
          + "whose ids are others than the pieces' own, expected tokenizer.json, which has them. Save the tokenizer as "
          + "tokenizer.json beside the weights."))
  }

  @Test("words of several characters are counted, said, and encoded as BertTokenizer of transformers does")
  func words() throws {
    let file = try model("words")
    let settings = try TextSettings(of: file)
    let tokenizer = try Tokenizer(of: file)
    #expect(
      settings.remarks(on: tokenizer.splitter) == [
        "vocab.txt has 3 words of several characters. They are used only where texts are cut by jieba first, as for RoFormer and "
          + "WoBERT: give its dictionary with --tokenizer words=FILE. Without it each ideograph is a word."
      ])
    let said = try #require(json("\(fixture("words"))/expected.json")["tokenizers"]?.elements)
    try expectIDs(tokenizer, said.first { $0["class"] == "BertTokenizer" }?["texts"])
    #expect(
      try Vocabulary(reading: ByteView(mapping: Fixtures.folder("Poems").appending(path: "vocab.txt").path)).wordCount
        == 0)
  }

  @Test("an export names the class that finds the words, with which transformers was tried")
  func wordsExported() throws {
    let file = try model("words")
    let said = try #require(json("\(fixture("words"))/expected.json")["tokenizers"]?.elements)
    func exported(_ file: ModelFile, to kind: Export.Destination) throws -> (text: String?, remarks: [String]) {
      let export = try Export(planning: file, to: kind)
      let folder = directory.path("exported")
      try? FileManager.default.removeItem(atPath: folder)
      _ = try export.write(to: folder)
      return (try? String(contentsOfFile: "\(folder)/tokenizer_config.json", encoding: .utf8), export.remarks)
    }
    let words = try exported(file, to: .huggingface)
    #expect(words.text == said.first { $0["class"] == "RoFormerTokenizer" }?["configuration"]?.string)
    #expect(
      words.remarks.contains(
        "vocab.txt has 3 words of several characters: RoFormerTokenizer finds them, and needs rjieba."))
    #expect(
      try exported(file, to: .npz).remarks.contains(
        "vocab.txt has 3 words of several characters: bert4keras' Tokenizer finds them with "
          + "pre_tokenize=lambda text: jieba.cut(text, HMM=False), and not without."))
    let characters = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + "床前明月光疑是地上霜举头望低思故乡".map(String.init)
    let without = try exported(
      model("words", with: ["vocab.txt": characters.joined(separator: "\n")]), to: .huggingface)
    #expect(without.text == said.first { $0["class"] == "BertTokenizer" }?["configuration"]?.string)
    #expect(without.remarks.allSatisfy { !$0.contains("words") })
    // The source's own configuration stays, and is said to miss them.
    let own = try exported(
      model("words", with: ["tokenizer_config.json": #"{"tokenizer_class": "BertTokenizer"}"#]), to: .huggingface)
    #expect(own.text == "{\n  \"tokenizer_class\": \"BertTokenizer\"\n}\n")
    #expect(
      own.remarks.contains(
        "vocab.txt has 3 words of several characters: BertTokenizer never uses them; RoFormerTokenizer does."))
  }

  @Test("a plan says what was assumed")
  func plan() throws {
    let remarks = try Conversion(planning: Release(at: fixture("words"))).remarks
    #expect(remarks.contains { $0.hasPrefix("vocab.txt has 3 words of several characters. They are used only ") })
    let kept = try Conversion(planning: Release(at: fixture("accents-kept")))
    #expect(kept.texts?.dropsAccents == false)
    #expect(kept.remarks.allSatisfy { !$0.hasPrefix("Ingot does not encode texts for this model. ") })
    #expect(try Conversion(planning: Release(at: fixture("uncased"))).remarks.allSatisfy { !$0.contains("case") })
  }
}
