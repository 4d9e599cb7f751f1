import Bytes
import Tensors

/// A tensor of texts, of which checkpoints hold few: the graph of objects, file names.
///
/// `ReadStringTensor` of `tensorflow/core/util/tensor_bundle/tensor_bundle.cc`: the lengths as varints, a checksum of
/// the lengths as 32-bit numbers (64-bit where they need it), the texts. The entry's checksum is over the same lengths,
/// their checksum, and the texts.
struct TextTensor: Sendable {
  let name: String
  let count: Int
  let stored: ByteView
  let checksum: UInt32
  let isBigEndian: Bool

  /// Reads the texts and compares both checksums.
  ///
  /// - Throws: `Problem` of kind *damaged* when lengths or checksums are wrong.
  func texts() throws -> [ByteView] {
    guard count <= stored.count else {
      throw Cursor(stored).damaged(
        found: "\(count) texts in \(stored.count) bytes", expected: "at least one byte each", object: name)
    }
    var cursor = Cursor(stored)
    var crc = CRC32C()
    let lengths = try (0..<count).map { _ in
      let length = try cursor.size("the length of a text")
      if let short = UInt32(exactly: length) { crc.update(ordered(short)) } else { crc.update(ordered(UInt64(length))) }
      return length
    }
    let place = cursor
    let found = ordered(crc.masked)
    let expected = try cursor.bytes(4, "the checksum of the lengths").array()
    guard found == expected else {
      throw place.damaged(
        found: "lengths with another checksum", expected: "the one that stands behind them",
        advice: "The file changed after it was written; get it again from where it came", object: name)
    }
    crc.update(expected)
    let texts = try lengths.map { length in
      let text = try cursor.bytes(length, "a text")
      text.withUnsafeBytes { crc.update($0) }
      return text
    }
    guard cursor.remaining == 0 else {
      throw cursor.damaged(found: "\(cursor.remaining) bytes behind the last text", expected: "none", object: name)
    }
    guard crc.matches(checksum) else {
      throw Problem(
        .damaged, file: stored.file, object: name, byte: stored.start,
        found: "texts with the masked CRC-32C \(hexadecimal(crc.masked))", expected: hexadecimal(checksum),
        advice: "The file changed after it was written; get it again from where it came")
    }
    return texts
  }

  /// The bytes of a number in the order of the program that wrote the file.
  private func ordered(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: isBigEndian ? number.bigEndian : number.littleEndian) { Array($0) }
  }
}
