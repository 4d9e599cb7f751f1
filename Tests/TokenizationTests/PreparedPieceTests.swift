import Bytes
import Foundation
import JSON
import Testing

@testable import Tokenization

/// What the slow tokenizers of transformers 4.38.2 made of texts, by SentencePiece models that lie beside their files
/// (`tools/fixtures/PreparedPieces/make.py`).
@Suite("Texts split as ALBERT, XLNet, DeBERTa V3 and T5 split them") struct PreparedPieceTests {
  static let folder = Fixtures.folder.deletingLastPathComponent().appending(path: "PreparedPieces")

  static let names = [
    "albert", "albert-added", "albert-bare", "albert-cased", "albert-old", "albert-whole", "deberta", "deberta-bare",
    "deberta-lower", "t5", "xlnet", "xlnet-bare", "xlnet-lower",
  ]

  static func record(_ name: String) throws -> JSON {
    try JSON(parsing: ByteView(mapping: folder.appending(path: "\(name).json").path))
  }

  /// The files of a variant, called as they lie beside weights.
  static func files(_ record: JSON) throws -> [(name: String, bytes: ByteView)] {
    let called = try #require(record["called"]?.string)
    var model = try ByteView(mapping: folder.appending(path: #require(record["model"]?.string)).path)
    model.file = called
    let others = (record["files"]?.members ?? []).map { member in
      (name: member.name, bytes: ByteView(Array(member.value.compact.utf8), file: member.name))
    }
    return [(called, model)] + others
  }

  static func settings(_ name: String, _ record: JSON) throws -> TextSettings {
    let architecture = name.hasPrefix("deberta") ? "deberta-v2" : String(name.prefix { $0 != "-" })
    return try #require(
      try TextSettings(
        finding: TextSources(files: files(record), architecture: architecture, naming: "huggingface-\(architecture)")))
  }

  static func tokenizer(_ name: String, _ record: JSON) throws -> Tokenizer {
    let files = try files(record)
    return try Tokenizer(settings(name, record)) { name in files.first { $0.name == name }?.bytes }
  }

  @Test("every record is among those tested")
  func complete() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".json") }
    #expect(names.sorted() == (Self.names + ["forms"]).map { "\($0).json" }.sorted())
  }

  @Test("every text has the ids that transformers gives, by the files beside the weights alone", arguments: names)
  func ids(name: String) throws {
    let record = try Self.record(name)
    let tokenizer = try Self.tokenizer(name, record)
    #expect(tokenizer.splitter.pieceCount == record["count"]?.integer)
    let rows = try #require(record["rows"]?.elements)
    #expect(rows.count > 150)
    for row in rows {
      let text = try #require(row["text"]?.string)
      let comment = Comment(rawValue: text.debugDescription)
      let pieces = tokenizer.splitter.pieces(of: text)
      #expect(pieces.map(\.id) == row["ids"]?.integers, comment)
      #expect(
        pieces.allSatisfy { $0.range.lowerBound <= $0.range.upperBound && $0.range.upperBound <= text.utf8.count },
        comment)
    }
  }

  @Test("one text and two have the special tokens that transformers puts around them", arguments: names)
  func sequences(name: String) throws {
    let record = try Self.record(name)
    let tokenizer = try Self.tokenizer(name, record)
    for row in try #require(record["pairs"]?.elements) {
      let first = try #require(row["first"]?.string)
      let pair = try tokenizer.encode(first, second: #require(row["second"]?.string))
      #expect(pair.ids == row["ids"]?.integers)
      // T5 has no segments; its template counts as bert4keras does.
      if name != "t5" { #expect(pair.segments == row["segments"]?.integers) }
      #expect(try tokenizer.encode(first).ids == row["single"]?.integers)
    }
  }

  @Test("ids are decoded to the text that transformers gives", arguments: names)
  func decoding(name: String) throws {
    let record = try Self.record(name)
    let tokenizer = try Self.tokenizer(name, record)
    var compared = 0
    for row in try #require(record["rows"]?.elements) {
      guard let decoded = row["decoded"]?.string else { continue }
      #expect(try tokenizer.decode(#require(row["ids"]?.integers)) == decoded)
      compared += 1
    }
    #expect(compared > 50)
  }

  @Test("settings that a model file keeps give the same ids", arguments: names)
  func kept(name: String) throws {
    let record = try Self.record(name)
    let (settings, files) = (try Self.settings(name, record), try Self.files(record))
    let kept = try TextSettings(settings.json, of: "model.ingot")
    #expect(kept.json == settings.json)
    let tokenizer = try Tokenizer(kept) { name in files.first { $0.name == name }?.bytes }
    let row = try #require(record["rows"]?.elements?[0])
    #expect(tokenizer.splitter.pieces(of: row["text"]?.string ?? "").map(\.id) == row["ids"]?.integers)
  }

  @Test(
    "bert4keras prepares nothing before SentencePiece, Google's ALBERT all but quotes, and the pieces tell its case")
  func programs() throws {
    let files = try Self.files(Self.record("albert-bare"))
    func settings(_ naming: String?) throws -> TextSettings {
      try #require(
        try TextSettings(finding: TextSources(files: files, architecture: "albert", naming: naming)))
    }
    for naming in [nil, "bert4keras"] {
      let own = try settings(naming)
      #expect(own.preparation == PiecePreparation())
      #expect(own.lowercases == false)
      #expect(own.pieceDialect == .sentencePiece)
    }
    let google = try settings("google")
    #expect(google.names.map(\.rawValue).contains("spaces"))
    #expect(google.text(of: .accents) == "dropped")
    #expect(google.text(of: .quotes) == "kept")
    // The model has an upper-case letter.
    #expect(google.text(of: .letterCase) == "kept")
    #expect(google.origins[.letterCase] == .assumed("spiece.model has upper-case letters"))
  }

  @Test(
    "long texts without a space take time in proportion", .timeLimit(.minutes(1)),
    arguments: ["a", "\u{301}\u{316}", "9,", "``", "Σ\u{301}", "각", "\u{FDFA}", "[MASK]"])
  func long(unit: String) throws {
    let files = try Self.files(Self.record("albert"))
    let albert = try Tokenizer(Self.settings("albert", Self.record("albert"))) { name in
      files.first { $0.name == name }?.bytes
    }
    let gpt = try AddedTokenTests.tokenizer("gpt")
    for tokenizer in [albert, gpt] {
      let text = String(repeating: unit, count: 30_000)
      let pieces = tokenizer.splitter.pieces(of: text)
      #expect(pieces.allSatisfy { $0.range.upperBound <= text.utf8.count })
      _ = try tokenizer.decode(pieces.map(\.id))
    }
  }

  @Test("every character between two letters is prepared as ALBERT's program prepares it")
  func forms() throws {
    let digests = try #require(Self.record("forms")["digests"]?.elements).compactMap(\.string)
    try #require(digests.count == 272)
    var preparation = PiecePreparation.albert
    preparation.joinsSpaces = true
    for (block, digest) in digests.enumerated() {
      var value: UInt64 = 0xCBF2_9CE4_8422_2325
      for code in UInt32(block) * 4_096..<UInt32(block + 1) * 4_096 where Unicode.Scalar(code) != nil {
        var text = NormalizedText(isPlaced: false)
        for scalar in [0x41, code, 0x62] { text.append(scalar, from: 0..<0) }
        for byte in PlacedBytes(preparation.prepared(text)).bytes + [0x0A] {
          value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
        }
      }
      let shown = String(value, radix: 16)
      #expect(String(repeating: "0", count: 16 - shown.count) + shown == digest, "block \(block)")
    }
  }
}
