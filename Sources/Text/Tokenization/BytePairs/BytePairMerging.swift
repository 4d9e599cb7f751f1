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
    var pending: [UInt64] = []
    for place in 0..<symbols.count - 1 { consider(place, place + 1, &pending) }
    heap.replace(with: pending)
    pending.removeAll(keepingCapacity: true)
    var current = heap.lowest.map(PairHeap.rank)
    while true {
      // A sweep ends where the next pair has another rank.
      if order == .single || heap.lowest.map(PairHeap.rank) != current {
        for pair in pending { heap.push(pair) }
        pending.removeAll(keepingCapacity: true)
        current = heap.lowest.map(PairHeap.rank)
      }
      guard let pair = heap.pop() else { break }
      let left = PairHeap.place(of: pair)
      let right = next[left]
      // Of the pair that was there one half may be gone or be part of something else.
      guard right >= 0, symbols[left] != Self.gone else { continue }
      let (rank, merged) = self.pair(symbols[left], symbols[right])
      guard rank == PairHeap.rank(of: pair) else { continue }
      symbols[left] = merged
      symbols[right] = Self.gone
      ends[left] = ends[right]
      next[left] = next[right]
      if next[right] >= 0 { previous[next[right]] = left }
      next[right] = -1
      consider(previous[left], left, &pending)
      consider(left, next[left], &pending)
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

  @inline(__always)
  private func consider(_ left: Int, _ right: Int, _ pending: inout [UInt64]) {
    guard left >= 0, right >= 0 else { return }
    let rank = pair(symbols[left], symbols[right]).rank
    if rank != PairTable.never { pending.append(PairHeap.pair(rank: rank, place: left)) }
  }

  @inline(__always)
  private func pair(_ left: Int32, _ right: Int32) -> (rank: Int32, merged: Int32) {
    left < 0 || right < 0 ? (PairTable.never, -1) : table.merge(of: left, right)
  }
}

/// A heap of pairs with four children to a node, the pair with the lowest rank on top, and of equal ones the leftmost.
///
/// A pair is its rank in the upper 31 bits and its place in the lower 33, so that to compare pairs is to compare numbers.
private struct PairHeap {
  private var pairs: [UInt64] = []

  static func pair(rank: Int32, place: Int) -> UInt64 { UInt64(UInt32(rank)) << 33 | UInt64(place) }
  static func rank(of pair: UInt64) -> Int32 { Int32(truncatingIfNeeded: pair >> 33) }
  static func place(of pair: UInt64) -> Int { Int(pair & (1 << 33 - 1)) }

  var lowest: UInt64? { pairs.first }

  /// Takes these pairs in place of any other.
  mutating func replace(with pairs: [UInt64]) {
    self.pairs = pairs
    for parent in stride(from: (pairs.count - 2) / 4, through: 0, by: -1) where parent < pairs.count {
      sink(pairs[parent], from: parent)
    }
  }

  mutating func push(_ pair: UInt64) {
    pairs.append(pair)
    var hole = pairs.count - 1
    while hole > 0, pair < pairs[(hole - 1) / 4] {
      pairs[hole] = pairs[(hole - 1) / 4]
      hole = (hole - 1) / 4
    }
    pairs[hole] = pair
  }

  mutating func pop() -> UInt64? {
    guard let top = pairs.first, let last = pairs.popLast() else { return nil }
    if !pairs.isEmpty { sink(last, from: 0) }
    return top
  }

  /// Puts a pair where it belongs, a place being free.
  private mutating func sink(_ pair: UInt64, from start: Int) {
    pairs.withUnsafeMutableBufferPointer { pairs in
      var hole = start
      while true {
        let first = 4 * hole + 1
        guard first < pairs.count else { break }
        var least = first
        for child in first + 1..<min(first + 4, pairs.count) where pairs[child] < pairs[least] { least = child }
        guard pairs[least] < pair else { break }
        pairs[hole] = pairs[least]
        hole = least
      }
      pairs[hole] = pair
    }
  }
}
