import Architectures
import Bytes
import JSON
import Tensors
import Tokenization

/// The architecture that configurations and plans are tried with.
let bert = Architecture.named("bert")!

extension Subject {
  func readNames(_ bytes: [UInt8]) throws {
    let architecture = try Architecture(parsing: String(decoding: bytes, as: UTF8.self), file: "table")
    let plan = try Architecture.plan(for: sources, of: "checkpoint", among: [architecture])
    _ = try architecture.settings(for: plan, of: "checkpoint", configuration: Configuration(file: "json", json: [:]))
  }

  func readJSON(_ bytes: [UInt8]) throws {
    let json = try JSON(parsing: ByteView(bytes))
    try demand(try JSON(parsing: json.compact) == json, "another value when written and read again")
    try demand(try JSON(parsing: json.indented) == json, "another value when written indented and read again")
  }

  func readConfiguration(_ bytes: [UInt8]) throws {
    let configuration = Configuration(file: "bert_config.json", json: try JSON(parsing: ByteView(bytes)))
    let plan = try Architecture.plan(for: sources, of: "checkpoint", among: [bert])
    _ = try bert.settings(for: plan, of: "checkpoint", configuration: configuration)
  }

  func readVocabulary(_ bytes: [UInt8]) throws {
    let vocabulary = try Vocabulary(reading: ByteView(bytes))
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
      let tokenizer = Tokenizer(vocabulary: vocabulary, lowercases: lowercases)
      let tokens = tokenizer.tokenize(text)
      do {
        let ranges = try tokenizer.rematch(text, tokens)
        try demand(ranges.count == tokens.count, "\(ranges.count) ranges for \(tokens.count) tokens")
      } catch is UnmatchedToken {
        // What bert4keras does not find either.
      }
      _ = tokenizer.decode(tokens: tokens)
      let encoding = try tokenizer.encode(template: text, second: text, maximumLength: 16)
      try demand(encoding.ids.count <= 16, "\(encoding.ids.count) tokens")
      try demand(encoding.ids.count == encoding.segments.count, "other segments than tokens")
      _ = try tokenizer.decode(encoding.ids)
    }
  }
}

private let shortVocabulary = try! Vocabulary(
  reading: ByteView(Array("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\n##aa\n[\n각\n\u{1100}\n##\u{1161}\n明\n。".utf8)))

/// The tensors of an encoder of one block as bert4keras names them: V 40, P 10, S 2, H 8, F 12.
private let sources: [SourceTensor] = {
  let attention = "Transformer-0-MultiHeadSelfAttention"
  let feedForward = "Transformer-0-FeedForward"
  var shapes: [(String, Shape)] = [
    ("Embedding-Token[0]", [40, 8]), ("Embedding-Segment[0]", [2, 8]), ("Embedding-Position[0]", [10, 8]),
    ("Embedding-Norm[0]", [8]), ("Embedding-Norm[1]", [8]),
  ]
  for part in 0..<4 { shapes += [("\(attention)[\(2 * part)]", [8, 8]), ("\(attention)[\(2 * part + 1)]", [8])] }
  shapes += [
    ("\(attention)-Norm[0]", [8]), ("\(attention)-Norm[1]", [8]),
    ("\(feedForward)[0]", [8, 12]), ("\(feedForward)[1]", [12]),
    ("\(feedForward)[2]", [12, 8]), ("\(feedForward)[3]", [8]),
    ("\(feedForward)-Norm[0]", [8]), ("\(feedForward)-Norm[1]", [8]),
  ]
  return shapes.map { SourceTensor(name: $0, elementType: .float32, shape: $1) }
}()
