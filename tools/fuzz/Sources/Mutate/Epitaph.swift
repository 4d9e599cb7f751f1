import Foundation

/// The line that is left behind when a mutant traps or hangs: which one it was.
enum Epitaph {
  // Written before a mutant is read and by nobody else; read by the signal handler, which may not allocate.
  nonisolated(unsafe) private static let line = UnsafeMutablePointer<CChar>.allocate(capacity: 1_024)

  /// Notes what is about to be read, and sets ten seconds of computing for it, and ten minutes to wait.
  ///
  /// Seconds of computing do not pass while other programs keep the processors busy.
  static var text: String {
    get { String(cString: line) }
    set {
      _ = newValue.withCString { strncpy(line, $0, 1_022) }
      line[1_022] = 0
      var limit = itimerval()
      limit.it_value.tv_sec = 10
      #if canImport(Darwin)
        setitimer(ITIMER_PROF, &limit, nil)
      #else
        setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &limit, nil)
      #endif
      alarm(600)
    }
  }

  /// Has the line written to standard error when the process is ended by a trap or by its alarm.
  static func install() {
    line[0] = 0
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM, SIGPROF] {
      signal(number) { number in
        write(STDERR_FILENO, number == SIGALRM || number == SIGPROF ? "hang: " : "trap: ", 6)
        write(STDERR_FILENO, Epitaph.line, strlen(Epitaph.line))
        write(STDERR_FILENO, "\n", 1)
        _exit(1)
      }
    }
  }
}
