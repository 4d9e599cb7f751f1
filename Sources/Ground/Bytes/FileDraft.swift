import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that takes its name only when it is whole.
///
/// It is written under a name of its own beside the destination, `.name.ingot-<process>-<random>.partial`, then synced and
/// renamed. A draft that is let go unpublished is removed. One whose process was killed keeps its name but loses its lock,
/// by which the next draft of the same destination knows it and removes it.
///
/// A destination that is a symbolic link is followed: the draft lies beside the file that the link leads to.
public final class FileDraft: Sendable {
  /// The destination as it was given.
  public let path: String
  /// The path that the file has meanwhile, for a library that writes by path; it must not take locks of its own on it.
  public let temporary: String
  private let target: String
  private let replacing: Bool
  private let descriptor: Int32
  private let isPublished = Mutex(false)

  /// Begins a draft.
  ///
  /// - Parameter replacing: Whether a file that has the name by then is replaced.
  /// - Throws: `Problem` of kind *refused* when the destination exists and is not to be replaced, *unavailable* when it is no
  ///   regular file or the folder cannot be written.
  public init(of path: String, replacing: Bool) throws {
    self.path = path
    self.replacing = replacing
    let isTaken: Bool
    (target, isTaken) = try FileDraft.target(of: path)
    let destination = Path(target)
    FileDraft.removeStrays(of: destination)
    guard replacing || !isTaken else { throw FileDraft.exists(path) }
    let beginning = destination.folder.appending(".\(destination.name).ingot-")
    (temporary, descriptor) = try FileDraft.create(beside: beginning.text, for: path)
  }

  deinit {
    if !isPublished.withLock({ $0 }) { unlink(temporary) }
    close(descriptor)
  }

  /// Takes room on the disk for a file of this size, so that a disk that is too small is found out at once.
  ///
  /// Systems other than Linux are left to find out while writing.
  ///
  /// - Throws: `Problem` of kind *unavailable* when there is not enough room.
  public func reserve(_ byteCount: Int) throws {
    #if os(Linux)
      var code = EINTR
      while byteCount > 0 && code == EINTR { code = posix_fallocate(descriptor, 0, off_t(byteCount)) }
      guard byteCount == 0 || code == 0 else {
        throw unavailable(reason(for: code), expected: "room for \(byteCount) bytes")
      }
    #endif
  }

  /// Writes bytes at an offset; several threads may do so at once.
  ///
  /// They start on their way to the disk soon, so that ``publish()`` has little left to wait for.
  ///
  /// - Throws: `Problem` of kind *unavailable* when the system does not take them.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    var done = 0
    while done < bytes.count {
      let count = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        throw unavailable(
          reason(for: count < 0 ? errno : ENOSPC), expected: "room for \(bytes.count - done) more bytes")
      }
      done += count
    }
    startSync(crossedFrom: offset, to: offset + bytes.count)
  }

  /// Writes a whole file in one piece.
  ///
  /// - Throws: `Problem` as the steps of a draft do.
  public static func write(_ bytes: UnsafeRawBufferPointer, to path: String, replacing: Bool = false) throws {
    let draft = try FileDraft(of: path, replacing: replacing)
    try draft.write(bytes, at: 0)
    try draft.publish()
  }

  /// Maps the draft as it is now, under the destination's name.
  public func view() throws -> ByteView {
    var view = try ByteView(mapping: temporary)
    view.file = path
    return view
  }

  /// Syncs the file, gives it its name, and syncs the folder.
  ///
  /// - Throws: `Problem` of kind *refused* when a file has taken the name meanwhile and is not to be replaced, *unavailable*
  ///   when the system fails.
  public func publish() throws {
    guard fsync(descriptor) == 0 else { throw unavailable(reason(for: errno), expected: "a disk that keeps the file") }
    let code = replacing ? (rename(temporary, target) == 0 ? 0 : errno) : renameExclusively(temporary, target)
    if code == EEXIST { throw FileDraft.exists(path) }
    guard code == 0 else { throw unavailable(reason(for: code), expected: "a folder in which files can be renamed") }
    isPublished.withLock { $0 = true }
    let folder = open(Path(target).folder.reachable, O_RDONLY | O_CLOEXEC)
    defer { close(folder) }
    // Some file systems have no sync for folders and say so by EINVAL.
    guard folder >= 0, fsync(folder) == 0 || errno == EINVAL else {
      throw unavailable(reason(for: errno), expected: "a folder that keeps the file's name")
    }
  }

  /// Has the system begin to write the blocks to the disk that a write has just left behind, without waiting for it.
  ///
  /// Linux does so on the advice that a range is not needed any more, which is true, and gives up only what is on the disk
  /// already (mm/fadvise.c, `POSIX_FADV_DONTNEED`). Systems other than Linux begin when they like.
  private func startSync(crossedFrom start: Int, to end: Int) {
    #if os(Linux)
      let block = 4 << 20
      let (first, last) = (start / block * block, end / block * block)
      if first < last { _ = posix_fadvise(descriptor, off_t(first), off_t(last - first), POSIX_FADV_DONTNEED) }
    #endif
  }

  private func unavailable(_ found: String, expected: String) -> Problem {
    Problem(.unavailable, file: path, found: found, expected: expected)
  }
}

