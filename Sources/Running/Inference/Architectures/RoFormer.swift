extension Blueprint {
  /// RoFormer (Su and others 2021): a BERT with rotary positions; RoFormer-Sim is one with the unilm mask and a linear pooler
  /// (bert4keras 0.11.5, `models.py:1113-1217`).
  static let roformer = Blueprint(name: "roformer", positions: { _ in RotaryPositions() })

  /// RoFormerV2 (Su and others 2022): without biases, and with a root-mean-square normalisation that has no weights
  /// (`models.py:1220-1424`).
  static let roformerV2 = Blueprint(
    name: "roformer-v2", positions: { _ in RotaryPositions() },
    norm: NormParts(kind: .rootMeanSquare, hasGamma: false, hasBeta: false), hasBiases: false, heads: [.projected])
}
