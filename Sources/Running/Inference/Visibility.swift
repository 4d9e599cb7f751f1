/// What the tokens of one sequence are to each other: key k is seen by query q when it is no padding and
/// `order[k] <= order[q]`, or as the padding of an architecture has it.
package struct Visibility {
  /// 1 for a key that is seen, 0 for padding, [T].
  package let keys: [UInt8]
  /// The rank of each token, [T] and padded by `slack`; nil when every token sees every other.
  package let order: [Int32]?
  /// The segment of each token, [T]; empty where nobody knows.
  package let segments: [Int32]
  /// What padding sees; as others do, where there is none.
  package let paddingSight: Padding.Sight

  /// Ranks beyond the last token, which kernels that work on whole vectors may read.
  package static let slack = 16

  /// Finds what a sequence of tokens sees of itself.
  package init(
    _ mask: AttentionMask, tokenIDs: some Collection<Int32>, segmentIDs: some Collection<Int32>,
    padding: Padding = Padding()
  ) {
    var keys = zip(tokenIDs, segmentIDs).map { UInt8(padding.hides(token: $0, segment: $1) ? 0 : 1) }
    if padding.sparesFirst { keys[0] = 1 }
    let slack = Array(repeating: Int32(0), count: Visibility.slack)
    let order: [Int32]?
    switch mask {
    case .none:
      order = nil
    case .lm:
      order = (0..<Int32(keys.count)) + slack
    case .unilm:
      var sum: Int32 = 0
      let sums = segmentIDs.map { segment in
        sum &+= segment
        return sum
      }
      order = sums + slack
    }
    let hasPadding = keys.contains(0)
    self.init(
      keys: keys, order: order, segments: Array(segmentIDs), paddingSight: hasPadding ? padding.sight : .others)
  }

  /// Everything of a sequence that hides nothing.
  package init(all length: Int) {
    self.init(keys: Array(repeating: 1, count: length), order: nil, segments: [], paddingSight: .others)
  }

  /// What another sequence sees of this one: all but its padding.
  package var fromOutside: Visibility { Visibility(keys: keys, order: nil, segments: [], paddingSight: .others) }

  private init(keys: [UInt8], order: [Int32]?, segments: [Int32], paddingSight: Padding.Sight) {
    self.keys = keys
    self.order = order
    self.segments = segments
    self.paddingSight = paddingSight
  }

  /// Whether a query sees a key.
  package func sees(query: Int, key: Int) -> Bool {
    switch paddingSight {
    case .othersAndItself where query == key: true
    case .nothing where keys[query] == 0: false
    default: keys[key] != 0 && (order.map { $0[key] <= $0[query] } ?? true)
    }
  }

  /// How many keys a query sees.
  package func count(ofKeysSeenBy query: Int) -> Int {
    keys.indices.count { sees(query: query, key: $0) }
  }

  /// How many of the first keys are all that a query and those before it see: what is behind them need not be computed.
  ///
  /// Where tokens are hidden it is all of them, for a query that sees nothing weighs what it does not see.
  package func count(ofKeysSeenUpTo query: Int) -> Int {
    guard let order, paddingSight == .others, !keys.contains(0) else { return keys.count }
    return keys.indices.last { order[$0] <= order[query] }.map { $0 + 1 } ?? 0
  }
}
