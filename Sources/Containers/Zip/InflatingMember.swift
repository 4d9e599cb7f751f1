import Bytes
import Synchronization

/// A deflated member that remembers how far it has been inflated.
///
/// Calls from several threads are served one after the other; each that is not a continuation starts from the beginning.
final class InflatingMember: Sendable {
  private let entry: DirectoryEntry
  private let stored: ByteView
  private let current = Mutex<Inflation?>(nil)

  init(_ entry: DirectoryEntry, stored: ByteView) {
    self.entry = entry
    self.stored = stored
  }

  /// Copies bytes of the contents, going on where the last call stopped if it can.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    guard offset >= 0, offset <= entry.byteCount, buffer.count <= entry.byteCount - offset else {
      throw Problem(
        .damaged, file: stored.file, object: entry.name, byte: stored.start,
        found: "\(buffer.count) bytes at offset \(offset)",
        expected: "a range inside the \(entry.byteCount) bytes of the member")
    }
    guard !buffer.isEmpty || entry.byteCount == 0 else { return }
    try current.withLock { current in
      // What throws is dropped, and so is what has reached its end: both start again.
      let earlier = current.take().flatMap { $0.position <= offset ? $0 : nil }
      let inflation = try earlier ?? Inflation(entry, stored: stored)
      try inflation.skip(offset - inflation.position)
      try inflation.read(into: buffer)
      current = inflation.position < entry.byteCount ? inflation : nil
    }
  }

  /// Copies the first bytes of the contents and remembers nothing.
  func readOnce(into buffer: UnsafeMutableRawBufferPointer) throws {
    try Inflation(entry, stored: stored).read(into: buffer)
  }

  /// Inflates everything, so that its length and its CRC-32 are checked.
  func verify() throws {
    let inflation = try Inflation(entry, stored: stored)
    try inflation.skip(entry.byteCount)
    if entry.byteCount == 0 { try inflation.read(into: UnsafeMutableRawBufferPointer(start: nil, count: 0)) }
  }
}
