import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Threads that help another one with one work after the other.
///
/// A pass has about a hundred works, many of them shorter than waking a thread takes. So a helper that has nothing to do looks for
/// the next work a while before it sleeps; it yields meanwhile, and sleeps at once where threads are more than processors. Nobody
/// waits for a helper that has not begun: the caller does what others leave.
final class Team: Sendable {
  private let work = Work()

  /// Starts the helpers.
  ///
  /// - Parameter waitAwake: Whether helpers look for the next work a while before they sleep.
  init(helpers: Int, waitAwake: Bool) {
    for number in 1...helpers {
      // Each serial queue has a thread of its own.
      DispatchQueue(label: "ingot helper \(number)", qos: .userInitiated).async { [work] in
        work.help(as: number, patience: waitAwake ? Team.patience : 0)
      }
    }
  }

  deinit { work.end() }

  /// Does parts of a work together with the helpers, each once; returns when all are done.
  ///
  /// - Returns: False, with nothing done, where the team is at work already.
  func run(parts: Int, _ body: (_ part: Int, _ worker: Int) -> Void) -> Bool {
    work.run(parts: parts, body)
  }

  /// How often a helper looks and yields before it sleeps: about a tenth of a millisecond.
  private static var patience: Int { 300 }
}

/// The work of a team, which its helpers look at.
private final class Work: Sendable {
  private typealias Body = (_ part: Int, _ worker: Int) -> Void

  /// The number of the work in the upper half, whether it is open, and how many helpers are inside.
  private let state = Atomic<UInt64>(0)
  private let next = Atomic(0)
  private let isBusy = Atomic(false)
  private let hasEnded = Atomic(false)
  private let sleepers = Atomic(0)
  private let bell = DispatchSemaphore(value: 0)
  // Written while the work is closed and nobody is inside.
  nonisolated(unsafe) private var body: UnsafePointer<Body>?
  nonisolated(unsafe) private var parts = 0

  private static var open: UInt64 { 1 << 31 }

  func run(parts: Int, _ body: (_ part: Int, _ worker: Int) -> Void) -> Bool {
    guard !isBusy.exchange(true, ordering: .acquiring) else { return false }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { pointer in
        self.body = pointer
        self.parts = parts
        next.store(0, ordering: .relaxed)
        let number = state.load(ordering: .relaxed) >> 32 &+ 1
        state.store(number << 32 | Work.open, ordering: .sequentiallyConsistent)
        wake(parts - 1)
        takeParts(of: pointer, as: 0)
        state.bitwiseAnd(~Work.open, ordering: .acquiringAndReleasing)
        while state.load(ordering: .acquiring) & (Work.open - 1) > 0 { sched_yield() }
        self.body = nil
      }
    }
    isBusy.store(false, ordering: .releasing)
    return true
  }

  /// Helps with every work until the team is gone.
  func help(as number: Int, patience: Int) {
    var last: UInt64 = 0
    var looks = 0
    while !hasEnded.load(ordering: .acquiring) {
      if let entered = enter(after: last) {
        last = entered
        takeParts(of: body!, as: number)
        state.wrappingSubtract(1, ordering: .releasing)
        looks = 0
      } else if looks < patience {
        looks += 1
        sched_yield()
      } else {
        sleep(after: last)
        looks = 0
      }
    }
  }

  func end() {
    hasEnded.store(true, ordering: .sequentiallyConsistent)
    wake(.max)
  }

  /// Enters the work that is open, if it is another than the last one, and returns its number.
  private func enter(after last: UInt64) -> UInt64? {
    var current = state.load(ordering: .acquiring)
    while current & Work.open != 0, current >> 32 != last {
      let result = state.weakCompareExchange(expected: current, desired: current + 1, ordering: .acquiringAndReleasing)
      if result.exchanged { return current >> 32 }
      current = result.original
    }
    return nil
  }

  /// Takes parts as long as there are some.
  ///
  /// It is not inlined, so that it holds nothing of the body when it returns.
  @inline(never)
  private func takeParts(of body: UnsafePointer<Body>, as worker: Int) {
    while true {
      let part = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard part < parts else { return }
      body.pointee(part, worker)
    }
  }

  private func sleep(after last: UInt64) {
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    let current = state.load(ordering: .sequentiallyConsistent)
    let isNeeded = current & Work.open != 0 && current >> 32 != last || hasEnded.load(ordering: .sequentiallyConsistent)
    // One that is needed takes its name off the list again; where it is off already, the bell rings for it.
    if isNeeded, takeOffList() { return }
    bell.wait()
  }

  /// Wakes so many of those that sleep.
  private func wake(_ count: Int) {
    for _ in 0..<count {
      guard takeOffList() else { return }
      bell.signal()
    }
  }

  private func takeOffList() -> Bool {
    var count = sleepers.load(ordering: .sequentiallyConsistent)
    while count > 0 {
      let result = sleepers.weakCompareExchange(
        expected: count, desired: count - 1, ordering: .sequentiallyConsistent)
      if result.exchanged { return true }
      count = result.original
    }
    return false
  }
}
