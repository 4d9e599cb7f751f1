import Bytes
import ModelFiles
import SentenceVectors
import Tensors

/// Vectors and texts as an index (``VectorIndex``).
///
/// Vectors grow behind the room for the header; texts and their offsets grow in files of their own, and are appended at the end.
final class IndexOutput: VectorOutput {
  private let file: GrowingFile
  private let texts: GrowingFile
  private let offsets: GrowingFile
  private let width: Int
  private let origin: IndexOrigin

  init(_ names: UnfinishedNames, width: Int, origin: IndexOrigin, keeping counts: [Int]?) throws {
    (self.width, self.origin) = (width, origin)
    file = try GrowingFile(opening: names.main, keeping: counts?[0] ?? 0)
    texts = try GrowingFile(opening: names.texts, keeping: counts?[1] ?? 0)
    offsets = try GrowingFile(opening: names.offsets, keeping: counts?[2] ?? 0)
    guard counts == nil else { return }
    try [UInt8](repeating: 0, count: IndexOrigin.headerByteCount).withUnsafeBytes { try file.append($0) }
    try withUnsafeBytes(of: Int64(0)) { try offsets.append($0) }
  }

  func append(_ texts: [CorpusText], _ vectors: Vectors) throws {
    try vectors.values.withUnsafeBytes { try file.append($0) }
    for text in texts {
      var bytes = text.text
      try bytes.withUTF8 { try self.texts.append(UnsafeRawBufferPointer($0)) }
      try withUnsafeBytes(of: Int64(self.texts.byteCount).littleEndian) { try offsets.append($0) }
    }
  }

  func sync() throws -> [Int] {
    let files = [file, texts, offsets]
    for file in files { try file.sync() }
    return files.map(\.byteCount)
  }

  func finish(rows: Int, as path: String, replacing: Bool) throws {
    let byteCount = texts.byteCount
    for part in [offsets, texts] {
      let view = try ByteView(mapping: part.path)
      try forEachPiece(of: view.count) { range in
        try withUnsafeTemporaryAllocation(byteCount: range.count, alignment: 64) { buffer in
          try view.read(at: range.lowerBound, into: buffer)
          try file.append(UnsafeRawBufferPointer(buffer))
        }
      }
    }
    let written = try ByteView(mapping: file.path)
    let layout = IndexLayout(rows: rows, width: width, textByteCount: byteCount)
    let digests = try Digest.digests(
      of: layout.tensors.map { tensor in
        let bytes = try written.slice(
          at: tensor.range.lowerBound, count: tensor.range.count, of: "the tensor \(tensor.name)")
        return Tensor(.uint8, [tensor.range.count], bytes: bytes)!
      })
    try origin.header(of: layout, digests: digests).withUnsafeBytes { try file.write($0, at: 0) }
    try file.publish(as: path, replacing: replacing)
  }

  private func forEachPiece(of count: Int, _ body: (Range<Int>) throws -> Void) rethrows {
    for start in stride(from: 0, to: count, by: 1 << 20) { try body(start..<min(count, start + 1 << 20)) }
  }
}
