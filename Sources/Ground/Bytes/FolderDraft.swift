import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder that takes its name only when every file in it is whole.
///
/// Its files are written in a folder of its own beside the destination, `.name.ingot-<process>-<random>.partial`, which is then
/// synced and renamed. A draft that is let go unpublished is removed with what it holds. One whose process was killed loses its
/// lock, by which the next draft of the same destination knows it and removes it.
public final class FolderDraft: Sendable {
  /// The destination as it was given, without slashes at its end.
  public let path: String
  private let temporary: String
  private let descriptor: Int32
  private let isPublished = Mutex(false)

  /// Begins a draft.
  ///
  /// - Throws: `Problem` of kind *refused* when the destination exists and is no empty folder, *unavailable* when the folder
  ///   above cannot be written.
  public init(of path: String) throws {
    let destination = Path(path)
    self.path = destination.text
    FolderDraft.removeStrays(of: destination)
    try FolderDraft.checkIsFree(destination.text)
    let beginning = destination.folder.appending(".\(destination.name).ingot-")
    (temporary, descriptor) = try FolderDraft.create(beside: beginning.text, for: destination.text)
  }

  deinit {
    if !isPublished.withLock({ $0 }) { Path(temporary).remove() }
    close(descriptor)
  }

  /// Has files of the folder written by path.
  ///
  /// - Parameter body: Takes the path that the folder has meanwhile.
  /// - Throws: What `body` throws; a `Problem` with a file of the folder names the one that it would have become.
  public func write(_ body: (_ folder: String) throws -> Void) throws {
    do {
      try body(temporary)
    } catch var problem as Problem where problem.file.hasPrefix(temporary) {
      problem.file = path + problem.file.dropFirst(temporary.count)
      throw problem
    }
  }

  /// Writes a file of the folder in one piece.
  ///
  /// - Throws: `Problem` as ``FileDraft`` does.
  public func write(_ bytes: ByteView, to file: String) throws {
    try write { folder in try bytes.withUnsafeBytes { try FileDraft.write($0, to: "\(folder)/\(file)") } }
  }

  /// Makes a folder in the folder.
  ///
  /// - Throws: `Problem` of kind *unavailable* when it cannot be made.
  public func makeFolder(_ name: String) throws {
    guard mkdir("\(temporary)/\(name)", 0o777) == 0 else {
      throw Problem(
        .unavailable, file: "\(path)/\(name)", found: reason(for: errno),
        expected: "a folder in which folders can be made")
    }
  }

  /// Syncs the folder, gives it its name, and syncs the folder above.
  ///
  /// - Throws: `Problem` of kind *refused* when something has taken the name meanwhile, *unavailable* when the system fails.
  public func publish() throws {
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw Problem(.unavailable, file: path, found: reason(for: errno), expected: "a disk that keeps the folder")
    }
    // An empty folder is replaced; anything else stays.
    guard rename(temporary, path) == 0 else {
      let code = errno
      if [ENOTEMPTY, EEXIST, ENOTDIR].contains(code) { throw FolderDraft.exists(path) }
      throw Problem(
        .unavailable, file: path, found: reason(for: code), expected: "a folder in which folders can be renamed")
    }
    isPublished.withLock { $0 = true }
    let folder = open(Path(path).folder.reachable, O_RDONLY | O_CLOEXEC)
    defer { close(folder) }
    guard folder >= 0, fsync(folder) == 0 || errno == EINVAL else {
      throw Problem(.unavailable, file: path, found: reason(for: errno), expected: "a folder that keeps the name")
    }
  }
}

extension FolderDraft {
  /// Makes and locks a folder under a name that is still free.
  private static func create(beside prefix: String, for path: String) throws -> (String, Int32) {
    while true {
      let random = String(UInt64.random(in: 0...UInt64.max), radix: 16)
      let temporary = "\(prefix)\(getpid())-\(random).partial"
      guard mkdir(temporary, 0o777) == 0 else {
        throw Problem(
          .unavailable, file: path, found: reason(for: errno), expected: "a folder in which folders can be made")
      }
      // Another draft may have taken the folder for a stray before it was locked.
      let descriptor = open(temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      var status = stat()
      if descriptor >= 0 && flock(descriptor, LOCK_EX) == 0 && stat(temporary, &status) == 0 {
        return (temporary, descriptor)
      }
      let code = errno
      if descriptor >= 0 { close(descriptor) }
      guard code == ENOENT else {
        rmdir(temporary)
        throw Problem(.unavailable, file: path, found: reason(for: code), expected: "a folder that can be locked")
      }
    }
  }

  private static func checkIsFree(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      let code = errno
      guard code == ENOENT else {
        throw Problem(.unavailable, file: path, found: reason(for: code), expected: "a folder that can be looked at")
      }
      return
    }
    guard status.st_mode & S_IFMT == S_IFDIR, try Path(path).names().isEmpty else { throw exists(path) }
  }

  private static func exists(_ path: String) -> Problem {
    Problem(
      .refused, file: path, found: "something of this name", expected: "nothing, or an empty folder",
      advice: "Name another destination; a folder with files in it is never replaced")
  }

  /// Removes drafts of the same destination that nobody holds any more.
  private static func removeStrays(of destination: Path) {
    let folder = destination.folder
    for found in (try? folder.names()) ?? []
    where found.hasPrefix(".\(destination.name).ingot-") && found.hasSuffix(".partial") {
      let stray = folder.appending(found)
      let descriptor = open(stray.text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { stray.remove() }
      close(descriptor)
    }
  }
}
