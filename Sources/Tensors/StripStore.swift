import Synchronization

/// The memory of strips between one matrix and the next.
///
/// Fresh memory costs as much as filling it: the system clears every page when it is first touched. The store keeps a few
/// blocks for whoever transposes next. It is shared by all strips there are and goes with the last of them.
final class StripStore: Sendable {
  private struct State: ~Copyable, @unchecked Sendable {
    // Nobody else knows the blocks while they lie here.
    var blocks: [UnsafeMutableRawBufferPointer] = []
  }

  private struct Current: Sendable {
    weak var store: StripStore?
  }

  private static let current = Mutex(Current())
  private static let keptBlocks = 2
  private let state = Mutex(State())

  /// The store that all strips share at this time.
  static func shared() -> StripStore {
    current.withLock { current in
      if let store = current.store { return store }
      let store = StripStore()
      current.store = store
      return store
    }
  }

  deinit {
    state.withLock { state in state.blocks.forEach { $0.deallocate() } }
  }

  /// Gives a block away, aligned to 64 bytes; what it holds is undefined.
  func memory(ofAtLeast byteCount: Int) -> UnsafeMutableRawBufferPointer {
    let kept = state.withLock { state -> UnsafeMutableRawBufferPointer? in
      guard let index = state.blocks.firstIndex(where: { $0.count >= byteCount }) else { return nil }
      return state.blocks.remove(at: index)
    }
    return kept ?? .allocate(byteCount: byteCount, alignment: 64)
  }

  /// Takes a block back; the largest are kept.
  func take(back memory: UnsafeMutableRawBufferPointer) {
    guard memory.count > 0 else { return }
    let surplus = state.withLock { state -> UnsafeMutableRawBufferPointer? in
      state.blocks.append(memory)
      state.blocks.sort { $0.count > $1.count }
      return state.blocks.count > Self.keptBlocks ? state.blocks.removeLast() : nil
    }
    surplus?.deallocate()
  }
}
