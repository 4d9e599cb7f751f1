import Foundation

/// One line on a terminal that follows a long job: amount, rate and time left.
///
/// It appears when the job has taken a second, is redrawn ten times a second and is gone when the job ends; where
/// standard error is no terminal, nothing is ever written.
final class ProgressLine {
  private let label: String
  private let total: Int
  private let start = ProcessInfo.processInfo.systemUptime
  private let visible = isatty(STDERR_FILENO) == 1
  private var done = 0
  private var drawn = 0.0

  /// Starts to follow a job of so many bytes.
  init(_ label: String, total: Int) {
    self.label = label
    self.total = total
  }

  /// Notes that so many more bytes are done.
  func advance(by bytes: Int) {
    done += bytes
    let elapsed = ProcessInfo.processInfo.systemUptime - start
    guard visible, elapsed >= 1, elapsed - drawn >= 0.1 else { return }
    drawn = elapsed
    let rate = Double(done) / elapsed
    let left = Double(max(0, total - done)) / rate
    write(
      "\(label): \(Wording.size(done)) of \(Wording.size(total)), \(Wording.size(Int(rate)))/s, "
        + "\(Wording.duration(left)) left")
  }

  /// Removes the line.
  func finish() {
    if drawn > 0 { write("") }
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
  }
}
