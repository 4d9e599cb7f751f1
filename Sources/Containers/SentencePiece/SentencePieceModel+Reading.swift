import Bytes

extension SentencePieceModel {
  /// Reads a `.model` file of SentencePiece.
  ///
  /// Nothing in the file is believed before it has been compared with the file: pieces are distinct, not empty and UTF-8, scores
  /// are finite, there is one unknown piece, and with byte fallback a piece for every byte
  /// (sentencepiece 0.2.1, `model_interface.cc:63-150`). Fields that splitting does not depend on are passed over.
  ///
  /// - Throws: `Problem` of kind *damaged* for what contradicts the format, *refused* for a piece of more than 4,096 bytes.
  public init(reading view: ByteView) throws {
    self = try view.withUnsafeBytes { bytes in
      var parts = Parts()
      var message = MessageReader(bytes, file: view.file)
      while let field = try message.next() {
        switch field.number {
        case 1: try parts.addPiece(message.message(field), at: field.position)
        case 2: try parts.readTrainer(message.message(field))
        case 3: parts.normalizer = try PieceNormalizer(message.message(field))
        case 5: parts.denormalizer = try PieceNormalizer(message.message(field))
        default: break
        }
      }
      return try SentencePieceModel(parts, of: message)
    }
  }

  private init(_ parts: Parts, of message: MessageReader) throws {
    func damaged(_ found: String, _ expected: String, at id: Int? = nil) -> Problem {
      message.damaged(found, expected, at: id.map { parts.positions[$0] } ?? 0, object: id.map { "the piece \($0)" })
    }
    let kinds = parts.kinds
    let unknown = kinds.indices.filter { kinds[$0] == .unknown }
    guard let unknownID = unknown.first else { throw damaged("no unknown piece", "one") }
    if unknown.count > 1 { throw damaged("a second unknown piece", "one", at: unknown[1]) }

    var reserved: [[UInt8]: Int] = [:]
    var byteIDs = [Int](repeating: -1, count: parts.hasByteFallback ? 256 : 0)
    for id in kinds.indices where [.unknown, .control, .byte].contains(kinds[id]) {
      let piece = Array(parts.bytes[parts.starts[id]..<parts.starts[id + 1]])
      guard reserved.updateValue(id, forKey: piece) == nil else {
        throw damaged("\"\(String(decoding: piece, as: UTF8.self))\" a second time", "each piece once", at: id)
      }
      guard kinds[id] == .byte else { continue }
      guard parts.hasByteFallback else { throw damaged("a piece for a byte", "none without byte_fallback", at: id) }
      guard let byte = Self.byte(ofPiece: piece) else {
        throw damaged("\"\(String(decoding: piece, as: UTF8.self))\" as a byte", "<0x00> to <0xFF>", at: id)
      }
      byteIDs[Int(byte)] = id
    }
    if let byte = byteIDs.firstIndex(of: -1) {
      throw damaged("no piece \(Self.piece(ofByte: UInt8(byte)))", "one for every byte, for byte_fallback is true")
    }

    let keys = parts.sortedKeys { [.normal, .userDefined, .unused].contains(kinds[$0]) }
    for (earlier, later) in zip(keys, keys.dropFirst()) where earlier.bytes == later.bytes {
      let text = String(decoding: later.bytes, as: UTF8.self)
      throw damaged("\"\(text)\" a second time", "each piece once", at: max(earlier.id, later.id))
    }
    let symbols = keys.filter { kinds[$0.id] == .userDefined }

    file = message.file
    algorithm = parts.algorithm
    self.unknownID = unknownID
    unknownSurface = parts.unknownSurface
    hasByteFallback = parts.hasByteFallback
    allowsPiecesOfSpaces = parts.allowsPiecesOfSpaces
    var normalizer = parts.normalizer
    normalizer.isSuffix = parts.isSuffix
    self.normalizer = normalizer
    denormalizer = parts.denormalizer.flatMap { $0.charsmap == nil ? nil : $0 }
    bytes = parts.bytes
    starts = parts.starts
    scores = parts.scores
    let normal = kinds.indices.lazy.filter { kinds[$0] == .normal }.map { parts.scores[$0] }
    (leastScore, greatestScore) = (normal.min() ?? .greatestFiniteMagnitude, normal.max() ?? 0)
    self.kinds = kinds
    self.reserved = reserved
    let beginnings = Set(reserved.keys.map { $0[0] })
    reservedBeginnings = (0...255).map { beginnings.contains($0) }
    self.byteIDs = byteIDs
    trie = ByteTrie(sorted: keys)
    self.symbols = symbols.isEmpty ? nil : ByteTrie(sorted: symbols)
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  /// The piece that stands for a byte: `<0x0A>`.
  static func piece(ofByte byte: UInt8) -> String {
    String(
      decoding: Array("<0x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]] + Array(">".utf8), as: UTF8.self)
  }

  /// The byte for which a piece stands; nil for another text.
  static func byte(ofPiece piece: [UInt8]) -> UInt8? {
    guard piece.count == 6, let high = digits.firstIndex(of: piece[3]), let low = digits.firstIndex(of: piece[4]) else {
      return nil
    }
    let byte = UInt8(high << 4 | low)
    return Array(Self.piece(ofByte: byte).utf8) == piece ? byte : nil
  }
}

extension SentencePieceModel {
  /// What the fields of a file say, gathered while they are read.
  private struct Parts {
    var bytes: [UInt8] = []
    var starts = [0]
    var scores: [Float] = []
    var kinds: [PieceKind] = []
    /// Where each piece stands in the file.
    var positions: [Int] = []
    var algorithm = Algorithm.unigram
    var isSuffix = false
    var allowsPiecesOfSpaces = false
    var hasByteFallback = false
    var unknownSurface = " \u{2047} "
    var normalizer = PieceNormalizer()
    var denormalizer: PieceNormalizer?

    mutating func addPiece(_ fields: MessageReader, at position: Int) throws {
      let name = "the piece \(kinds.count)"
      var fields = fields
      var text = 0..<0
      var score: Float = 0
      var kind = PieceKind.normal
      while let field = try fields.next() {
        switch field.number {
        case 1: text = try fields.range(field)
        case 2: score = try fields.float(field)
        case 3:
          let number = try fields.integer(field)
          guard let known = UInt8(exactly: number).flatMap(PieceKind.init) else {
            throw fields.damaged("the kind \(number)", "1 to 6", at: field.position, object: name)
          }
          kind = known
        default: break
        }
      }
      guard !text.isEmpty else { throw fields.damaged("an empty piece", "a text", at: position, object: name) }
      guard text.count <= SentencePieceModel.longestPiece else {
        throw Problem(
          .refused, file: fields.file, object: name, byte: position, found: "a piece of \(text.count) bytes",
          expected: "at most \(SentencePieceModel.longestPiece)")
      }
      guard UnsafeRawBufferPointer(rebasing: fields.bytes[text]).isUTF8 else {
        throw fields.damaged("a piece that is not UTF-8", "UTF-8", at: position, object: name)
      }
      guard score.isFinite else {
        throw fields.damaged("the score \(score)", "a finite number", at: position, object: name)
      }
      bytes += fields.bytes[text]
      starts.append(bytes.count)
      scores.append(score)
      kinds.append(kind)
      positions.append(position)
    }

    mutating func readTrainer(_ message: MessageReader) throws {
      var message = message
      while let field = try message.next() {
        switch field.number {
        case 3:
          let number = try message.integer(field)
          guard let known = Algorithm(rawValue: number) else {
            throw message.damaged("the model_type \(number)", "1 to 4", at: field.position)
          }
          algorithm = known
        case 24: isSuffix = try message.boolean(field)
        case 26: allowsPiecesOfSpaces = try message.boolean(field)
        case 35: hasByteFallback = try message.boolean(field)
        case 44: unknownSurface = try message.text(field)
        default: break
        }
      }
    }

    /// Some pieces in the order of their bytes.
    func sortedKeys(where isWanted: (Int) -> Bool) -> [(bytes: ArraySlice<UInt8>, id: Int)] {
      // The first eight bytes decide most comparisons.
      let ids = kinds.indices.filter(isWanted)
      let keyed = ids.map { id -> (head: UInt64, id: Int) in
        var head: UInt64 = 0
        for offset in 0..<8 {
          let position = starts[id] + offset
          head = head << 8 | (position < starts[id + 1] ? UInt64(bytes[position]) : 0)
        }
        return (head, id)
      }
      let sorted = keyed.sorted { one, other in
        if one.head != other.head { return one.head < other.head }
        return bytes[starts[one.id]..<starts[one.id + 1]].lexicographicallyPrecedes(
          bytes[starts[other.id]..<starts[other.id + 1]])
      }
      return sorted.map { (bytes[starts[$0.id]..<starts[$0.id + 1]], $0.id) }
    }
  }
}

extension PieceNormalizer {
  /// Reads a `NormalizerSpec`.
  fileprivate init(_ message: MessageReader) throws {
    self.init()
    var message = message
    while let field = try message.next() {
      switch field.number {
      case 2:
        let range = try message.range(field)
        charsmap = range.isEmpty ? nil : try Charsmap(range, of: message)
      case 3: addsSpace = try message.boolean(field)
      case 4: removesExtraSpaces = try message.boolean(field)
      case 5: escapesSpaces = try message.boolean(field)
      default: break
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate var isUTF8: Bool {
    withMemoryRebound(to: UInt8.self) { text in
      var position = 0
      while position < text.count {
        guard let length = UTF8Character.length(in: text, at: position) else { return false }
        position += length
      }
      return true
    }
  }
}
