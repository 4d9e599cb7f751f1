#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that is written past the system's page cache, in whole pages.
///
/// A write through the cache copies every byte into fresh memory first, which takes longer than a fast disk does, holds a lock
/// on the file meanwhile and leaves all the work of syncing to the end. Linux offers the short way as `O_DIRECT`, where the file
/// system has it (`man 2 open`); whatever it does not take is written through the cache.
final class DirectFile: Sendable {
  /// What memory and offsets must be multiples of: no less than any disk's block.
  private static let pageByteCount = 4_096
  /// Fewer bytes are not worth a wait for the disk.
  private static let leastByteCount = 16 * pageByteCount

  private let descriptor: Int32

  /// Opens a file; nil where there is no such way.
  init?(opening path: String) {
    #if canImport(Glibc)
      descriptor = open(path, O_WRONLY | __O_DIRECT | O_CLOEXEC)
      if descriptor < 0 { return nil }
    #else
      return nil
    #endif
  }

  deinit { close(descriptor) }

  /// The range of the bytes that are whole pages of the file; empty when they are too few, or lie otherwise in memory.
  func pages(of bytes: UnsafeRawBufferPointer, at offset: Int) -> Range<Int> {
    let page = Self.pageByteCount
    let start = min(bytes.count, (page - offset % page) % page)
    let count = (bytes.count - start) / page * page
    guard count >= Self.leastByteCount, (Int(bitPattern: bytes.baseAddress) + start).isMultiple(of: page) else {
      return 0..<0
    }
    return start..<(start + count)
  }

  /// Writes whole pages and returns how many bytes the system took before it refused, for whatever reason.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    var done = 0
    while done < bytes.count, done.isMultiple(of: Self.pageByteCount) {
      let count = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      done += count
    }
    return done
  }
}
