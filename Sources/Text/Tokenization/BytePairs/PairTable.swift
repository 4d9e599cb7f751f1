/// Which pairs of pieces are merged, in which order, and to what.
///
/// A table with open addressing; its hash is chosen at random when the table is made, so that no file makes looking up slow
/// (Dietzfelbinger 1996, "Universal hashing and k-wise independent random variables via integer arithmetic without primes").
struct PairTable: Sendable {
  /// One pair.
  private struct Slot {
    var left: Int32 = -1
    var right: Int32 = -1
    var rank: Int32 = 0
    var merged: Int32 = 0
  }

  private var slots: [Slot]
  private let shift: UInt64
  private let factors = (UInt64.random(in: 0...UInt64.max) | 1, UInt64.random(in: 0...UInt64.max) | 1)
  /// The number of pairs.
  private(set) var count = 0

  /// The rank of what is never merged.
  static let never = Int32.max

  /// Makes room for pairs.
  init(capacity: Int) {
    let size = max(16, (capacity * 2).nextPowerOfTwo)
    slots = [Slot](repeating: Slot(), count: size)
    shift = UInt64(UInt64.bitWidth - size.trailingZeroBitCount)
  }

  /// Adds a pair, or gives one that was there a later rank.
  mutating func insert(_ left: Int32, _ right: Int32, rank: Int32, merged: Int32) {
    let place = place(of: left, right)
    if slots[place].left < 0 { count += 1 }
    slots[place] = Slot(left: left, right: right, rank: rank, merged: merged)
  }

  /// The rank of a pair and what it becomes; ``never`` for one that is not merged.
  @inline(__always)
  func merge(of left: Int32, _ right: Int32) -> (rank: Int32, merged: Int32) {
    let slot = slots[place(of: left, right)]
    return slot.left < 0 ? (Self.never, -1) : (slot.rank, slot.merged)
  }

  @inline(__always)
  private func place(of left: Int32, _ right: Int32) -> Int {
    let hash = UInt64(UInt32(bitPattern: left)) &* factors.0 &+ UInt64(UInt32(bitPattern: right)) &* factors.1
    var place = Int(truncatingIfNeeded: hash >> shift)
    while slots[place].left >= 0, slots[place].left != left || slots[place].right != right {
      place = (place + 1) & (slots.count - 1)
    }
    return place
  }
}
