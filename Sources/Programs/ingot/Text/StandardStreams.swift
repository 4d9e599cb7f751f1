#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whether somebody looks on.
var standardErrorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

/// Writes a text at once, behind what was printed before, also where both streams go to one place.
///
/// What cannot be written is lost, as nobody could be told.
func writeToStandardError(_ text: String) {
  fflush(nil)
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { return }
    rest = rest.dropFirst(count)
  }
}
