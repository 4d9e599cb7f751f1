import Synchronization

/// The memory that a pass computes in, kept from one run to the next.
package final class Workspace {
  private var slots: [Block] = []
  private var workers: [Block] = []

  package init() {}

  /// The memory of a slot of a schedule.
  func slot(_ number: Int) -> Block { Workspace.block(number, of: &slots) }

  /// Memory that a thread has for itself.
  func scratch(_ worker: Int) -> Block { Workspace.block(worker, of: &workers) }

  private static func block(_ number: Int, of blocks: inout [Block]) -> Block {
    while blocks.count <= number { blocks.append(Block()) }
    return blocks[number]
  }
}

/// A stretch of memory that grows when more is asked of it, and then forgets what it held.
final class Block {
  private var memory: UnsafeMutableRawBufferPointer?

  /// Returns at least so many bytes, aligned for vectors; they begin as zeros, and keep what was last written.
  func reserve(_ byteCount: Int) -> UnsafeMutableRawPointer {
    if let memory, memory.count >= byteCount { return memory.baseAddress! }
    memory?.deallocate()
    let new = UnsafeMutableRawBufferPointer.allocate(byteCount: max(byteCount, 64), alignment: 64)
    new.initializeMemory(as: UInt8.self, repeating: 0)
    memory = new
    return new.baseAddress!
  }

  deinit { memory?.deallocate() }
}

/// What a model keeps between runs: workspaces, of which each run takes one and gives it back, so that there are as many as ran at once;
/// and the schedule that was made last, for runs are mostly of one kind.
final class Workspaces: Sendable {
  // A workspace in the list is nobody's: who takes it has it alone.
  private struct Idle: @unchecked Sendable { var list: [Workspace] = [] }
  private let idle = Mutex(Idle())
  private let last = Mutex<(key: ScheduleKey, schedule: Schedule)?>(nil)

  /// The schedule for a key, made where the last one was for another.
  func schedule(for key: ScheduleKey, _ make: () -> Schedule) -> Schedule {
    if let last = last.withLock({ $0 }), last.key == key { return last.schedule }
    let schedule = make()
    last.withLock { $0 = (key, schedule) }
    return schedule
  }

  /// Calls `body` with a workspace that no other run has.
  func with<Result>(_ body: (Workspace) throws -> Result) rethrows -> Result {
    let workspace = idle.withLock { $0.list.popLast() } ?? Workspace()
    defer { idle.withLock { $0.list.append(workspace) } }
    return try body(workspace)
  }
}
