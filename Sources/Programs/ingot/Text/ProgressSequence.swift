import Synchronization

/// The progress lines of jobs that follow each other: each begins where the one before ends.
final class ProgressSequence: Sendable {
  private let current = Mutex<ProgressLine?>(nil)

  /// Ends the line that is shown and begins another one.
  ///
  /// - Returns: What advances it, from any thread.
  func follow(_ label: String, total: Int, unit: ProgressLine.Unit = .bytes) -> @Sendable (Int) -> Void {
    finish()
    let line = ProgressLine(label, total: total, unit: unit)
    current.withLock { $0 = line }
    return { line.advance(by: $0) }
  }

  /// Ends the line that is shown.
  func finish() {
    current.withLock {
      $0?.finish()
      $0 = nil
    }
  }
}
