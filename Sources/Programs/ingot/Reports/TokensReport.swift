import Bytes
import JSON
import ModelFiles
import SentencePiece
import Tokenization

/// What a file of tokens holds, in words: a vocabulary with a token a line, or a SentencePiece model.
struct TokensReport {
  /// So many tokens are shown; `--json` gives all.
  private static let shown = 20
  private let file: String
  private let kind: String
  private let facts: [(name: String, value: String)]
  private let columns: [String]
  private let rows: [[String]]

  /// Reads a file of tokens; nil when its name and its beginning are those of another kind of file.
  init?(of file: String) throws {
    guard try !Path(file).isFolder, try Path(file).exists else { return nil }
    let name = Path(file).name
    let isVocabulary = Attachment.isVocabulary(name)
    guard isVocabulary || name.hasSuffix(".model"), case let view = try ByteView(mapping: file) else { return nil }
    self.file = file
    if Vocabulary.isSentencePieceModel(view) {
      let model = try SentencePieceModel(reading: view)
      kind = "SentencePiece model"
      let kinds = (0..<model.count).compactMap(model.kind(ofID:))
      let counts = [.normal, .unknown, .control, .userDefined, .unused, .byte].map { kind in
        (kind: kind as SentencePieceModel.PieceKind, count: kinds.count { $0 == kind })
      }
      facts = [
        ("pieces", "\(model.count)"),
        ("of them", counts.filter { $0.count > 0 }.map { "\($0.count) \($0.kind.wording)" }.joined(separator: ", ")),
        ("algorithm", model.algorithm.wording),
      ]
      columns = ["id", "piece", "score", "kind"]
      rows = kinds.enumerated().map { id, kind in
        ["\(id)", model.piece(withID: id)!, Wording.number(Double(model.score(ofID: id)!)), kind.wording]
      }
    } else if isVocabulary {
      let vocabulary = try Vocabulary(reading: view)
      kind = "vocabulary, a token a line"
      let special = SpecialRole.allCases.compactMap { SpecialTokens.bert[$0] }.map { token in
        "\(token) \(vocabulary.id(of: token).map(String.init) ?? "missing")"
      }
      let letters: [Vocabulary.LetterCase: String] = [
        .none: "none of the alphabet", .lower: "lower case alone: texts are lowered", .mixed: "both cases",
      ]
      facts = [
        ("tokens", "\(vocabulary.count)"), ("special", special.joined(separator: ", ")),
        ("letters", letters[vocabulary.letterCase]!), ("words", "\(vocabulary.wordCount) of several characters"),
      ]
      columns = ["id", "token"]
      rows = (0...vocabulary.count).compactMap { id in vocabulary.token(withID: id).map { ["\(id)", $0] } }
    } else {
      return nil
    }
  }

  /// The facts and the first tokens.
  var lines: [String] {
    var heading = TextTable(.left, .left)
    for fact in facts { heading.add(fact.name, fact.value) }
    var table = columns.count == 2 ? TextTable(.right, .left) : TextTable(.right, .left, .right, .left)
    for row in rows.prefix(Self.shown) {
      if row.count == 2 { table.add(row[0], row[1]) } else { table.add(row[0], row[1], row[2], row[3]) }
    }
    let others = rows.count - Self.shown
    return ["\(file): \(kind)"] + heading.lines() + [""] + table.lines()
      + (others > 0 ? ["  … and \(others) more, which --json lists"] : [])
  }

  /// All of it.
  var json: JSON {
    [
      "file": .string(file), "kind": .string(kind),
      "facts": .object(facts.map { JSON.Member($0.name, .string($0.value)) }),
      "tokens": .array(rows.map { row in .object(zip(columns, row).map { JSON.Member($0, .string($1)) }) }),
    ]
  }
}

extension SentencePieceModel.PieceKind {
  fileprivate var wording: String {
    switch self {
    case .normal: "normal"
    case .unknown: "unknown"
    case .control: "control"
    case .userDefined: "user-defined"
    case .unused: "unused"
    case .byte: "byte"
    }
  }
}

extension SentencePieceModel.Algorithm {
  fileprivate var wording: String {
    switch self {
    case .unigram: "unigram"
    case .bytePairs: "byte pairs"
    case .words: "words"
    case .characters: "characters"
    }
  }
}
