#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The lines of a file, a pipe or standard input, one after the other, in memory for one line at a time.
///
/// A line ends with a line feed, or with a carriage return and one; neither is part of it. A byte order mark before the first is left out.
public final class LineReader {
  /// The most bytes that a line may have: what is longer is no text that anybody wrote, and would take all memory.
  public static let greatestByteCount = 1 << 24

  /// The name that problems show.
  public let file: String
  /// The number of the line that was taken last, from 1 on; 0 before the first.
  public private(set) var number = 0
  /// How many bytes of the file come before the next line.
  public private(set) var position = 0
  /// The size of the file; nil where it has none, as a pipe.
  public let byteCount: Int?

  private let descriptor: Int32
  private let closes: Bool
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  /// Opens a file, which need not be a regular one.
  ///
  /// - Throws: `Problem` of kind *unavailable* when the system does not give it.
  public convenience init(opening path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Problem(.unavailable, file: path, found: reason(for: errno), expected: "a readable file")
    }
    self.init(descriptor, calling: path, closes: true)
  }

  /// Reads standard input.
  public static func standardInput() -> LineReader {
    LineReader(STDIN_FILENO, calling: "standard input", closes: false)
  }

  private init(_ descriptor: Int32, calling file: String, closes: Bool) {
    self.descriptor = descriptor
    self.file = file
    self.closes = closes
    var status = stat()
    byteCount = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  deinit { if closes { close(descriptor) } }

  /// Takes the next line, whose bytes need not be UTF-8; nil at the end.
  ///
  /// - Throws: `Problem` of kind *unavailable* when the system cannot read, *refused* for a line of more than ``greatestByteCount``.
  public func nextBytes() throws -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) { return line(to: end, next: end + 1) }
      guard !isAtEnd else { return start < buffer.count ? line(to: buffer.count, next: buffer.count) : nil }
      guard buffer.count - start <= Self.greatestByteCount else {
        throw Problem(
          .refused, file: file, object: "line \(number + 1)", found: "more than \(Self.greatestByteCount) bytes",
          expected: "a line of text")
      }
      buffer.removeFirst(start)
      start = 0
      searched = buffer.count
      try fill()
    }
  }

  /// Takes the next line as a text; nil at the end.
  ///
  /// - Throws: `Problem` as ``nextBytes()`` does, and of kind *damaged* for a line that is not UTF-8.
  public func next() throws -> String? {
    guard let bytes = try nextBytes() else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Problem(
        .damaged, file: file, object: "line \(number)", found: "bytes that are not UTF-8", expected: "a text in UTF-8")
    }
    return text
  }

  private func line(to end: Int, next: Int) -> [UInt8] {
    var first = start
    var last = end
    if number == 0, buffer[start..<end].starts(with: [0xEF, 0xBB, 0xBF]) { first += 3 }
    if last > first, buffer[last - 1] == UInt8(ascii: "\r") { last -= 1 }
    number += 1
    position += next - start
    start = next
    return Array(buffer[first..<last])
  }

  private func fill() throws {
    let size = 1 << 16
    let end = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: size))
    var count = -1
    repeat {
      count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + end, size) }
    } while count < 0 && errno == EINTR
    buffer.removeLast(size - max(0, count))
    guard count >= 0 else {
      throw Problem(.unavailable, file: file, found: reason(for: errno), expected: "a text")
    }
    isAtEnd = count == 0
  }
}
