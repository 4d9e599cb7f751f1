import Synchronization

/// What was read of a group so far, shared by all copies of it: the groups that its links lead to.
final class GroupContents: Sendable {
  private struct State {
    /// By the position of the link.
    var children: [Int: Group] = [:]
  }

  private let state = Mutex(State())

  /// Returns what the link at a position leads to, read by `open` unless it is a group that was read before.
  func child(at position: Int, open: () throws -> Object) throws -> Object {
    if let group = state.withLock({ $0.children[position] }) { return .group(group) }
    let object = try open()
    if case .group(let group) = object { state.withLock { $0.children[position] = group } }
    return object
  }
}
