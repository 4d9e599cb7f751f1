import ArgumentParser
import Bytes
import Conversion
import JSON
import ModelFiles
import Tokenization

/// `ingot tokenize`: how a text becomes ids.
struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Splits texts into tokens and shows their ids.",
    discussion: """
      Without a text, every line of standard input is one. A tokenizer's own file shows the pieces alone; a model file and \
      a folder show them among their special tokens.

        ingot tokenize bert.ingot "今天天气不错"
        ingot tokenize bert.ingot "今天天气不错" --second "是啊"
        ingot tokenize mt5-small/ --json < texts.txt
        ingot tokenize spiece.model --decode "259 1042 7"
        ingot tokenize vocab.txt "Berlin" --tokenizer case=kept
      """)

  @Argument(
    help: "A model file, a folder, or a tokenizer's own file: vocab.txt, spiece.model, vocab.json beside merges.txt.",
    completion: .file())
  var model: String

  @Argument(help: "A text; with --decode, ids.")
  var text: String?

  @Option(help: "A second text, which the model reads behind the first.")
  var second: String?

  @Flag(help: "Turn ids, separated by spaces, into texts.")
  var decode = false

  @Flag(help: "Cut texts that are longer than the model reads, and say so.")
  var truncate = false

  @Option(
    name: .customLong("tokenizer"),
    help: ArgumentHelp(
      "How texts become ids, of a folder or a tokenizer's own file: case=lower, ties=0.2.2.", valueName: "name=value"))
  var settings: [Assignment] = []

  @Flag(help: "Print JSON, one object a line.")
  var json = false

  func validate() throws {
    if second != nil, text == nil || decode {
      throw ValidationError("--second goes with a text, and without --decode.")
    }
  }

  func run() throws {
    try reporting {
      let tokenizer = try tokenizer()
      if let text { return try answer(Array(text.utf8), by: tokenizer, calling: "text") }
      let lines = LineReader.standardInput()
      while let line = try lines.nextBytes() { try answer(line, by: tokenizer, calling: "line \(lines.number)") }
    }
  }

  /// The tokenizer of whatever the user named.
  private func tokenizer() throws -> Tokenizer {
    let given = Dictionary(settings.map { ($0.name, $0.value) }) { _, last in last }
    let path = Path(model)
    let isFolder = try path.isFolder
    guard isFolder || [".txt", ".model", ".json"].contains(where: path.name.hasSuffix) else {
      guard given.isEmpty else {
        throw Problem(
          .mismatched, file: model, found: "a model file, which keeps its settings",
          expected: "no --tokenizer beside it",
          advice: "Convert again with --tokenizer to change them")
      }
      return try Tokenizer(of: ModelFile.open(model))
    }
    let sources = try TextSources(at: model, given: given)
    guard var settings = try TextSettings(finding: sources) else {
      throw Problem(
        .mismatched, file: model, found: "no tokenizer that Ingot has",
        expected: "vocab.txt, a SentencePiece model, or vocab.json beside merges.txt")
    }
    // A tokenizer's file knows nothing of a model, whose special tokens stand around a text.
    if !isFolder, given["template"] == nil { settings.template = .none }
    let tokenizer = try Tokenizer(settings) { name in sources.files.first { $0.name == name }?.bytes }
    for remark in settings.remarks(on: tokenizer.splitter) { writeToStandardError("ingot: \(printable(remark))\n") }
    return tokenizer
  }

  private func answer(_ text: [UInt8], by tokenizer: Tokenizer, calling name: String) throws {
    if decode {
      let ids = try ids(in: text)
      let decoded = try tokenizer.decode(ids)
      let object: JSON = ["ids": .array(ids.map { .integer($0) }), "text": .string(decoded)]
      return show(json ? object.compact : decoded)
    }
    let encoding = try tokenizer.encode(
      text, second: second.map { Array($0.utf8) }, maximumLength: truncate ? tokenizer.maximumLength : nil)
    try tokenizer.checkLength(of: encoding, calling: name)
    if encoding.removedCount > 0, !json {
      writeToStandardError(
        "ingot: \(name): \(Wording.count(encoding.removedCount, "token")) of the text cut, to \(encoding.ids.count).\n")
    }
    show(json ? [object(encoding, of: text).compact] : table(encoding))
  }

  private func table(_ encoding: Encoding) -> [String] {
    let hasSegments = encoding.segments.contains { $0 != 0 }
    var table = TextTable(.right, .left, .left, .left)
    for index in encoding.ids.indices {
      let place = encoding.places[index].map { "\($0.range.lowerBound)..<\($0.range.upperBound)" } ?? ""
      table.add(
        "\(encoding.ids[index])", encoding.tokens[index], place, hasSegments ? "\(encoding.segments[index])" : "")
    }
    return table.lines()
  }

  private func object(_ encoding: Encoding, of text: [UInt8]) -> JSON {
    var members = [JSON.Member("text", .string(String(decoding: text, as: UTF8.self)))]
    if let second { members.append(JSON.Member("second", .string(second))) }
    members += [
      JSON.Member("tokens", .array(encoding.tokens.map { .string($0) })),
      JSON.Member("ids", .array(encoding.ids.map { .integer($0) })),
      JSON.Member("segments", .array(encoding.segments.map { .integer($0) })),
      JSON.Member(
        "bytes",
        .array(
          encoding.places.map { place in
            place.map { .array([.integer($0.range.lowerBound), .integer($0.range.upperBound)]) } ?? .null
          })),
    ]
    if encoding.removedCount > 0 { members.append(JSON.Member("removed", .integer(encoding.removedCount))) }
    return .object(members)
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
