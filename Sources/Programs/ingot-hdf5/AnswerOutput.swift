import Bytes
import HDF5Isolation
import JSON
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The standard output, written in the form of `Answer`.
enum AnswerOutput {
  /// Writes the first line.
  static func greet(libraryVersion: String) {
    send(Array("\(Answer.greeting)\(libraryVersion)\n".utf8))
  }

  /// Writes a line of JSON.
  static func send(_ line: JSON) {
    send(Array((line.compact + "\n").utf8))
  }

  /// Writes a whole dataset, in blocks; a problem on the way becomes the last line.
  static func send(_ dataset: some TensorSource) throws {
    send([
      "elementType": .string(dataset.elementType.rawValue),
      "shape": .array(dataset.shape.dimensions.map(JSON.integer)),
    ])
    var last: JSON = [:]
    do {
      try withUnsafeTemporaryAllocation(byteCount: Answer.blockLimit, alignment: 64) { buffer in
        for offset in stride(from: 0, to: dataset.byteCount, by: buffer.count) {
          let count = min(buffer.count, dataset.byteCount - offset)
          let block = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
          try dataset.read(at: offset, into: block)
          send(length: count)
          send(UnsafeRawBufferPointer(block))
        }
      }
    } catch let problem as Problem {
      last = Answer.json(for: problem)
    }
    send(length: 0)
    send(last)
  }

  private static func send(length: Int) {
    withUnsafeBytes(of: UInt32(length).littleEndian) { send($0) }
  }

  private static func send(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { send($0) }
  }

  /// Writes all bytes; when nobody listens any more, the program ends.
  private static func send(_ bytes: UnsafeRawBufferPointer) {
    var done = 0
    while done < bytes.count {
      let count = write(STDOUT_FILENO, bytes.baseAddress! + done, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { exit(74) }
      done += count
    }
  }
}
