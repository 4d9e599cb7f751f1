extension Blueprint {
  /// T5 1.0 (Raffel and others 2020): encoder, decoder or both, pre-norm, without biases, with unscaled scores and
  /// bucketed positions (bert4keras 0.11.5, `models.py:1972-2592`).
  static let t5 = Blueprint(
    name: "t5", positions: { _ in NoPositions() }, hasEmbeddingNorm: false, placement: .pre,
    norm: NormParts(kind: .rootMeanSquare, hasBeta: false), hasBiases: false, scalesScores: false, hasTwoStacks: true,
    heads: [.language], hasHeadSetting: false, mask: AttentionMask.none)

  /// T5 1.1 and mT5 (Shazeer 2020; Xue and others 2021): with a gate in the feed-forward layers, and an output matrix of its
  /// own.
  static let t5Gated = {
    var blueprint = t5
    blueprint.name = "t5-gated"
    blueprint.hasGate = true
    blueprint.heads = [.separateLanguage]
    return blueprint
  }()
}
