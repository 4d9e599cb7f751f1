/// Which tokens see which, beyond padding.
///
/// Padding is always hidden: a key whose token id is 0 is seen by no query, except in position 0, which every query
/// sees (bert4keras 0.11.5, `layers.py:162-172`).
public enum AttentionMask: String, CaseIterable, Sendable {
  /// Every token sees every token.
  case none
  /// A token sees itself and those before it (`models.py:359-380`).
  case lm
  /// Query q sees key k when cumsum(segments)[k] ≤ cumsum(segments)[q] (Dong and others 2019, `models.py:383-405`):
  /// segment 0 sees itself whole, segment 1 also what precedes.
  case unilm
}

/// Which keys each query of one sequence sees: key k is seen by query q when it is no padding and
/// `order[k] <= order[q]`.
struct Visibility {
  /// 1 for a key that is seen, 0 for padding, [T].
  let keys: [UInt8]
  /// The rank of each token, [T] and padded by `slack`; nil when every token sees every other.
  let order: [Int32]?

  /// Ranks beyond the last token, which kernels that work on whole vectors may read.
  static let slack = 16

  /// Finds what row `row` of a batch sees.
  init(_ mask: AttentionMask, of input: Input, row: Int) {
    let tokens = input.tokenIDs[(row * input.length)...].prefix(input.length)
    var keys = tokens.map { UInt8($0 == 0 ? 0 : 1) }
    keys[0] = 1
    self.keys = keys
    let padding = Array(repeating: Int32(0), count: Visibility.slack)
    switch mask {
    case .none:
      order = nil
    case .lm:
      order = (0..<Int32(input.length)) + padding
    case .unilm:
      var sum: Int32 = 0
      let sums = input.segmentIDs[(row * input.length)...].prefix(input.length).map { segment in
        sum &+= segment
        return sum
      }
      order = sums + padding
    }
  }

  /// Whether a query sees a key.
  func sees(query: Int, key: Int) -> Bool {
    keys[key] != 0 && (order.map { $0[key] <= $0[query] } ?? true)
  }
}
