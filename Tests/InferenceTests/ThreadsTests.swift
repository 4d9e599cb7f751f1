import Dispatch
import Synchronization
import Testing

@testable import Inference

@Suite("Threads that share work") struct ThreadsTests {
  /// Runs a work and expects that each part is done once, by a worker with a number.
  func check(_ threads: Threads, parts: Int) {
    let counts = UnsafeMutablePointer<Int>.allocate(capacity: max(1, parts))
    counts.initialize(repeating: 0, count: parts)
    defer { counts.deallocate() }
    nonisolated(unsafe) let done = counts
    let strangers = Atomic(0)
    threads.run(parts: parts) { part, worker in
      done[part] += 1
      if !(0..<threads.count).contains(worker) { strangers.wrappingAdd(1, ordering: .relaxed) }
    }
    #expect((0..<parts).allSatisfy { counts[$0] == 1 })
    #expect(strangers.load(ordering: .relaxed) == 0)
  }

  @Test("Each part is done once, whatever the numbers of parts and threads", arguments: [1, 2, 3, 16])
  func parts(count: Int) {
    let threads = Threads(count: count)
    for parts in [0, 1, 2, 3, 5, 17, 1000] { check(threads, parts: parts) }
  }

  @Test("Works follow each other thousands of times, with pauses in which helpers fall asleep")
  func sequence() {
    let threads = Threads(count: 3)
    for round in 0..<3000 {
      check(threads, parts: 1 + round % 7)
      if round % 500 == 499 { rest(2000) }
    }
  }

  @Test("A worker has scratch memory of its own: no number is at work twice at a time")
  func workers() {
    let threads = Threads(count: 4)
    let atWork = (0..<4).map { _ in Flag() }
    let collisions = Atomic(0)
    threads.run(parts: 2000) { _, worker in
      if atWork[worker].raised.exchange(true, ordering: .acquiringAndReleasing) {
        collisions.wrappingAdd(1, ordering: .relaxed)
      }
      atWork[worker].raised.store(false, ordering: .releasing)
    }
    #expect(collisions.load(ordering: .relaxed) == 0)
  }

  final class Flag: Sendable {
    let raised = Atomic(false)
  }

  @Test("A work within a part of another is done too, and so are works of several callers at once")
  func nested() {
    let threads = Threads(count: 3)
    let total = Atomic(0)
    threads.run(parts: 5) { _, _ in
      threads.run(parts: 7) { _, _ in total.wrappingAdd(1, ordering: .relaxed) }
    }
    DispatchQueue.concurrentPerform(iterations: 6) { _ in
      for _ in 0..<50 { threads.run(parts: 4) { _, _ in total.wrappingAdd(1, ordering: .relaxed) } }
    }
    #expect(total.load(ordering: .relaxed) == 5 * 7 + 6 * 50 * 4)
  }

  @Test("Teams come and go without leaving anybody behind")
  func lives() {
    for count in 0..<300 { check(Threads(count: 2 + count % 4), parts: count % 5) }
  }

  private func rest(_ microseconds: Int) {
    _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .microseconds(microseconds))
  }
}
