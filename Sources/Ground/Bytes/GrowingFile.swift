#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that grows at its end, and that another process can go on with when this one is killed.
///
/// Unlike a ``FileDraft`` it has a name that is known beforehand and stays when nobody holds it any more. One process at a time may
/// hold it. What it held beyond the part that its owner knows to be whole is cut off when it is opened.
public final class GrowingFile {
  /// Its path.
  public let path: String
  /// How many bytes it has.
  public private(set) var byteCount: Int
  private let descriptor: Int32

  /// Opens a file, or begins one.
  ///
  /// - Parameter count: How many of its bytes are kept.
  /// - Throws: `Problem` of kind *refused* when another process holds it, *damaged* when it has fewer bytes, *unavailable* when the
  ///   system does not give it.
  public init(opening path: String, keeping count: Int) throws {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else {
      throw Problem(.unavailable, file: path, found: reason(for: errno), expected: "a file that can be written")
    }
    var problem: Problem?
    var status = stat()
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      problem = Problem(.refused, file: path, found: "another process that writes it", expected: "none")
    } else if fstat(descriptor, &status) != 0 || status.st_mode & S_IFMT != S_IFREG {
      problem = Problem(.unavailable, file: path, found: "no regular file", expected: "one")
    } else if Int(status.st_size) < count {
      problem = Problem(
        .damaged, file: path, found: "\(status.st_size) bytes", expected: "at least \(count)",
        advice: "Start again with --force")
    } else if ftruncate(descriptor, off_t(count)) != 0 {
      problem = Problem(.unavailable, file: path, found: reason(for: errno), expected: "a file that can be written")
    }
    if let problem {
      close(descriptor)
      throw problem
    }
    (self.path, self.byteCount, self.descriptor) = (path, count, descriptor)
  }

  deinit { close(descriptor) }

  /// Writes bytes behind the last.
  ///
  /// - Throws: `Problem` of kind *unavailable* when the system does not take them.
  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    try write(bytes, at: byteCount)
    byteCount += bytes.count
  }

  /// Writes bytes over some that are there.
  ///
  /// - Throws: `Problem` of kind *unavailable* when the system does not take them.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    var done = 0
    while done < bytes.count {
      let count = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        throw Problem(
          .unavailable, file: path, found: reason(for: count < 0 ? errno : ENOSPC),
          expected: "room for \(bytes.count - done) more bytes")
      }
      done += count
    }
  }

  /// Has the system keep what was written, also when its power fails.
  ///
  /// - Throws: `Problem` of kind *unavailable* when it cannot.
  public func sync() throws {
    guard fsync(descriptor) == 0 else {
      throw Problem(.unavailable, file: path, found: reason(for: errno), expected: "a disk that keeps the file")
    }
  }

  /// Syncs the file and gives it another name.
  ///
  /// - Throws: `Problem` of kind *refused* when a file has the name and is not to be replaced, *unavailable* when the system fails.
  public func publish(as destination: String, replacing: Bool) throws {
    try sync()
    let code = replacing ? (rename(path, destination) == 0 ? 0 : errno) : renameExclusively(path, destination)
    guard code == 0 else {
      throw code == EEXIST
        ? FileDraft.exists(destination)
        : Problem(
          .unavailable, file: destination, found: reason(for: code), expected: "a folder in which files can be renamed")
    }
    let folder = open(Path(destination).folder.reachable, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  /// Removes a file, if it is there.
  public static func remove(_ path: String) { unlink(path) }
}
