import Architectures
import Bytes
import JSON
import SentencePiece
import Tensors
import TestSupport
import Tokenization

/// The architecture that configurations and plans are tried with.
let bert = Architecture.named("bert")!

extension Subject {
  func readNames(_ bytes: [UInt8]) throws {
    let architecture = try Architecture(parsing: String(decoding: bytes, as: UTF8.self), file: "table")
    try succeeds {
      let plan = try Architecture.plan(for: sources, of: "checkpoint", among: [architecture])
      _ = try architecture.settings(for: plan, of: "checkpoint", given: ["heads": "2", "activation": "gelu"])
    }
  }

  func readJSON(_ bytes: ByteView) throws {
    let json = try JSON(parsing: bytes)
    try demand(try JSON(parsing: json.compact) == json, "another value when written and read again")
    try demand(try JSON(parsing: json.indented) == json, "another value when written indented and read again")
  }

  func readConfiguration(_ bytes: ByteView) throws {
    let configuration = Configuration(file: "bert_config.json", json: try JSON(parsing: bytes))
    let plan = try Architecture.plan(for: sources, of: "checkpoint", among: [bert])
    _ = try bert.settings(for: plan, of: "checkpoint", configuration: configuration)
  }

  func readVocabulary(_ bytes: ByteView) throws {
    let vocabulary = try Vocabulary(reading: bytes)
    try demand(vocabulary.count <= bytes.count, "\(vocabulary.count) tokens in \(bytes.count) bytes")
    for id in 0..<vocabulary.count {
      // After a duplicate two tokens may share an id, so that another may have none.
      if let token = vocabulary.token(withID: id) {
        try demand(vocabulary.id(of: token) == id, "another id for the token of \(id)")
      }
    }
    try tokenize("明月 Ünaffable 2026 [MASK]。", with: vocabulary)
  }

  func readText(_ bytes: [UInt8]) throws {
    guard let end = bytes.firstIndex(of: 0) else {
      return try tokenize(String(decoding: bytes, as: UTF8.self), with: shortVocabulary)
    }
    let vocabulary = try Vocabulary(reading: ByteView(Array(bytes[..<end])))
    try tokenize(String(decoding: bytes[(end + 1)...], as: UTF8.self), with: vocabulary)
  }

  private func tokenize(_ text: String, with vocabulary: Vocabulary) throws {
    for lowercases in [false, true] {
      for dialect in WordPieceDialect.allCases {
        try demandPlaces(
          WordPieceTokenizer(vocabulary: vocabulary, dialect: dialect, lowercases: lowercases), Array(text.utf8))
      }
      let splitter = WordPieceTokenizer(vocabulary: vocabulary, lowercases: lowercases)
      let tokenizer = Tokenizer(splitter)
      let tokens = tokenizer.tokenize(text)
      do {
        let ranges = try splitter.rematch(text, tokens)
        try demand(ranges.count == tokens.count, "\(ranges.count) ranges for \(tokens.count) tokens")
      } catch is UnmatchedToken {
        // What bert4keras does not find either.
      }
      _ = splitter.decode(tokens: tokens)
      let encoding = try tokenizer.encode(template: text, second: text, maximumLength: 16)
      try demand(encoding.ids.count <= 16, "\(encoding.ids.count) tokens")
      try demand(encoding.ids.count == encoding.segments.count, "other segments than tokens")
      _ = try tokenizer.decode(encoding.ids)
    }
    try demandPlaces(preparedPieces, Array(text.utf8))
  }
}

/// A vocabulary that texts are tried with.
let shortVocabulary = try! Vocabulary(
  reading: ByteView(Array("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\n##aa\n[\n각\n\u{1100}\n##\u{1161}\n明\n。".utf8)))

/// ALBERT's tokenizer, by which texts are split too.
private let preparedPieces = PreparedPieceTokenizer(
  SentencePieceTokenizer(
    try! SentencePieceModel(reading: ByteView(mapping: Fixtures.folder("PreparedPieces/albert.model").path))),
  dialect: .transformers, preparation: .albert, addedTokens: [AddedToken("[MASK]", id: 4, stripsLeft: true)])

/// The tensors of an encoder as bert4keras names them, of the size that the fixtures' configurations speak of: V 40, P 16,
/// S 2, H 16, F 32, L 2.
private let sources: [SourceTensor] = {
  var shapes: [(String, Shape)] = [
    ("Embedding-Token[0]", [40, 16]), ("Embedding-Segment[0]", [2, 16]), ("Embedding-Position[0]", [16, 16]),
    ("Embedding-Norm[0]", [16]), ("Embedding-Norm[1]", [16]),
  ]
  for block in 0..<2 {
    let attention = "Transformer-\(block)-MultiHeadSelfAttention"
    let feedForward = "Transformer-\(block)-FeedForward"
    for part in 0..<4 { shapes += [("\(attention)[\(2 * part)]", [16, 16]), ("\(attention)[\(2 * part + 1)]", [16])] }
    shapes += [
      ("\(attention)-Norm[0]", [16]), ("\(attention)-Norm[1]", [16]),
      ("\(feedForward)[0]", [16, 32]), ("\(feedForward)[1]", [32]),
      ("\(feedForward)[2]", [32, 16]), ("\(feedForward)[3]", [16]),
      ("\(feedForward)-Norm[0]", [16]), ("\(feedForward)-Norm[1]", [16]),
    ]
  }
  return shapes.map { SourceTensor(name: $0, elementType: .float32, shape: $1) }
}()
