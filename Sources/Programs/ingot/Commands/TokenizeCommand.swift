import ArgumentParser
import Bytes
import JSON
import SentencePiece

/// `ingot tokenize`: how a text becomes ids.
struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Splits texts into pieces and shows their ids.",
    discussion: """
      Without a text, every line of standard input is one.

        ingot tokenize sentencepiece.model "今天天气不错"
        ingot tokenize sentencepiece.model --json < texts.txt
        ingot tokenize sentencepiece.model --decode "259 1042 7"
      """)

  @Argument(help: "A SentencePiece model.", completion: .file(extensions: ["model"]))
  var model: String

  @Argument(help: "A text; with --decode, ids.")
  var text: String?

  @Flag(help: "Turn ids, separated by spaces, into texts.")
  var decode = false

  @Option(
    help: ArgumentHelp(
      "Which of two equally good sequences of pieces is taken: as sentencepiece did up to 0.2.1, or does from 0.2.2 on.",
      valueName: "version"))
  var ties = TieRule.upTo021

  @Flag(help: "Print JSON, one object a line.")
  var json = false

  func run() throws {
    try reporting {
      let tokenizer = SentencePieceTokenizer(try SentencePieceModel(reading: ByteView(mapping: model)), ties: ties)
      if let text { return try answer(Array(text.utf8), by: tokenizer) }
      var lines = InputLines()
      while let line = try lines.next() { try answer(line, by: tokenizer) }
    }
  }

  private func answer(_ text: [UInt8], by tokenizer: SentencePieceTokenizer) throws {
    if decode {
      let ids = try ids(in: text)
      let decoded = try tokenizer.decode(ids)
      let object: JSON = ["ids": .array(ids.map { .integer($0) }), "text": .string(decoded)]
      return show(json ? object.compact : decoded)
    }
    let pieces = text.withUnsafeBufferPointer { tokenizer.split($0) }
    guard json else {
      var table = TextTable(.right, .left, .left)
      for piece in pieces {
        table.add("\(piece.id)", piece.text, "\(piece.range.lowerBound)..<\(piece.range.upperBound)")
      }
      return show(table.lines())
    }
    let object: JSON = [
      "text": .string(String(decoding: text, as: UTF8.self)),
      "tokens": .array(pieces.map { .string($0.text) }),
      "ids": .array(pieces.map { .integer($0.id) }),
      "bytes": .array(pieces.map { .array([.integer($0.range.lowerBound), .integer($0.range.upperBound)]) }),
    ]
    show(object.compact)
  }

  private func ids(in text: [UInt8]) throws -> [Int] {
    try text.split(separator: UInt8(ascii: " ")).map { word in
      let word = String(decoding: word, as: UTF8.self)
      guard let id = Int(word) else {
        throw Problem(.mismatched, file: "text", found: "\"\(word)\"", expected: "ids, separated by spaces")
      }
      return id
    }
  }
}

extension TieRule: ExpressibleByArgument {}
