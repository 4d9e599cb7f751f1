import Bytes
import CZlib

/// One pass through a deflated member, from its beginning to its end (RFC 1951, by zlib).
///
/// It holds about 100 KB, whatever the member claims to be, and gives exactly the bytes it is asked for or an error.
final class Inflation: @unchecked Sendable {
  // Unchecked: whoever makes one uses it alone or behind a lock, as InflatingMember does.

  /// How many bytes have come out.
  private(set) var position = 0
  private let entry: DirectoryEntry
  private let stored: ByteView
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  private var taken = 0
  private var isAtEnd = false
  private var checksum = Checksum()

  init(_ entry: DirectoryEntry, stored: ByteView) throws {
    self.entry = entry
    self.stored = stored
    input = .allocate(byteCount: min(1 << 16, max(1, stored.count)), alignment: 16)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // A negative window size means raw deflate, without zlib's own header.
    let status = inflateInit2_(stream, -MAX_WBITS, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw Problem(
        .unavailable, file: stored.file, object: entry.name, found: "no memory to inflate with (zlib \(status))")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Passes over `count` bytes.
  func skip(_ count: Int) throws {
    guard count > 0 else { return }
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: min(count, 1 << 16), alignment: 16)
    defer { scratch.deallocate() }
    var left = count
    while left > 0 {
      let part = UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(left, scratch.count)])
      try read(into: part)
      left -= part.count
    }
  }

  /// Fills the buffer with the next bytes; the last of them also bring the checks of ``finish()``.
  ///
  /// The caller sees to it that the member claims to have as many bytes left.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    var filled = 0
    while filled < buffer.count {
      guard !isAtEnd else {
        throw damaged("contents that inflate to \(position + filled) bytes", expected: "\(entry.byteCount) bytes")
      }
      filled += try inflate(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
    }
    checksum.update(UnsafeRawBufferPointer(buffer))
    position += buffer.count
    if position == entry.byteCount { try finish() }
  }

  /// Checks that the stream ends with the last byte, both ways, and that the CRC-32 is right.
  private func finish() throws {
    var excess: UInt8 = 0
    while !isAtEnd {
      guard try withUnsafeMutableBytes(of: &excess, { try inflate(into: $0) }) == 0 else {
        throw damaged("contents that inflate to more than \(entry.byteCount) bytes", expected: "that many")
      }
    }
    let left = stored.count - taken + Int(stream.pointee.avail_in)
    guard left == 0 else {
      throw damaged("\(left) bytes after the end of the deflate stream", expected: "none")
    }
    try checksum.check(against: entry.checksum, file: stored.file, object: entry.name, byte: stored.start)
  }

  /// Lets zlib write once, and returns how many bytes it wrote.
  private func inflate(into output: UnsafeMutableRawBufferPointer) throws -> Int {
    if stream.pointee.avail_in == 0 { try refill() }
    let capacity = min(output.count, Int(UInt32.max))
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(capacity)
    let before = stream.pointee.avail_in
    let status = CZlib.inflate(stream, Z_NO_FLUSH)
    let written = capacity - Int(stream.pointee.avail_out)
    switch status {
    case Z_STREAM_END: isAtEnd = true
    case Z_OK, Z_BUF_ERROR:
      guard written > 0 || stream.pointee.avail_in < before else {
        throw damaged("a deflate stream without an end", expected: "one that ends in its \(stored.count) bytes")
      }
    case Z_MEM_ERROR:
      throw Problem(.unavailable, file: stored.file, object: entry.name, found: "no memory to inflate with")
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib \(status)"
      throw damaged("bytes that are no deflate stream (\(reason))", expected: "a deflate stream (RFC 1951)")
    }
    return written
  }

  private func refill() throws {
    let count = min(input.count, stored.count - taken)
    try stored.read(at: taken, into: UnsafeMutableRawBufferPointer(rebasing: input[..<count]))
    taken += count
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(count)
  }

  private func damaged(_ found: String, expected: String) -> Problem {
    Problem(
      .damaged, file: stored.file, object: entry.name, byte: stored.start + taken - Int(stream.pointee.avail_in),
      found: found, expected: expected)
  }
}
