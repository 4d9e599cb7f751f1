import Bytes
import CHDF5
import Synchronization

/// libhdf5 as one shared thing: it is not safe for threads, so every call is made under one lock.
enum Library {
  private static let lock = Mutex(())

  /// Runs `body` while no other thread is inside libhdf5, with plugins off and its own error printing off.
  ///
  /// Not reentrant: nothing in `body` may lock again, so no caller's code runs in it.
  static func locked<Result: Sendable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try lock.withLock { _ throws(Failure) in
      begin
      H5PLset_loading_state(0)
      // A thread-safe build of libhdf5 keeps one error stack for each thread, so this is said every time.
      H5Eset_auto2(defaultID, nil, nil)
      return try body()
    }
  }

  /// Starts the library, once, without the clean-up that it would do when the process ends: everything is closed before,
  /// and after a file that could not be written (a full disk) 1.10.8 crashes in it.
  private static let begin: Void = {
    H5dont_atexit()
    H5open()
  }()

  /// The library's version, as in `1.10.8`.
  static let version: String = {
    begin
    var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
    H5get_libversion(&major, &minor, &release)
    return "\(major).\(minor).\(release)"
  }()

  /// The words of the innermost error of the call that failed last, for the `found` of a problem.
  static func failure() -> String {
    var words = ""
    withUnsafeMutablePointer(to: &words) { words in
      _ = H5Ewalk2(
        defaultID, H5E_WALK_UPWARD,
        { position, error, words in
          if position == 0, let text = error?.pointee.desc {
            words?.assumingMemoryBound(to: String.self).pointee = String(cString: text)
          }
          return 0
        }, words)
    }
    H5Eclear2(defaultID)
    if let reason = systemError(in: words) { return reason }
    return "what libhdf5 \(version) calls \"\(words.isEmpty ? "an error" : words)\""
  }
}

extension Library {
  /// Builds the problem that a file cannot be written, with the words of the innermost error.
  static func failure(writing path: String, _ object: String? = nil, expected: String? = nil) -> Problem {
    Problem(.unavailable, file: path, object: object, found: failure(), expected: expected)
  }

  /// The system's words, when an error of libhdf5 quotes them: `…, errno = 28, error message = 'No space left…', …`.
  private static func systemError(in words: String) -> String? {
    guard let quote = words.firstRange(of: "error message = '"),
      let end = words[quote.upperBound...].firstIndex(of: "'"), quote.upperBound < end
    else { return nil }
    let reason = words[quote.upperBound..<end]
    return reason.prefix(1).lowercased() + reason.dropFirst()
  }
}

/// The number zero, which libhdf5 takes for the default property list, the whole dataspace and the current error stack.
let defaultID: hid_t = 0

/// An identifier of libhdf5 that is closed when it goes out of scope; it lives and dies under the lock.
struct Handle: ~Copyable {
  /// The library's identifier.
  let id: hid_t
  private let close: (hid_t) -> herr_t

  /// Takes over a new identifier; a negative one is a failure and throws `problem`.
  init(
    _ id: hid_t, closedBy close: @escaping (hid_t) -> herr_t, orThrow problem: @autoclosure () -> Problem
  ) throws(Problem) {
    guard id >= 0 else { throw problem() }
    self.id = id
    self.close = close
  }

  deinit { _ = close(id) }
}

/// An open file of libhdf5, shared by everything that was opened in it.
final class OpenFile: Sendable {
  let id: hid_t

  /// Takes over an open file.
  init(id: hid_t) {
    self.id = id
  }

  deinit { Library.locked { _ = H5Fclose(id) } }
}
