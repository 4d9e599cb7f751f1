import Synchronization

/// A value made at first use and kept; copies of its owner share it.
final class Lazy<Value: Sendable>: Sendable {
  private let stored = Mutex<Value?>(nil)

  /// Returns the value, made now if nobody made it before; a failure is not kept.
  func value(making make: () throws -> Value) throws -> Value {
    if let value = stored.withLock({ $0 }) { return value }
    let value = try make()
    return stored.withLock { kept in
      if let kept { return kept }
      kept = value
      return value
    }
  }
}
