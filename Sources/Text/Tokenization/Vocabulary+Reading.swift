import Bytes

extension Vocabulary {
  /// Reads a `vocab.txt` exactly as bert4keras does.
  ///
  /// A token is the first field of its line, where Python's white space ends fields; a blank line is the empty token.
  /// Lines end with `\n`, `\r\n` or `\r` and with nothing else; a byte-order mark belongs to the first token. A line's id
  /// is the number of *distinct* tokens before it, and a token that comes again moves to its later id: so after a
  /// duplicate, two tokens may share an id. Source: bert4keras 0.11.5, `tokenizers.py`, `load_vocab`.
  ///
  /// - Parameters:
  ///   - maximumLines: The greatest number of lines that the file may have.
  ///   - maximumLineLength: The greatest number of bytes that a line may have, its end aside.
  /// - Throws: `Problem` of kind *damaged* when the bytes are not UTF-8, *refused* when they exceed a limit, *unsupported* when
  ///   they are a SentencePiece model.
  public init(reading view: ByteView, maximumLines: Int = 4_000_000, maximumLineLength: Int = 65_536) throws {
    self = try view.withUnsafeBytes { bytes in
      guard !Vocabulary.isSentencePieceModel(bytes) else {
        throw Problem(
          .unsupported, file: view.file, byte: view.start, found: "a SentencePiece model",
          expected: "one token a line, in UTF-8",
          advice: "Give it a name that ends with .model")
      }
      let fields = try Vocabulary.firstFields(of: bytes, in: view, maximumLines, maximumLineLength)
      return Vocabulary(file: view.file, fields: fields, of: bytes)
    }
  }

  /// Whether a file is a tokenizer of T5's kind, which might pass for lines of text if it is small.
  ///
  /// Such a file begins with a piece: a message that begins with the piece's text, behind which its score stands, or where an old trainer
  /// left out a score of 0 its type (`sentencepiece_model.proto`: fields `pieces` = 1, `piece` = 1, `score` = 2, `type` = 3).
  package static func isSentencePieceModel(_ view: ByteView) -> Bool { view.withUnsafeBytes(isSentencePieceModel) }

  private static func isSentencePieceModel(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count > 8, bytes[0] == 0x0A, bytes[2] == 0x0A, bytes[1] < 0x80, bytes[3] > 0 else { return false }
    let (length, next) = (Int(bytes[1]), 4 + Int(bytes[3]))
    guard next < bytes.count else { return false }
    return bytes[next] == 0x15 && length >= next + 3 || bytes[next] == 0x18 && length >= next
  }

  /// Numbers the tokens as Python's dictionary comes to number them.
  private init(file: String, fields: [Range<Int>], of text: UnsafeRawBufferPointer) {
    let tokens = Vocabulary.distinctTokens(of: fields, in: text)
    // The id that a line gives is the number of distinct tokens before it.
    var isNew = [Bool](repeating: false, count: fields.count)
    for token in tokens { isNew[token.firstLine] = true }
    var lineIDs: [Int] = []
    var distinct = 0
    for new in isNew {
      lineIDs.append(distinct)
      if new { distinct += 1 }
    }
    let ids = tokens.map { lineIDs[$0.lastLine] }
    // Of tokens that share an id, the one that came into the dictionary last answers for it.
    var ranks = [Int](repeating: -1, count: tokens.count + 1)
    for rank in tokens.indices {
      let rival = ranks[ids[rank]]
      if rival < 0 || tokens[rival].firstLine < tokens[rank].firstLine { ranks[ids[rank]] = rank }
    }
    var bytes: [UInt8] = []
    var starts = [0]
    for token in tokens {
      bytes.append(contentsOf: text[fields[token.firstLine]])
      starts.append(bytes.count)
    }
    self.init(file: file, bytes: bytes, starts: starts, ids: ids, ranks: ranks)
  }

  /// Returns the distinct tokens in the order of their bytes, each with the lines where it stands first and last.
  private static func distinctTokens(
    of fields: [Range<Int>], in text: UnsafeRawBufferPointer
  ) -> [(firstLine: Int, lastLine: Int)] {
    // Lines with equal tokens come to stand together, in the order of the file.
    let lines = fields.indices.sorted { first, second in
      let (one, other) = (text[fields[first]], text[fields[second]])
      return one.elementsEqual(other) ? first < second : one.lexicographicallyPrecedes(other)
    }
    var tokens: [(firstLine: Int, lastLine: Int)] = []
    for line in lines {
      if let last = tokens.last, text[fields[last.lastLine]].elementsEqual(text[fields[line]]) {
        tokens[tokens.count - 1].lastLine = line
      } else {
        tokens.append((line, line))
      }
    }
    return tokens
  }

  /// Returns the range of the first field of every line.
  private static func firstFields(
    of bytes: UnsafeRawBufferPointer, in view: ByteView, _ maximumLines: Int, _ maximumLineLength: Int
  ) throws -> [Range<Int>] {
    func refused(at position: Int, _ found: String, _ expected: String) -> Problem {
      Problem(
        .refused, file: view.file, byte: view.start + position, found: found, expected: expected,
        advice: "Check that this is the model's vocabulary, usually called vocab.txt")
    }
    var fields: [Range<Int>] = []
    var line = Line(start: 0)
    func finishLine(before end: Int) throws {
      guard fields.count < maximumLines else {
        throw refused(at: line.start, "more than \(maximumLines) lines", "at most that many tokens")
      }
      fields.append(line.field(endingBefore: end))
    }
    var position = 0
    var input = bytes.makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    while true {
      switch parser.parseScalar(from: &input) {
      case .emptyInput:
        if position > line.start { try finishLine(before: position) }
        return fields
      case .error:
        throw Problem(
          .damaged, file: view.file, byte: view.start + position,
          found: "the byte 0x\(String(bytes[position], radix: 16)), which is not UTF-8 here",
          expected: "one token a line, in UTF-8",
          advice: "Check that this is the model's vocabulary, and save it as UTF-8 if it has another encoding")
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        let end = position + encoded.count
        if scalar == "\n", position > 0, bytes[position - 1] == UInt8(ascii: "\r") {
          line.start = end  // the second half of a line's end
        } else if scalar == "\n" || scalar == "\r" {
          try finishLine(before: position)
          line = Line(start: end)
        } else {
          line.take(scalar, at: position)
        }
        position = end
      }
      if position - line.start > maximumLineLength {
        throw refused(at: line.start, "a line of more than \(maximumLineLength) bytes", "one token a line")
      }
    }
  }
}

/// A line whose scalars come one after the other, and the bounds of its first field so far.
private struct Line {
  var start: Int
  private var fieldStart: Int?
  private var fieldEnd: Int?

  init(start: Int) { self.start = start }

  mutating func take(_ scalar: Unicode.Scalar, at position: Int) {
    if isPythonWhitespace(scalar) {
      if fieldStart != nil && fieldEnd == nil { fieldEnd = position }
    } else if fieldStart == nil {
      fieldStart = position
    }
  }

  func field(endingBefore end: Int) -> Range<Int> {
    guard let fieldStart else { return start..<start }
    return fieldStart..<(fieldEnd ?? end)
  }
}
