import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A text that a terminal shows as it grows.
struct GrowingText {
  private let isShown: Bool
  private var shown = ""

  /// Begins with an empty text, which is shown only where standard output is a terminal.
  init(isShown: Bool) {
    self.isShown = isShown && isatty(STDOUT_FILENO) == 1
  }

  /// Shows what was added; a text that does not go on with what is shown waits, as one does that ends within a character.
  mutating func show(_ text: String) {
    guard isShown, text.count > shown.count, text.hasPrefix(shown), !text.hasSuffix("\u{FFFD}") else { return }
    write(String(text.dropFirst(shown.count)))
    shown = text
  }

  /// Shows the rest and ends the line; false where nothing is shown in this way.
  mutating func finish(with text: String) -> Bool {
    guard isShown else { return false }
    write(text.hasPrefix(shown) ? String(text.dropFirst(shown.count)) : "\n" + text)
    write("\n")
    return true
  }

  private func write(_ text: String) {
    print(text == "\n" ? text : printable(text), terminator: "")
    fflush(nil)
  }
}
