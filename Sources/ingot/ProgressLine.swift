import Foundation
import Synchronization

/// One line on a terminal that follows a long job: amount, rate and time left.
///
/// It appears when the job has taken a second, is redrawn ten times a second and is gone when the job ends; where
/// standard error is no terminal, nothing is ever written. It may be advanced from any thread.
final class ProgressLine: Sendable {
  private let label: String
  private let total: Int
  private let start = ProcessInfo.processInfo.systemUptime
  private let isVisible = isatty(STDERR_FILENO) == 1
  private let state = Mutex(State())

  private struct State {
    var done = 0
    var drawn = 0.0
  }

  /// Starts to follow a job of so many bytes.
  init(_ label: String, total: Int) {
    self.label = label
    self.total = total
  }

  /// Notes that so many more bytes are done.
  func advance(by bytes: Int) {
    state.withLock { state in
      state.done += bytes
      let elapsed = ProcessInfo.processInfo.systemUptime - start
      guard isVisible, elapsed >= 1, elapsed - state.drawn >= 0.1 else { return }
      state.drawn = elapsed
      let rate = Double(state.done) / elapsed
      let left = Double(max(0, total - state.done)) / rate
      write(
        "\(label): \(Wording.size(state.done)) of \(Wording.size(total)), \(Wording.size(Int(rate)))/s, "
          + "\(Wording.duration(left)) left")
    }
  }

  /// Removes the line.
  func finish() {
    state.withLock { state in
      if state.drawn > 0 { write("") }
      state.drawn = 0
    }
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
  }
}
