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

extension AttentionMask {
  /// Whether what is computed of a token may depend on later ones; then tokens cannot be added one by one.
  var looksAhead: Bool { self == .none }
}
