import Bytes

extension SentencePieceTokenizer {
  /// Joins the pieces of ids into a text: `▁` becomes a space but at the beginning, control pieces vanish, and bytes are put together.
  ///
  /// - Throws: `Problem` of kind *mismatched* for an id that no piece has.
  public func decode(_ ids: [Int]) throws -> String {
    var text: [UInt8] = []
    var pending: [UInt8] = []
    var isBeginning = true
    var tookSpace = false
    for id in ids {
      guard (0..<model.count).contains(id) else {
        throw Problem(
          .mismatched, file: model.file, found: "the id \(id)", expected: "0 to \(model.count - 1)",
          advice: "Check that this is the tokenizer that the model was trained with")
      }
      let piece = model.bytes[model.starts[id]..<model.starts[id + 1]]
      // Of two pieces with one text, the reserved one counts.
      let kind = model.kinds[piece.withUnsafeBufferPointer { model.id(of: $0) }]
      if kind == .byte {
        pending.append(SentencePieceModel.byte(ofPiece: Array(piece))!)
        continue
      }
      text += SentencePieceTokenizer.repaired(pending)
      pending = []
      if tookSpace || !text.isEmpty { isBeginning = false }
      tookSpace = append(piece, kind, to: &text, isBeginning: isBeginning)
    }
    text += SentencePieceTokenizer.repaired(pending)
    if let denormalizer = model.denormalizer {
      text = text.withUnsafeBufferPointer { denormalizer.normalize($0, keeping: nil).bytes }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends what a piece stands for, and tells whether the one space at the beginning was left out.
  private func append(
    _ piece: ArraySlice<UInt8>, _ kind: SentencePieceModel.PieceKind, to text: inout [UInt8], isBeginning: Bool
  ) -> Bool {
    switch kind {
    case .control: return false
    case .unknown:
      text += model.unknownSurface.utf8
      return false
    default: break
    }
    let space = PieceNormalizer.escapedSpace
    var rest = piece
    var tookSpace = false
    if isBeginning, model.normalizer.addsSpace || model.normalizer.removesExtraSpaces, rest.starts(with: space) {
      rest = rest.dropFirst(space.count)
      // Where extra spaces are removed, all at the beginning go.
      tookSpace = !model.normalizer.removesExtraSpaces
    }
    while let first = rest.first {
      if rest.starts(with: space) {
        text.append(UInt8(ascii: " "))
        rest = rest.dropFirst(space.count)
      } else {
        text.append(first)
        rest = rest.dropFirst()
      }
    }
    return tookSpace
  }

  /// Bytes as UTF-8, each one that is none replaced by U+FFFD.
  private static func repaired(_ bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBufferPointer { bytes in
      var result: [UInt8] = []
      var position = 0
      while position < bytes.count {
        if let length = UTF8Character.length(in: bytes, at: position) {
          result += bytes[position..<position + length]
          position += length
        } else {
          result += [0xEF, 0xBF, 0xBD]
          position += 1
        }
      }
      return result
    }
  }
}
