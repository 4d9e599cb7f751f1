import Dispatch
import Synchronization

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
