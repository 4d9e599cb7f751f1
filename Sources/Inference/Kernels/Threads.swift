import CKernels
import Dispatch
import Synchronization

/// The threads that share the work of a forward pass.
struct Threads: Sendable {
  /// How many work at once.
  let count: Int

  /// The number of processors that this process may use.
  static var available: Int { Int(ck_processor_count()) }

  /// Does parts of some work, each once, and returns when all are done.
  ///
  /// Threads take the next part when they finish one, so that a core that is busy with something else delays
  /// nobody for longer than one part.
  ///
  /// - Parameter body: Does one part; also gets the number of its worker, below `count`, for scratch memory of its own.
  func run(parts: Int, _ body: (_ part: Int, _ worker: Int) -> Void) {
    let workers = min(count, parts)
    guard workers > 1 else {
      for part in 0..<parts { body(part, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      // The parts of a work write different memory, which is the caller's promise and out of the compiler's sight.
      nonisolated(unsafe) let body = body
      let next = Atomic(0)
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        while true {
          let part = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard part < parts else { return }
          body(part, worker)
        }
      }
    }
  }
}
