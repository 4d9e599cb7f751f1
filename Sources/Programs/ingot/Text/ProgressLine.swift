import Dispatch
import Synchronization

/// One line on a terminal that follows a long job: amount, rate and time left.
///
/// It appears when the job has taken a second, is redrawn several times a second and is gone when the job ends; where
/// standard error is no terminal, nothing is ever written. It may be advanced from any thread.
final class ProgressLine: Sendable {
  /// What a job consists of.
  enum Unit {
    case bytes
    case count(String, plural: String)

    /// The batches of a reference.
    static var batches: Unit { .count("batch", plural: "batches") }
  }

  private struct State {
    var done = 0
    var isDrawn = false
    var isFinished = false
  }

  private let label: String
  private let total: Int
  private let unit: Unit
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  /// Starts to follow a job of so many units.
  init(_ label: String, total: Int, unit: Unit = .bytes) {
    self.label = label
    self.total = total
    self.unit = unit
    if standardErrorIsTerminal { draw(after: 1) }
  }

  /// Notes that so many more units are done.
  func advance(by amount: Int) {
    state.withLock { $0.done += amount }
  }

  /// Removes the line.
  func finish() {
    state.withLock { state in
      if state.isDrawn { write("") }
      state.isDrawn = false
      state.isFinished = true
    }
  }

  /// Draws the line anew after some seconds, and again and again until the job has ended.
  private func draw(after delay: Double) {
    DispatchQueue.global().asyncAfter(deadline: .now() + delay) { [weak self] in
      guard let self, drawNow() else { return }
      draw(after: 0.2)
    }
  }

  /// Draws the line anew; false when the job has ended.
  private func drawNow() -> Bool {
    state.withLock { state in
      guard !state.isFinished else { return false }
      write(text(done: state.done, after: start.elapsed))
      state.isDrawn = true
      return true
    }
  }

  private func text(done: Int, after elapsed: Double) -> String {
    let rate = Double(done) / elapsed
    var parts: [String]
    switch unit {
    case .bytes:
      parts = ["\(Wording.size(done)) of \(Wording.size(total))", "\(Wording.size(Int(rate)))/s"]
    case .count(let noun, let plural):
      parts = ["\(done) of \(Wording.count(total, noun, plural: plural))"]
    }
    if done > 0 { parts.append("\(Wording.duration(Double(max(0, total - done)) / rate)) left") }
    return "\(label): \(parts.joined(separator: ", "))"
  }

  private func write(_ text: String) {
    writeToStandardError("\r\u{1B}[K\(text)")
  }
}
