#if os(Linux)
  import Foundation

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// Returns the names of the files in a folder that any process opens while the body runs; the folder itself is `.`.
  ///
  /// inotify(7) is asked, so that opening a file and not reading it counts as well.
  ///
  /// - Parameter folder: The folder's path; files in folders below it are not watched.
  public func filesOpened(in folder: String, while body: () throws -> Void) throws -> Set<String> {
    let queue = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    guard queue >= 0, inotify_add_watch(queue, folder, UInt32(IN_OPEN)) >= 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
    defer { close(queue) }
    try body()
    var names: Set<String> = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(queue, &buffer, buffer.count), count > 0 {
      var offset = 0
      while offset < count {
        // struct inotify_event: the watch, the mask, the cookie and the length of the name that follows, four bytes each.
        let length = buffer[offset..<count].withUnsafeBytes {
          Int($0.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        }
        let name = buffer[(offset + 16)..<(offset + 16 + length)].prefix { $0 != 0 }
        names.insert(name.isEmpty ? "." : String(decoding: name, as: UTF8.self))
        offset += 16 + length
      }
    }
    return names
  }
#endif
