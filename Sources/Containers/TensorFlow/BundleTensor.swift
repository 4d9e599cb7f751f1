import Bytes
import Synchronization
import Tensors

/// A tensor, or a slice of one, that lies whole in a data file.
///
/// Before the first of its bytes is given out, all of them have been read once and their CRC-32C compared.
final class BundleTensor: TensorSource {
  let elementType: ElementType
  let shape: Shape
  private let name: String
  private let stored: ByteView
  private let checksum: UInt32
  private let isBigEndian: Bool
  private let isVerified = Mutex(false)

  /// Joins what an entry says with the bytes it names, whose number is known to be right.
  init(
    _ name: String, _ elementType: ElementType, _ shape: Shape, stored: ByteView, checksum: UInt32, isBigEndian: Bool
  ) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.stored = stored
    self.checksum = checksum
    self.isBigEndian = isBigEndian && elementType.swapUnit > 1
  }

  /// The bytes in the data file, which nobody has compared with their checksum before the first call of ``read(at:into:)``.
  var contiguousBytes: ByteView? { isBigEndian ? nil : stored }

  /// Copies bytes of the contents, after comparing the checksum when that has not been done.
  ///
  /// - Throws: `Problem` of kind *damaged* when the checksum or the range is wrong, *unavailable* when the system cannot read.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    try isVerified.withLock { isVerified in
      if !isVerified { try verify() }
      isVerified = true
    }
    guard isBigEndian else { return try stored.read(at: offset, into: buffer) }
    try readSwapped(at: offset, into: buffer)
  }

  private func verify() throws {
    var crc = CRC32C()
    try withUnsafeTemporaryAllocation(byteCount: max(1, min(stored.count, 1 << 17)), alignment: 16) { tile in
      for offset in stride(from: 0, to: stored.count, by: tile.count) {
        let part = UnsafeMutableRawBufferPointer(rebasing: tile[..<min(tile.count, stored.count - offset)])
        try stored.read(at: offset, into: part)
        crc.update(UnsafeRawBufferPointer(part))
      }
    }
    guard crc.matches(checksum) else {
      throw Problem(
        .damaged, file: stored.file, object: name, byte: stored.start,
        found: "data with the masked CRC-32C \(hexadecimal(crc.masked))", expected: hexadecimal(checksum),
        advice: "The file changed after it was written; get it again from where it came")
    }
  }

  /// Copies bytes each of which lies elsewhere in its number.
  private func readSwapped(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    _ = try stored.slice(at: offset, count: buffer.count, of: name)
    let unit = elementType.swapUnit
    let first = min(buffer.count, (unit - offset % unit) % unit)
    let last = (buffer.count - first) % unit
    let whole = UnsafeMutableRawBufferPointer(rebasing: buffer[first..<(buffer.count - last)])
    try stored.read(at: offset + first, into: whole)
    for start in stride(from: 0, to: whole.count, by: unit) { whole[start..<(start + unit)].reverse() }
    for index in [0..<first, (buffer.count - last)..<buffer.count].joined() {
      let place = offset + index
      let mirrored = place - place % unit + unit - 1 - place % unit
      try stored.read(at: mirrored, into: UnsafeMutableRawBufferPointer(rebasing: buffer[index...index]))
    }
  }
}
