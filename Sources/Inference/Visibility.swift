/// Which keys each query of one sequence sees: key k is seen by query q when it is no padding and
/// `order[k] <= order[q]`.
struct Visibility {
  /// 1 for a key that is seen, 0 for padding, [T].
  let keys: [UInt8]
  /// The rank of each token, [T] and padded by `slack`; nil when every token sees every other.
  let order: [Int32]?

  /// Ranks beyond the last token, which kernels that work on whole vectors may read.
  static let slack = 16

  /// Finds what a sequence of tokens sees of itself.
  init(_ mask: AttentionMask, tokenIDs: some Collection<Int32>, segmentIDs: some Collection<Int32>) {
    var keys = tokenIDs.map { UInt8($0 == 0 ? 0 : 1) }
    keys[0] = 1
    self.keys = keys
    let padding = Array(repeating: Int32(0), count: Visibility.slack)
    switch mask {
    case .none:
      order = nil
    case .lm:
      order = (0..<Int32(keys.count)) + padding
    case .unilm:
      var sum: Int32 = 0
      let sums = segmentIDs.map { segment in
        sum &+= segment
        return sum
      }
      order = sums + padding
    }
  }

  /// Everything of a sequence that hides nothing.
  init(all length: Int) {
    keys = Array(repeating: 1, count: length)
    order = nil
  }

  /// What another sequence sees of this one: all but its padding.
  var fromOutside: Visibility { Visibility(keys: keys, order: nil) }

  private init(keys: [UInt8], order: [Int32]?) {
    self.keys = keys
    self.order = order
  }

  /// Whether a query sees a key.
  func sees(query: Int, key: Int) -> Bool {
    keys[key] != 0 && (order.map { $0[key] <= $0[query] } ?? true)
  }

  /// How many keys a query sees.
  func count(ofKeysSeenBy query: Int) -> Int {
    keys.indices.count { sees(query: query, key: $0) }
  }
}
