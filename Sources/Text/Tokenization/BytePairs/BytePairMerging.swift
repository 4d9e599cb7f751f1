/// Merges neighbouring pieces of one part of a text, pairs of the lowest rank first, and of equal ranks the leftmost first.
///
/// Short parts are searched again for each merge, long ones keep their pairs in a heap, so that the time is that of sorting them. What
/// is needed for it is kept from part to part. Sources: tokenizers 0.23.3, `models/bpe/word.rs:158-260`; transformers 4.38.2,
/// `tokenization_gpt2.py:182-220`.
struct BytePairMerging {
  /// In which order pairs of one rank are merged.
  enum Order: Sendable {
    /// One after another; what comes about is considered at once (tokenizers).
    case single
    /// All that there are before anything else (OpenAI, and the slow tokenizers of transformers). The two differ only where a piece comes
    /// about in two ways, so that a merge makes a pair of a lower rank.
    case sweeping
  }

  let table: PairTable
  let order: Order
  /// The pieces of the part, by their places; -1 for what is in no piece.
  var symbols: [Int32] = []
  /// Where each of them ends.
  var ends: [Int] = []
  private var ranks: [Int32] = []
  private var merged: [Int32] = []
  private var previous: [Int] = []
  private var next: [Int] = []
  private var heap = PairHeap()

  /// The number of symbols up to which a part is short.
  private static let shortLength = 48

  init(_ table: PairTable, order: Order) {
    self.table = table
    self.order = order
  }

  /// Forgets the part before.
  @inline(__always)
  mutating func removeAll() {
    symbols.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  /// Adds a symbol behind the others.
  @inline(__always)
  mutating func append(_ symbol: Int32, endingAt end: Int) {
    symbols.append(symbol)
    ends.append(end)
  }

  /// Merges what can be merged.
  mutating func merge() {
    guard symbols.count > 1 else { return }
    if symbols.count <= Self.shortLength { mergeShort() } else { mergeLong() }
  }

  private mutating func mergeShort() {
    ranks.removeAll(keepingCapacity: true)
    merged.removeAll(keepingCapacity: true)
    for place in 0..<symbols.count - 1 {
      let (rank, result) = pair(symbols[place], symbols[place + 1])
      ranks.append(rank)
      merged.append(result)
    }
    var count = symbols.count
    while count > 1 {
      var place = 0
      var lowest = PairTable.never
      for candidate in 0..<count - 1 where ranks[candidate] < lowest { (place, lowest) = (candidate, ranks[candidate]) }
      guard lowest != PairTable.never else { break }
      repeat {
        join(place, &count)
        place += 1
        while order == .sweeping, place < count - 1, ranks[place] != lowest { place += 1 }
      } while order == .sweeping && place < count - 1
    }
    symbols.removeSubrange(count...)
    ends.removeSubrange(count...)
  }

  /// Merges two neighbours of a short part.
  @inline(__always)
  private mutating func join(_ place: Int, _ count: inout Int) {
    symbols[place] = merged[place]
    ends[place] = ends[place + 1]
    count -= 1
    for index in place + 1..<max(place + 1, count) {
      symbols[index] = symbols[index + 1]
      ends[index] = ends[index + 1]
    }
    for index in place..<max(place, count - 1) {
      ranks[index] = ranks[index + 1]
      merged[index] = merged[index + 1]
    }
    if place > 0 { (ranks[place - 1], merged[place - 1]) = pair(symbols[place - 1], symbols[place]) }
    if place < count - 1 { (ranks[place], merged[place]) = pair(symbols[place], symbols[place + 1]) }
  }

  private mutating func mergeLong() {
    previous = Array(-1..<symbols.count - 1)
    next = Array(1...symbols.count)
    next[symbols.count - 1] = -1
    var pending: [PairHeap.Pair] = []
    for place in 0..<symbols.count - 1 { consider(place, place + 1, &pending) }
    heap.replace(with: pending)
    pending.removeAll(keepingCapacity: true)
    var current = heap.lowest?.rank
    while true {
      // A sweep ends where the next pair has another rank.
      if heap.lowest?.rank != current || order == .single {
        for pair in pending { heap.push(pair) }
        pending.removeAll(keepingCapacity: true)
        current = heap.lowest?.rank
      }
      guard let pair = heap.pop() else { break }
      let right = next[pair.place]
      guard right >= 0, symbols[pair.place] == pair.left, symbols[right] == pair.right else { continue }
      symbols[pair.place] = pair.merged
      symbols[right] = Self.gone
      ends[pair.place] = ends[right]
      next[pair.place] = next[right]
      if next[right] >= 0 { previous[next[right]] = pair.place }
      next[right] = -1
      consider(previous[pair.place], pair.place, &pending)
      consider(pair.place, next[pair.place], &pending)
    }
    var count = 0
    for place in symbols.indices where symbols[place] != Self.gone {
      symbols[count] = symbols[place]
      ends[count] = ends[place]
      count += 1
    }
    symbols.removeSubrange(count...)
    ends.removeSubrange(count...)
  }

  /// The mark of what has become part of its left neighbour.
  private static let gone: Int32 = -2

  private func consider(_ left: Int, _ right: Int, _ pending: inout [PairHeap.Pair]) {
    guard left >= 0, right >= 0 else { return }
    let (rank, merged) = pair(symbols[left], symbols[right])
    guard rank != PairTable.never else { return }
    pending.append(
      PairHeap.Pair(rank: rank, merged: merged, left: symbols[left], right: symbols[right], place: left))
  }

  @inline(__always)
  private func pair(_ left: Int32, _ right: Int32) -> (rank: Int32, merged: Int32) {
    left < 0 || right < 0 ? (PairTable.never, -1) : table.merge(of: left, right)
  }
}

/// A binary heap of pairs, the one with the lowest rank on top, and of equal ones the leftmost.
private struct PairHeap {
  struct Pair {
    let rank: Int32
    let merged: Int32
    let left: Int32
    let right: Int32
    let place: Int

    @inline(__always)
    func comesBefore(_ other: Pair) -> Bool { rank != other.rank ? rank < other.rank : place < other.place }
  }

  private var pairs: [Pair] = []

  var lowest: Pair? { pairs.first }

  /// Takes these pairs in place of any other.
  mutating func replace(with pairs: [Pair]) {
    self.pairs = pairs
    for parent in stride(from: pairs.count / 2 - 1, through: 0, by: -1) { sink(parent) }
  }

  mutating func push(_ pair: Pair) {
    pairs.append(pair)
    var child = pairs.count - 1
    while child > 0, pairs[child].comesBefore(pairs[(child - 1) / 2]) {
      pairs.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> Pair? {
    guard let top = pairs.first, let last = pairs.popLast() else { return nil }
    if !pairs.isEmpty {
      pairs[0] = last
      sink(0)
    }
    return top
  }

  private mutating func sink(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < pairs.count && pairs[child].comesBefore(pairs[least])
      {
        least = child
      }
      guard least != parent else { return }
      pairs.swapAt(parent, least)
      parent = least
    }
  }
}
