import Synchronization

/// The memory of strips between one matrix and the next.
///
/// Fresh memory costs as much as filling it: the system clears every page when it is first touched. The store keeps the blocks
/// for whoever transposes next. It is shared by all strips there are and goes with the last of them. So that many
/// threads take no more memory than two, only two large blocks are out at a time.
final class StripStore: Sendable {
  private struct State: ~Copyable, @unchecked Sendable {
    // Nobody else knows the blocks while they lie here.
    var blocks: [UnsafeMutableRawBufferPointer] = []
    var largeOnesOut = 0
  }

  private struct Current: Sendable {
    weak var store: StripStore?
  }

  private static let current = Mutex(Current())
  private static let keptBlocks = 16
  private static let largeOnes = 2
  /// The size up to which a block is not large: half of a feed-forward matrix of BERT-base, 768 × 3,072 of four bytes.
  static let smallByteCount = 9 << 19
  /// The size of a large block, which holds that matrix.
  static let largeByteCount = 9 << 20
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
  ///
  /// It has as many bytes as asked for, or ``smallByteCount`` when too many larger ones are out.
  func memory(ofAtMost byteCount: Int) -> UnsafeMutableRawBufferPointer {
    let (kept, count) = state.withLock { state -> (UnsafeMutableRawBufferPointer?, Int) in
      var count = byteCount
      if byteCount > Self.smallByteCount {
        if state.largeOnesOut < Self.largeOnes { state.largeOnesOut += 1 } else { count = Self.smallByteCount }
      }
      let index = state.blocks.firstIndex { $0.count == count }
      return (index.map { state.blocks.remove(at: $0) }, count)
    }
    return kept ?? .allocate(byteCount: count, alignment: 64)
  }

  /// Takes a block back; the largest are kept.
  func take(back memory: UnsafeMutableRawBufferPointer) {
    guard memory.count > 0 else { return }
    let surplus = state.withLock { state -> UnsafeMutableRawBufferPointer? in
      if memory.count > Self.smallByteCount { state.largeOnesOut -= 1 }
      state.blocks.append(memory)
      state.blocks.sort { $0.count > $1.count }
      return state.blocks.count > Self.keptBlocks ? state.blocks.removeLast() : nil
    }
    surplus?.deallocate()
  }
}
