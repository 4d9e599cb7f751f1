import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The files that this process has mapped, known for the one fault that no check prevents.
///
/// When somebody cuts a file short, the pages of its map that lie beyond the new end are gone, and touching one raises
/// `SIGBUS`. Weights are read by ``ByteView/read(at:into:)`` wherever they are streamed, which cannot fault; headers, and the
/// weights of a running model, are read through the map.
public enum MappedFiles {
  /// Ends the process with a message and exit code 2 when a mapped file is cut short and then read.
  ///
  /// The message is the one of any other problem with a file. A bus error of another origin ends the process as it would have.
  /// This is for programs: a signal handler belongs to the whole process, so that a library must not install one.
  ///
  /// - Parameter program: What stands before the message: `ingot`.
  public static func exitWhenCutShort(reportingAs program: StaticString) {
    handlerPrefix = program
    _ = entries
    var action = sigaction()
    #if canImport(Glibc)
      action.__sigaction_handler.sa_sigaction = reportBusError
    #elseif canImport(Musl)
      action.__sa_handler.sa_sigaction = reportBusError
    #else
      action.__sigaction_u.__sa_sigaction = reportBusError
    #endif
    action.sa_flags = SA_SIGINFO
    sigaction(SIGBUS, &action, nil)
  }

  /// Remembers a map; of more than there are entries the surplus is not known.
  static func add(_ memory: UnsafeRawBufferPointer, of path: String) {
    let problem = Problem(
      .unavailable, file: path, found: "the end of a file that was longer when it was opened",
      expected: "all of its \(memory.count) bytes", advice: "Do not change a file while it is being read")
    lock.withLock { _ in
      guard let index = entries.firstIndex(where: { $0.memory.count == 0 }) else { return }
      // The handler believes an entry whose memory is set, so this comes last.
      entries[index].message = strdup("\(problem)\n")
      entries[index].memory = memory
    }
  }

  /// Forgets a map that is about to go.
  static func remove(_ memory: UnsafeRawBufferPointer) {
    lock.withLock { _ in
      guard let index = entries.firstIndex(where: { $0.memory.baseAddress == memory.baseAddress }) else { return }
      entries[index].memory = UnsafeRawBufferPointer(start: nil, count: 0)
      free(entries[index].message)
      entries[index].message = nil
    }
  }

  private static let lock = Mutex(())
}

/// A map and what to say when it faults.
private struct Entry {
  var memory = UnsafeRawBufferPointer(start: nil, count: 0)
  var message: UnsafeMutablePointer<CChar>?
}

// Both are written under the lock or before the handler is installed. The handler reads them without it, since it must not wait:
// its thread is touching a map, which therefore is in the table and stays there.
nonisolated(unsafe) private var handlerPrefix: StaticString = ""
nonisolated(unsafe) private let entries: UnsafeMutableBufferPointer<Entry> = {
  let entries = UnsafeMutableBufferPointer<Entry>.allocate(capacity: 256)
  entries.initialize(repeating: Entry())
  return entries
}()

/// Handles `SIGBUS`; calls only what POSIX allows there (*async-signal-safe functions*).
private func reportBusError(_: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _: UnsafeMutableRawPointer?) {
  #if canImport(Glibc)
    let address = info?.pointee._sifields._sigfault.si_addr
  #elseif canImport(Musl)
    let address = info?.pointee.__si_fields.__sigfault.si_addr
  #else
    let address = info?.pointee.si_addr
  #endif
  let fault = UInt(bitPattern: address)
  var index = 0
  while index < entries.count {
    let start = UInt(bitPattern: entries[index].memory.baseAddress)
    if let message = entries[index].message, fault >= start, fault &- start < UInt(entries[index].memory.count) {
      _ = write(STDERR_FILENO, handlerPrefix.utf8Start, handlerPrefix.utf8CodeUnitCount)
      _ = write(STDERR_FILENO, ": ", 2)
      _ = write(STDERR_FILENO, message, strlen(message))
      _exit(2)
    }
    index &+= 1
  }
  // Not ours: the access is repeated and has its usual end.
  signal(SIGBUS, SIG_DFL)
}
