/// One option of the command line that lifts a refusal.
public struct Remedy: Hashable, Sendable {
  /// The option: `--set`.
  public let option: String
  /// Its value: `mask=none`.
  public let value: String
  /// The value as messages show it: `heads=…` where only the user knows it.
  public let shown: String

  /// Names an option and its value.
  ///
  /// - Parameter shown: The value as messages show it, where `value` only stands for one that the user knows.
  public init(_ option: String, _ value: String, shown: String? = nil) {
    self.option = option
    self.value = value
    self.shown = shown ?? value
  }
}