extension FileDraft {
  /// Finds the path that is renamed onto, and whether a file is there; refuses what is no file.
  private static func target(of path: String) throws -> (String, isTaken: Bool) {
    var status = stat()
    func isNothing() throws -> Bool {
      let code = errno
      guard [ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG].contains(code) else {
        throw Problem(.unavailable, file: path, found: reason(for: code), expected: "a regular file or nothing")
      }
      return true
    }
    if lstat(path, &status) != 0, try isNothing() { return (path, false) }
    var target = path
    if status.st_mode & S_IFMT == S_IFLNK {
      if let real = realpath(path, nil) {
        target = String(cString: real)
        free(real)
        if lstat(target, &status) != 0, try isNothing() { return (target, false) }
      } else {
        // A link that leads nowhere is taken for the file itself.
        _ = try isNothing()
      }
    }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFLNK else {
      throw Problem(
        .unavailable, file: path, found: kind == S_IFDIR ? "a directory" : "a device, pipe or socket",
        expected: "a regular file or nothing")
    }
    return (target, true)
  }

  static func exists(_ path: String) -> Problem {
    Problem(
      .refused, file: path, found: "a file of this name", expected: "none",
      advice: "Name another destination, or allow to replace it with --force")
  }

  /// Creates and locks a file under a name that is still free.
  private static func create(beside prefix: String, for path: String) throws -> (String, Int32) {
    while true {
      let random = UInt64.random(in: 0...UInt64.max)
      let temporary = prefix + "\(getpid())-" + String(random, radix: 16) + ".partial"
      let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor < 0 && errno == EEXIST { continue }
      guard descriptor >= 0 else {
        throw Problem(
          .unavailable, file: path, found: reason(for: errno), expected: "a folder in which files can be created")
      }
      // Another draft may have taken the file for a stray before it was locked.
      var status = stat()
      _ = flock(descriptor, LOCK_EX)
      guard fstat(descriptor, &status) == 0 else {
        let code = errno
        unlink(temporary)
        close(descriptor)
        throw Problem(
          .unavailable, file: path, found: reason(for: code), expected: "a folder in which files can be locked")
      }
      if status.st_nlink > 0 { return (temporary, descriptor) }
      close(descriptor)
    }
  }

  /// Removes drafts of the same destination that nobody holds any more.
  private static func removeStrays(of destination: Path) {
    let folder = destination.folder
    for found in (try? folder.names()) ?? []
    where found.hasPrefix(".\(destination.name).ingot-") && found.hasSuffix(".partial") {
      let stray = folder.appending(found).text
      let descriptor = open(stray, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(stray) }
      close(descriptor)
    }
  }
}

/// Renames a file unless the new name is taken; returns the system's error number, or 0.
func renameExclusively(_ old: String, _ new: String) -> Int32 {
  if link(old, new) == 0 { return unlink(old) == 0 ? 0 : errno }
  guard errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS else { return errno }
  // A file system without links: an empty file takes the name first, which only one process can do.
  let claim = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard claim >= 0 else { return errno }
  close(claim)
  if rename(old, new) == 0 { return 0 }
  let code = errno
  unlink(new)
  return code
}
