import Bytes
import Synchronization
import Tensors

/// Tensors that are read once, in tiles, and digested on the way.
///
/// Threads take the largest tensors first, so that none is left alone with one at the end. Each thread has two tensors in hand,
/// whose digests take in their tiles together (``RunningDigest``). There are as many threads as processors; each takes up to 10 MiB.
struct DigestedReading: Sendable {
  /// A tensor, and the byte of a file at which its contents will lie.
  struct Item: Sendable {
    let source: any TensorSource
    var position = 0
  }

  /// Takes a tile: which item it is of, its offset in the contents, and its bytes.
  ///
  /// In memory the bytes lie as they will in the pages of the file.
  typealias Consumer = @Sendable (_ item: Int, _ offset: Int, _ bytes: UnsafeRawBufferPointer) throws -> Void

  private let items: [Item]
  private let consume: Consumer

  /// Reads and digests every item, and hands every tile to `consume`, on any thread.
  ///
  /// - Returns: The digests, in the order of the items.
  /// - Throws: The first error of reading or consuming; no further tile is read after it.
  static func digests(of items: [Item], _ consume: Consumer) throws -> [Digest] {
    try withoutActuallyEscaping(consume) { try DigestedReading(items: items, consume: $0).run() }
  }

  private func run() throws -> [Digest] {
    let queue = Queue(items)
    try onThreads(min(processorCount, (items.count + 1) / 2)) { try work(on: queue) }
    return queue.digests
  }

  private func work(on queue: Queue) throws {
    var first = try Lane(taking: queue)
    var second = try Lane(taking: queue)
    while !queue.hasFailed, first.item != nil || second.item != nil {
      do {
        let (firstTile, secondTile) = (try first.read(), try second.read())
        RunningDigest.update(&first.digest, firstTile, &second.digest, secondTile)
        if let item = first.item { try consume(item, first.offset, firstTile) }
        if let item = second.item { try consume(item, second.offset, secondTile) }
        try first.advance(by: firstTile.count, in: queue)
        try second.advance(by: secondTile.count, in: queue)
      } catch {
        queue.fail()
        throw error
      }
    }
  }
}

extension DigestedReading {
  /// The items that no thread has taken yet, and the digests of those that are done.
  private final class Queue: Sendable {
    let items: [Item]
    private let order: [Int]
    private let state: Mutex<(taken: Int, digests: [Digest?], hasFailed: Bool)>

    init(_ items: [Item]) {
      self.items = items
      order = items.indices.sorted { (items[$0].source.byteCount, $1) > (items[$1].source.byteCount, $0) }
      state = Mutex((0, Array(repeating: nil, count: items.count), false))
    }

    var hasFailed: Bool { state.withLock { $0.hasFailed } }
    var digests: [Digest] { state.withLock { $0.digests.compactMap(\.self) } }

    func take() -> Int? {
      state.withLock { state in
        guard state.taken < order.count else { return nil }
        defer { state.taken += 1 }
        return order[state.taken]
      }
    }

    func finish(_ item: Int, with digest: Digest) { state.withLock { $0.digests[item] = digest } }
    func fail() { state.withLock { $0.hasFailed = true } }
  }

  /// One tensor on its way, or none when the queue is empty.
  private struct Lane: ~Copyable {
    private static let pageByteCount = 4_096

    private(set) var item: Int?
    private(set) var offset = 0
    var digest = RunningDigest()
    private var source: any TensorSource = Tensor([UInt8](), shape: [0])!
    private var position = 0
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: tileByteCount, alignment: pageByteCount)

    init(taking queue: Queue) throws { try takeNext(in: queue) }

    deinit { memory.deallocate() }

    /// Reads the next tile; empty when there is no tensor.
    ///
    /// Tiles end where a whole number of them, counted from the start of the file, does.
    func read() throws -> UnsafeRawBufferPointer {
      let indent = (position + offset) % tileByteCount
      let count = min(tileByteCount - indent, source.byteCount - offset)
      let tile = UnsafeMutableRawBufferPointer(rebasing: memory[indent..<(indent + count)])
      if item != nil { try source.read(at: offset, into: tile) }
      return UnsafeRawBufferPointer(tile)
    }

    mutating func advance(by count: Int, in queue: Queue) throws {
      guard let item else { return }
      offset += count
      guard offset == source.byteCount else { return }
      queue.finish(item, with: digest.digest)
      try takeNext(in: queue)
    }

    private mutating func takeNext(in queue: Queue) throws {
      item = queue.take()
      (offset, digest) = (0, RunningDigest())
      source = item.map { queue.items[$0].source } ?? Tensor([UInt8](), shape: [0])!
      // Tiles end between elements.
      position = item.map { queue.items[$0].position } ?? 0
      if !position.isMultiple(of: 16) { position = 0 }
    }
  }
}

extension Digest {
  /// The digest of a tensor's contents, read once in tiles.
  ///
  /// - Throws: `Problem` when the source cannot be read.
  public init(reading source: some TensorSource) throws {
    var digest = RunningDigest()
    try source.forEachTile(of: tileByteCount) { digest.update($1) }
    self = digest.digest
  }
}

/// How much of a tensor is read, digested and written at a time: it stays in the second-level cache from the one to the other.
private let tileByteCount = 1 << 18
