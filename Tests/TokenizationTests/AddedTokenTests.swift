import Bytes
import Foundation
import JSON
import Testing

@testable import Tokenization

/// What transformers 4.38.2 made of texts by GPT's tokenizer, and by vocabularies to which tokens were added
/// (`tools/fixtures/Tokenizer/make_added.py`).
@Suite("Added tokens, and GPT's tokenizer") struct AddedTokenTests {
  static let names = [
    "gpt", "gpt-added", "gpt2-slow", "gpt2-fast", "roberta-slow", "roberta-fast", "bert-slow", "bert-fast",
  ]

  static func record(_ name: String) throws -> JSON {
    try #require(Fixtures.json("added.json")[name])
  }

  static func files(_ record: JSON) throws -> [(name: String, bytes: ByteView)] {
    let whole = (record["whole"]?.elements ?? []).compactMap(\.string)
    let vocabularies = try (record["files"]?.members ?? []).map { member in
      let text = try #require(member.value.string)
      let path = Fixtures.folder.deletingLastPathComponent().appending(path: text).path
      var bytes =
        whole.contains(member.name) ? ByteView(Array(text.utf8), file: member.name) : try ByteView(mapping: path)
      bytes.file = member.name
      return (name: member.name, bytes: bytes)
    }
    return vocabularies
      + (record["small"]?.members ?? []).map { member in
        (name: member.name, bytes: ByteView(Array(member.value.compact.utf8), file: member.name))
      }
  }

  static func settings(_ name: String, _ record: JSON) throws -> TextSettings {
    var given: [String: String] = [:]
    if name.hasSuffix("-slow") { given["dialect"] = name.hasPrefix("bert") ? "transformers" : "slow" }
    return try #require(
      try TextSettings(
        finding: TextSources(
          files: files(record), architecture: String(name.prefix { $0 != "-" }), naming: "huggingface", given: given)))
  }

  static func tokenizer(_ name: String) throws -> Tokenizer {
    let record = try record(name)
    let files = try files(record)
    return try Tokenizer(settings(name, record)) { name in files.first { $0.name == name }?.bytes }
  }

  @Test("every record is among those tested")
  func complete() throws {
    #expect(try Fixtures.json("added.json").members?.map(\.name) == Self.names)
  }

  @Test("every text has the ids that transformers gives, by the files beside the weights alone", arguments: names)
  func ids(name: String) throws {
    let record = try Self.record(name)
    let (settings, files) = (try Self.settings(name, record), try Self.files(record))
    let kept = try TextSettings(settings.json, of: "model.ingot")
    #expect(kept.json == settings.json)
    let tokenizer = try Tokenizer(kept) { name in files.first { $0.name == name }?.bytes }
    #expect(tokenizer.splitter.pieceCount == record["count"]?.integer)
    let rows = try #require(record["rows"]?.elements)
    #expect(rows.count > 60)
    for row in rows {
      let text = try #require(row["text"]?.string)
      let pieces = tokenizer.splitter.pieces(of: text)
      #expect(pieces.map(\.id) == row["ids"]?.integers, Comment(rawValue: text.debugDescription))
      if let decoded = row["decoded"]?.string { #expect(try tokenizer.splitter.decode(pieces.map(\.id)) == decoded) }
    }
  }

  @Test("tokens that a program adds in a way that Ingot does not follow are refused by name")
  func refused() throws {
    func problem(
      _ files: [(name: String, bytes: ByteView)], _ configuration: String, naming: String = "huggingface",
      given: [String: String] = [:]
    ) throws -> String {
      let file = ("tokenizer_config.json", ByteView(Array(configuration.utf8), file: "tokenizer_config.json"))
      do {
        _ = try TextSettings(finding: TextSources(files: files + [file], naming: naming, given: given))
        return ""
      } catch { return "\(error)" }
    }
    let vocabulary = (
      "vocab.txt", ByteView(Array("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n".utf8), file: "vocab.txt")
    )
    let model = try PreparedPieceTests.files(PreparedPieceTests.record("t5"))[0]
    let never = #"{"tokenizer_class": "BertTokenizer", "never_split": ["a-b"]}"#
    #expect(
      try problem([vocabulary], never, given: ["dialect": "transformers"])
        == "tokenizer_config.json: unsupported: found never_split = [\"a-b\"], expected what Ingot's tokenizers do. Encode texts by the "
        + "library that the model comes from.")
    // The fast tokenizers do not read it, nor does bert4keras.
    #expect(try problem([vocabulary], never) == "")
    #expect(
      try problem(
        [vocabulary],
        #"{"added_tokens_decoder": {"7": {"content": "New", "normalized": true, "special": false}}, "do_lower_case": true}"#
      )
        == "vocab.txt: unsupported: found the added token New, which is sought in the lowered text, expected special tokens, or a case "
        + "that is kept. Where tokenizer.json lies beside it, take that with --tokenizer kind=tokenizer.json.")
    #expect(
      try problem(
        [model],
        #"{"tokenizer_class": "T5Tokenizer", "added_tokens_decoder": {"9000": {"content": "New", "single_word": true}}}"#
      )
        == "spiece.model: unsupported: found the added token New with single_word, expected what Ingot's tokenizers do. Encode texts by "
        + "the library that the model comes from.")
    #expect(
      try problem([model], #"{"tokenizer_class": "T5Tokenizer", "legacy": false}"#)
        == "tokenizer_config.json: unsupported: found legacy = false, expected legacy = true, or nothing. Texts without special tokens "
        + "are split alike with --tokenizer dialect=sentencepiece.")
    #expect(
      try problem([vocabulary], #"{"added_tokens_decoder": {"x": {"content": "New"}}}"#)
        == "tokenizer_config.json: mismatched in added_tokens_decoder: found \"x\": an object of 1, expected an id, and an object with "
        + "its content.")
  }

  @Test(
    "a model file from before there were rules takes white space before RoBERTa's mask with it, and SentencePiece alone"
  )
  func old() throws {
    let pairs = try TextSettings(
      JSON(
        parsing:
          #"{"kind":"byte-level-bpe","file":"vocab.json","dialect":"fast","prefix":"none","special":{"mask":"<mask>"},"#
          + #""added":{"<mask>":4},"template":["A:0","A:0 B:0"],"assumed":[]}"#, file: "text"), of: "model.ingot")
    #expect(pairs.special.addedTokens == [AddedToken("<mask>", id: 4, stripsLeft: true)])
    let pieces = try TextSettings(
      JSON(
        parsing:
          #"{"kind":"sentencepiece","file":"spiece.model","ties":"0.2.1","special":{},"template":["A:0","A:0 B:0"],"#
          + #""assumed":["ties"]}"#, file: "text"), of: "model.ingot")
    #expect(pieces.pieceDialect == .sentencePiece)
    #expect(pieces.lowercases == false)
    #expect(pieces.preparation == PiecePreparation())
  }
}
