import Bytes
import JSON
import Testing

@testable import Tokenization

@Suite("Settings of texts") struct TextSettingsTests {
  private func file(_ name: String, _ text: String) -> (name: String, bytes: ByteView) {
    (name, ByteView(Array(text.utf8), file: name))
  }

  private func pieces(_ name: String, as alias: String = "spiece.model") throws -> (name: String, bytes: ByteView) {
    var bytes = try ByteView(
      mapping: Fixtures.folder.deletingLastPathComponent().appending(path: "SentencePiece/\(name).model").path)
    bytes.file = alias
    return (alias, bytes)
  }

  private func found(
    _ files: [(name: String, bytes: ByteView)], architecture: String? = nil, positions: Int? = nil,
    given: [String: String] = [:]
  ) throws -> TextSettings {
    try #require(
      try TextSettings(
        finding: TextSources(files: files, architecture: architecture, positions: positions, given: given)))
  }

  private func refusal(
    _ files: [(name: String, bytes: ByteView)], architecture: String? = nil, given: [String: String] = [:]
  ) -> String? {
    do {
      _ = try TextSettings(finding: TextSources(files: files, architecture: architecture, given: given))
      return nil
    } catch { return "\(error)" }
  }

  private let vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n"

  @Test("a list of tokens is BERT's, its case a guess that is said, and its length that of the positions")
  func wordPiece() throws {
    let settings = try found([file("vocab.txt", vocabulary)], architecture: "bert", positions: 40)
    #expect(
      settings.names.map { "\($0.rawValue) = \(settings.text(of: $0)) (\(settings.origins[$0]!))" } == [
        "kind = wordpiece (vocab.txt)", "file = vocab.txt (vocab.txt)",
        "dialect = bert4keras (usual for bert4keras)", "case = lower (assumed: vocab.txt has no upper-case letters)",
        "special = pad [PAD], unk [UNK], cls [CLS], sep [SEP], mask [MASK] (usual for bert)",
        "template = bert (usual for bert)", "length = 40 (the model's positions)",
      ])
    #expect(settings.assumed == [.letterCase])
    #expect(
      settings.json.compact
        == #"{"kind":"wordpiece","file":"vocab.txt","dialect":"bert4keras","case":"lower","special":{"pad":"[PAD]","unk":"[UNK]","cls":"[CLS]","#
        + #""sep":"[SEP]","mask":"[MASK]"},"template":["cls:0 A:0 sep:0","cls:0 A:0 sep:0 B:1 sep:1"],"length":40,"#
        + #""assumed":["case"]}"#)
  }

  @Test("what a model file keeps is read again, whatever the kind")
  func roundTrip() throws {
    let merges = [
      file("vocab.json", #"{"a":0,"b":1,"ab":2,"<|endoftext|>":3}"#), file("merges.txt", "#version: 0.2\na b\n"),
    ]
    let all = [
      try found([file("vocab.txt", vocabulary)], given: ["case": "kept", "length": "none"]),
      try found([pieces("unigram")], architecture: "t5", given: ["ties": "0.2.2"]),
      try found([pieces("unigram")], architecture: "deberta-v2", given: ["cls": "<s>", "sep": "</s>"]),
      try found(merges, architecture: "gpt2", given: ["prefix": "space", "length": "7"]),
    ]
    for settings in all {
      let read = try TextSettings(settings.json, of: "model.ingot")
      #expect(read.json == settings.json)
      #expect(read.assumed == settings.assumed)
    }
    #expect(all.map(\.kind) == [.wordPiece, .sentencePiece, .sentencePiece, .bytePairs])
    #expect(all[3].special.added == ["<|endoftext|>": 3])
  }

  @Test("the architecture tells what stands around the texts of a SentencePiece model, where no file does")
  func templates() throws {
    func ends(_ architecture: String?, _ files: [(name: String, bytes: ByteView)] = []) throws -> String {
      let settings = try found([pieces("unigram")] + files, architecture: architecture)
      return settings.text(of: .template)
    }
    #expect(try ends("t5") == "t5")
    #expect(try ends("gpt2") == "none")
    #expect(try ends(nil) == "t5")
    #expect(try ends("gpt2", [file("tokenizer_config.json", #"{"tokenizer_class": "T5TokenizerFast"}"#)]) == "t5")
  }

  @Test("a mask that the pieces lack follows behind them, as transformers has it, and a role without a token is none")
  func addedMask() throws {
    let model = try pieces("unigram")
    let settings = try found([model], architecture: "deberta-v2", given: ["cls": "<s>", "sep": "</s>"])
    let count = try Tokenizer(settings) { _ in model.bytes }.splitter.pieceCount
    #expect(settings.special.added == ["[MASK]": count])
    #expect(settings.special[.padding] == nil)
    let encoding = try Tokenizer(settings) { _ in model.bytes }.encode(template: "明月[MASK]")
    #expect(encoding.ids.contains(count))
    #expect(encoding.positions(of: .mask).count == 1)
  }

  @Test("what the user says wrongly is sent back with what there is")
  func given() throws {
    let files = [file("vocab.txt", vocabulary)]
    #expect(
      refusal(files, given: ["cse": "lower"])
        == "--tokenizer cse: mismatched: found no such setting of wordpiece, expected kind, file, dialect, case, template, length, accents, "
        + "ideographs, words, pad, unk, cls, sep, mask, bos, eos. Did you mean case?")
    #expect(
      refusal(files, given: ["case": "upper"]) == "--tokenizer case: mismatched: found upper, expected kept or lower.")
    #expect(
      refusal(files, given: ["template": "roberta2"])
        == "--tokenizer template: mismatched: found roberta2, expected bert, t5, xlnet, roberta, none.")
    #expect(
      refusal(files, given: ["length": "0"])
        == "--tokenizer length: mismatched: found 0, expected a positive number, or none.")
    #expect(
      refusal(files, given: ["template": "t5"])
        == "vocab.txt: mismatched: found no token for the role eos, expected one, for the template t5 needs it. Give it with "
        + "--tokenizer eos=TOKEN, or choose another with --tokenizer template=NAME.")
    #expect(refusal(files, given: ["ties": "0.2.2"])?.contains("found no such setting of wordpiece") == true)
    #expect(try found(files, given: ["template": "none", "cls": "[a]"]).special[.classification] == "[a]")
  }

  @Test(
    "settings that a model file spells otherwise are damaged or of a newer Ingot",
    arguments: [
      (#"{"kind":"words"}"#, "unsupported in the settings of texts: found the kind words"),
      (#"{"file":"vocab.txt"}"#, "damaged in the settings of texts: found kind = null, expected a text."),
      (#"{"case":"upper"}"#, "damaged in the settings of texts: found case = \"upper\", expected kept or lower."),
      (#"{"special":{"cls":1}}"#, "damaged in the settings of texts: found special = {\"cls\":1}"),
      (#"{"special":{"first":"a"}}"#, "unsupported in the settings of texts: found the role first"),
      (#"{"added":{"a":-1}}"#, "damaged in the settings of texts: found added = {\"a\":-1}"),
      (#"{"template":["A:0"]}"#, "damaged in the settings of texts: found template = [\"A:0\"]"),
      (#"{"template":["A:0","A:0 A:1"]}"#, "damaged in the settings of texts: found template = "),
      (#"{"length":0}"#, "damaged in the settings of texts: found length = 0"),
      (#"{"assumed":["ties"]}"#, "damaged in the settings of texts: found assumed = [\"ties\"]"),
      (#"{"letters":"few"}"#, "unsupported in the settings of texts: found the setting letters"),
    ])
  func damaged(change: String, message: String) throws {
    let sound = try found([file("vocab.txt", vocabulary)], positions: 40).json
    let changes = try JSON(parsing: change, file: "change").members!
    var members = sound.members!.filter { member in !changes.contains { $0.name == member.name } }
    if change.hasPrefix(#"{"file""#) { members.removeAll { $0.name == "kind" } } else { members += changes }
    do {
      _ = try TextSettings(.object(members), of: "model.ingot")
      Issue.record("\(change) was read")
    } catch { #expect("\(error)".hasPrefix("model.ingot: \(message)"), "\(error)") }
  }

  @Test("special tokens stand where the templates of T5, XLNet and RoBERTa put them")
  func places() throws {
    let model = try pieces("unigram")
    func tokens(_ template: TextTemplate, _ second: String?) throws -> (String, [Int]) {
      let special = SpecialTokens(
        [.unknown: "<unk>", .classification: "<s>", .separator: "</s>", .end: "</s>"])
      var settings = TextSettings(kind: .sentencePiece, file: "spiece.model", special: special, template: template)
      settings.length = 6
      let tokenizer = try Tokenizer(settings) { _ in model.bytes }
      let encoding = try tokenizer.encode("明月", second: second)
      return (encoding.roles.map { $0?.rawValue ?? "." }.joined(separator: " "), encoding.segments)
    }
    let count = try tokens(.none, nil).1.count
    let text = Array(repeating: ".", count: count).joined(separator: " ")
    #expect(try tokens(.t5, nil).0 == "\(text) eos")
    #expect(try tokens(.t5, "明月").0 == "\(text) eos \(text) eos")
    #expect(try tokens(.xlnet, "明月").0 == "\(text) sep \(text) sep cls")
    #expect(try tokens(.xlnet, "明月").1.last == 2)
    #expect(try tokens(.roberta, "明月").0 == "cls \(text) sep sep \(text) sep")
    #expect(try tokens(.roberta, "明月").1.allSatisfy { $0 == 0 })
  }

  @Test("a text is cut before the tokens behind it, and the cut is counted", arguments: TextTemplate.named.map(\.name))
  func cut(name: String) throws {
    let template = TextTemplate.named.first { $0.name == name }!.template
    let tokenizer = Tokenizer(
      WordPieceTokenizer(vocabulary: try Tests.vocabulary("[UNK]", "[CLS]", "[SEP]", "</s>", "a", "b")),
      special: SpecialTokens([.unknown: "[UNK]", .classification: "[CLS]", .separator: "[SEP]", .end: "</s>"]),
      template: template)
    let whole = try tokenizer.encode("a a a a a a", second: "b b b")
    let around = whole.ids.count - 9
    for truncation in [Truncation.right, .left] {
      let cut = try tokenizer.encode("a a a a a a", second: "b b b", maximumLength: around + 4, truncation: truncation)
      #expect(cut.ids.count == around + 4)
      #expect(cut.removedCount == 5)
      #expect(cut.roles.filter { $0 != nil } == whole.roles.filter { $0 != nil })
      #expect(cut.tokens.filter { $0 == "a" }.count == 2)
    }
  }
}

private enum Tests {
  static func vocabulary(_ tokens: String...) throws -> Vocabulary {
    try Vocabulary(reading: ByteView(Array(tokens.joined(separator: "\n").utf8), file: "vocab.txt"))
  }
}
