extension Blueprint {
  /// GAU-α (Su and others 2022): gated attention units with rotary positions, and the embedding and norms of RoFormerV2.
  ///
  /// bert4keras has the unit (`layers.py:580-712`) and no model of it; the model is the one that its author published.
  static let gau = Blueprint(
    name: "gau", positions: { _ in RotaryPositions() },
    norm: NormParts(kind: .rootMeanSquare, hasGamma: false, hasBeta: false), hasBiases: false,
    hasGatedAttention: true, heads: [.projected], hasHeadSetting: false)
}
