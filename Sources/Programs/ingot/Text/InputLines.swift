import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The lines of standard input, each without the line feed at its end, in memory for one line at a time.
struct InputLines {
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAtEnd = false

  /// Takes the next line, whose bytes need not be UTF-8; nil at the end.
  ///
  /// - Throws: `Problem` of kind *unavailable* when the system cannot read.
  mutating func next() throws -> [UInt8]? {
    var searched = position
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { position = end + 1 }
        return Array(buffer[position..<end])
      }
      guard !isAtEnd else {
        defer { position = buffer.count }
        return position < buffer.count ? Array(buffer[position...]) : nil
      }
      buffer.removeFirst(position)
      position = 0
      searched = buffer.count
      try fill()
    }
  }

  private mutating func fill() throws {
    let size = 1 << 16
    let start = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: size))
    var count = -1
    repeat {
      count = buffer.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress! + start, size) }
    } while count < 0 && errno == EINTR
    buffer.removeLast(size - max(0, count))
    guard count >= 0 else {
      throw Problem(.unavailable, file: "standard input", found: reason(for: errno), expected: "a text")
    }
    isAtEnd = count == 0
  }
}
