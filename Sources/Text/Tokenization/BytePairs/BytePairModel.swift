import Bytes

/// Pieces, and the order in which neighbours are merged to them (byte-pair encoding).
///
/// A part of a text begins as its bytes or characters, each a piece of its own where there is one. Sources: tokenizers 0.23.3,
/// `models/bpe/model.rs:405-520`; transformers 4.38.2, `tokenization_gpt2.py`.
struct BytePairModel: Sendable {
  /// What stands for a character that is no piece.
  struct Unknown: Sendable {
    /// What becomes of it.
    enum Fate: Sendable {
      /// It vanishes, and its neighbours come together (tokenizers without `unk_token`).
      case vanishes
      /// It becomes the piece at this place, which may be merged (`unk_token` of tokenizers).
      case becomes(Int32)
      /// It stays as it is, for whoever asks to name it (the slow tokenizers of transformers).
      case stays
    }

    var fate = Fate.vanishes
    /// Whether neighbours become one (`fuse_unk`).
    var isFused = false
    /// The places of `<0x00>` to `<0xFF>`, -1 for one that is missing; nil where bytes do not stand in (`byte_fallback`).
    var bytes: [Int32]?
  }

  /// The pieces.
  let pieces: PieceList
  /// What is merged.
  let table: PairTable
  let unknown: Unknown
  /// Whether a part that is a piece is taken whole (`ignore_merges`).
  let ignoresMerges: Bool
  /// For each byte the piece of its scalar in ``ByteAlphabet``; -1 for none.
  let byteSymbols: [Int32]

  init(pieces: PieceList, table: PairTable, unknown: Unknown = Unknown(), ignoresMerges: Bool = false) {
    (self.pieces, self.table, self.unknown, self.ignoresMerges) = (pieces, table, unknown, ignoresMerges)
    byteSymbols = ByteAlphabet.scalars.map { scalar in
      Int32(pieces.place(of: String(Unicode.Scalar(scalar)!)) ?? -1)
    }
  }

  /// Cuts a part of a text whose bytes are written by ``ByteAlphabet``, and hands over each piece: its place, or nil for a character
  /// that stays as it is, and its bytes of the part.
  @inline(__always)
  func forEachPiece(
    ofBytes part: UnsafeBufferPointer<UInt8>, _ merging: inout BytePairMerging, _ body: (Int32?, Range<Int>) -> Void
  ) {
    if ignoresMerges, let place = wholePiece(ofBytes: part) { return body(Int32(place), 0..<part.count) }
    merging.removeAll()
    if part.count == 1 {
      let symbol = byteSymbols[Int(part[0])]
      if symbol >= 0 { return body(symbol, 0..<1) }
    }
    var pending = Pending()
    for position in part.indices {
      let symbol = byteSymbols[Int(part[position])]
      if symbol >= 0 {
        pending.flush(unknown, &merging)
        merging.append(symbol, endingAt: position + 1)
      } else {
        let scalar = ByteAlphabet.scalars[Int(part[position])]
        addUnknown(scalar, endingAt: position + 1, &pending, &merging)
      }
    }
    finish(&pending, &merging, body)
  }

  /// Cuts a part of a text into characters, and hands over each piece as ``forEachPiece(ofBytes:_:_:)`` does.
  func forEachPiece(
    ofText part: UnsafeBufferPointer<UInt8>, _ merging: inout BytePairMerging, _ body: (Int32?, Range<Int>) -> Void
  ) {
    if ignoresMerges, let place = pieces.place(of: part) { return body(Int32(place), 0..<part.count) }
    merging.removeAll()
    var pending = Pending()
    var position = 0
    while position < part.count {
      let (scalar, length) = UTF8Scan.scalar(in: part, at: position)
      let character = UnsafeBufferPointer(rebasing: part[position..<position + length])
      position += length
      if let symbol = pieces.place(of: character) {
        pending.flush(unknown, &merging)
        merging.append(Int32(symbol), endingAt: position)
      } else {
        addUnknown(scalar, endingAt: position, &pending, &merging)
      }
    }
    finish(&pending, &merging, body)
  }

  /// The symbol for unknown characters that has not been added yet, for more of them may follow.
  private struct Pending {
    var end: Int?

    @inline(__always)
    mutating func flush(_ unknown: Unknown, _ merging: inout BytePairMerging) {
      guard let end, case .becomes(let place) = unknown.fate else { return }
      merging.append(place, endingAt: end)
      self.end = nil
    }
  }

  private func addUnknown(
    _ scalar: UInt32, endingAt end: Int, _ pending: inout Pending, _ merging: inout BytePairMerging
  ) {
    if let bytes = unknown.bytes {
      var spelling: [UInt8] = []
      UTF8Scan.append(scalar, to: &spelling)
      let symbols = spelling.map { bytes[Int($0)] }
      if symbols.allSatisfy({ $0 >= 0 }) {
        // tokenizers puts these before unknown characters that are still held back.
        for symbol in symbols { merging.append(symbol, endingAt: end) }
        return
      }
    }
    switch unknown.fate {
    case .vanishes: break
    case .stays: merging.append(-1, endingAt: end)
    case .becomes:
      if !unknown.isFused { pending.flush(unknown, &merging) }
      pending.end = end
    }
  }

  @inline(__always)
  private func finish(
    _ pending: inout Pending, _ merging: inout BytePairMerging, _ body: (Int32?, Range<Int>) -> Void
  ) {
    pending.flush(unknown, &merging)
    merging.merge()
    var start = 0
    for place in merging.symbols.indices {
      let end = max(start, merging.ends[place])
      body(merging.symbols[place] < 0 ? nil : merging.symbols[place], start..<end)
      start = end
    }
  }

  private func wholePiece(ofBytes part: UnsafeBufferPointer<UInt8>) -> Int? {
    var spelling: [UInt8] = []
    for byte in part { UTF8Scan.append(ByteAlphabet.scalars[Int(byte)], to: &spelling) }
    return spelling.withUnsafeBufferPointer { pieces.place(of: $0) }
  }
}
