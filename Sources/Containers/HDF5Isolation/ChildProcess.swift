import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A program that runs beside this one, of which only the standard output is heard.
///
/// It gets an almost empty environment and no input. It does not outlive its owner.
final class ChildProcess {
  /// How a program came to its end.
  enum Ending: Equatable {
    case exit(Int32)
    case signal(Int32)
  }

  /// Thrown when the program has made its owner wait for longer than agreed in all.
  struct OutOfPatience: Error {}

  private let id: pid_t
  private let output: Int32
  private var ending: Ending?
  private var patience: Duration

  /// Starts a program.
  ///
  /// - Parameter patience: How long its owner waits for it, all waits added up.
  /// - Throws: `Problem` of kind *unavailable* when the system cannot start it.
  init(_ path: String, arguments: [String], patience: Duration) throws {
    func unavailable(_ code: Int32) -> Problem {
      Problem(
        .unavailable, file: path, found: reason(for: code), expected: "the program that reads with libhdf5",
        advice: "Install ingot-hdf5 beside ingot")
    }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw unavailable(errno) }
    defer { close(ends[1]) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }

    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    // No signal that this process blocks or ignores is lost on the program.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    // What a dying libhdf5 or C library prints is of no use to anybody.
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)

    // Where the dynamic linker finds the Swift runtime; nothing else reaches the program, no HDF5_* either.
    let linker: [String] = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"]
    let environment = linker.compactMap { name in getenv(name).map { "\(name)=\(String(cString: $0))" } }
    var words = Self.copies(of: [path] + arguments)
    var settings = Self.copies(of: environment)
    defer { (words + settings).forEach { free($0) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, path, &actions, &attributes, &words, &settings)
    guard code == 0 else {
      close(ends[0])
      throw unavailable(code)
    }
    self.id = id
    output = ends[0]
    self.patience = patience
  }

  /// Copies strings for C, with the null pointer that ends such a list.
  private static func copies(of texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    texts.map { strdup($0) } + [nil]
  }

  deinit {
    close(output)
    if ending == nil {
      kill(id, SIGKILL)
      var status: Int32 = 0
      while waitpid(id, &status, 0) < 0 && errno == EINTR {}
    }
  }

  /// Copies what has been written so far, at least one byte and at most the buffer; 0 at the end of the output.
  ///
  /// - Throws: ``OutOfPatience``.
  func receive(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      var event = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      try wait { milliseconds in poll(&event, 1, milliseconds) > 0 }
      let count = read(output, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR || errno == EAGAIN else { return 0 }
    }
  }

  /// Waits until the program has ended and says how.
  ///
  /// - Throws: ``OutOfPatience``.
  func end() throws -> Ending {
    if let ending { return ending }
    var status: Int32 = 0
    try wait { milliseconds in
      if waitpid(id, &status, WNOHANG) == id { return true }
      poll(nil, 0, min(milliseconds, 2))
      return false
    }
    // The layout of wait(2)'s status word, which Swift does not import as macros.
    let signal = status & 0x7f
    let ending = signal == 0 ? Ending.exit((status >> 8) & 0xff) : .signal(signal)
    self.ending = ending
    return ending
  }

  /// Repeats `attempt`, which blocks for at most the given milliseconds, until it succeeds.
  private func wait(until attempt: (Int32) -> Bool) throws {
    let clock = ContinuousClock()
    while true {
      guard patience > .zero else { throw OutOfPatience() }
      let start = clock.now
      let done = attempt(Int32(min(1000, max(1, patience / .milliseconds(1)))))
      patience -= start.duration(to: clock.now)
      if done { return }
    }
  }
}
