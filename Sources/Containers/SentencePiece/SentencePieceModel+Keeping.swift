import Bytes

extension SentencePieceModel {
  /// Writes a model's file with some of its pieces, in the order of their new ids, and everything else as it is.
  ///
  /// What an id finds besides its piece (`trainer_spec.unk_id`) stays: the library goes by kinds and spellings.
  /// Source: bojone/t5_in_bert4keras, `tokenizer/reduce.py`, which makes `sentencepiece_cn.model` so.
  ///
  /// - Parameter ids: The old ids; those that no piece has are passed over.
  /// - Throws: `Problem` of kind *damaged* for what is no such file.
  package static func file(_ view: ByteView, keeping ids: [Int]) throws -> ByteView {
    try view.withUnsafeBytes { bytes in
      var message = MessageReader(bytes, file: view.file)
      var fields: [(isPiece: Bool, start: Int)] = []
      while let field = try message.next() { fields.append((field.number == 1, field.position)) }
      let ends = fields.dropFirst().map(\.start) + [bytes.count]
      let ranges = zip(fields, ends).map { (isPiece: $0.isPiece, bytes: $0.start..<$1) }
      let pieces = ranges.filter(\.isPiece).map(\.bytes)
      var written: [UInt8] = []
      for id in ids where pieces.indices.contains(id) { written.append(contentsOf: bytes[pieces[id]]) }
      for other in ranges where !other.isPiece { written.append(contentsOf: bytes[other.bytes]) }
      return ByteView(written, file: view.file)
    }
  }
}
