import CKernels
import Dispatch
import Synchronization

/// How many processors this process may use.
package var processorCount: Int { Int(ck_processor_count()) }

/// Calls `body` for every item, on as many threads as there are processors, and waits for all.
///
/// After the first error no further item is begun, and the error is thrown.
package func forEachInParallel<Item: Sendable>(_ items: [Item], _ body: @Sendable (Item) throws -> Void) throws {
  let failure = Mutex<(any Error)?>(nil)
  DispatchQueue.concurrentPerform(iterations: items.count) { index in
    guard failure.withLock({ $0 == nil }) else { return }
    do {
      try body(items[index])
    } catch {
      failure.withLock { $0 = $0 ?? error }
    }
  }
  if let error = failure.withLock({ $0 }) { throw error }
}

/// Calls `body` on so many threads at once, also on more than there are processors, and waits for all.
///
/// - Throws: The first error, when all have returned.
package func onThreads(_ count: Int, _ body: @Sendable () throws -> Void) throws {
  let failure = Mutex<(any Error)?>(nil)
  try withoutActuallyEscaping(body) { body in
    let group = DispatchGroup()
    for number in 0..<count {
      // Each serial queue has a thread of its own; concurrent ones share as many as there are processors.
      DispatchQueue(label: "ingot \(number)").async(group: group) {
        do { try body() } catch { failure.withLock { $0 = $0 ?? error } }
      }
    }
    group.wait()
    if let error = failure.withLock({ $0 }) { throw error }
  }
}

/// Makes something of every item, on as many threads as there are processors, and returns it in the order of the items.
package func mapInParallel<Item: Sendable, Result: Sendable>(
  _ items: [Item], _ body: @Sendable (Item) throws -> Result
) throws -> [Result] {
  let results = Mutex([Result?](repeating: nil, count: items.count))
  try forEachInParallel(Array(items.indices)) { index in
    let result = try body(items[index])
    results.withLock { $0[index] = result }
  }
  return results.withLock { $0.compactMap(\.self) }
}
