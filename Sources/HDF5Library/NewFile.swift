import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that is written beside its destination and gets its name only when it is whole.
struct NewFile: Sendable {
  /// The path that the file will have.
  let destination: String
  /// The path that it has meanwhile, in the same directory.
  let temporary: String
  private let replacing: Bool

  /// Chooses a temporary name; creates nothing.
  ///
  /// - Throws: `Problem` of kind *refused* when the destination exists and is not to be replaced.
  init(at destination: String, replacing: Bool) throws {
    self.destination = destination
    self.replacing = replacing
    let unique = String(UInt64.random(in: .min ... .max), radix: 36)
    temporary = "\(destination).\(unique).partial"
    var status = stat()
    if !replacing && lstat(destination, &status) == 0 { throw exists }
  }

  /// Syncs the temporary file and moves it to the destination; removes it when that fails.
  func commit() throws {
    do {
      try sync(temporary)
      try move()
    } catch {
      discard()
      throw error
    }
    // The move is durable only with the directory; not every file system can sync one.
    try? sync(directory)
  }

  /// Removes the temporary file.
  func discard() {
    unlink(temporary)
  }

  /// Builds a problem of the destination with libhdf5's own words.
  func failure(_ object: String? = nil, expected: String? = nil) -> Problem {
    Problem(.unavailable, file: destination, object: object, found: Library.failure(), expected: expected)
  }

  private var directory: String {
    guard let slash = destination.lastIndex(of: "/") else { return "." }
    return slash == destination.startIndex ? "/" : String(destination[..<slash])
  }

  private var exists: Problem {
    Problem(
      .refused, file: destination, found: "a file that exists", expected: "a new name",
      advice: "Choose another name, or say that the file is to be replaced")
  }

  private func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unavailable() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw unavailable() }
  }

  private func move() throws {
    if !replacing {
      // A link fails when the name is taken, also by a writer who was quicker; a rename would replace it.
      if link(temporary, destination) == 0 {
        unlink(temporary)
        return
      }
      guard errno != EEXIST else { throw exists }
      guard errno == EPERM || errno == EOPNOTSUPP else { throw unavailable() }
      // A file system without hard links: look, then rename.
      var status = stat()
      guard lstat(destination, &status) != 0 else { throw exists }
    }
    guard rename(temporary, destination) == 0 else { throw unavailable() }
  }

  private func unavailable() -> Problem {
    Problem(.unavailable, file: destination, found: reason(for: errno), expected: "a place for the finished file")
  }
}
