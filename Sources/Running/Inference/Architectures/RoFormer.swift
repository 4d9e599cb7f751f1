extension Design {
  /// RoFormer (Su and others 2021): a BERT with rotary positions; RoFormer-Sim is one with the unilm mask and a linear pooler
  /// (bert4keras 0.11.5, `models.py:1113-1217`).
  static let roformer = Design(
    "roformer",
    reads: [
      "heads", "embedding.epsilon", "block.epsilon", "mlm.epsilon", "activation", "mask", "pooler.activation",
      "segment.shared", "attention.residual",
    ]
  ) { draft in
    try draft.beginStack()
    var x = try draft.normalizedEmbedding(positions: false)
    let attention = try draft.turnedAttention()
    for block in draft.blocks() { x = try draft.encoderBlock(block, x, attention) }
    try draft.pooler(x)
    try draft.maskedLanguageModel(x)
  }

  /// RoFormerV2 (Su and others 2022): without biases, and with a root-mean-square normalisation that has no weights
  /// (`models.py:1220-1424`).
  static let roformerV2 = Design(
    "roformer-v2", reads: ["heads", "epsilon", "activation", "mask", "segment.shared", "attention.residual"]
  ) { draft in
    draft.norm = Draft.NormParts(kind: .rootMeanSquare, hasGamma: false, hasBeta: false)
    draft.hasBiases = false
    try draft.beginStack()
    var x = try draft.normalizedEmbedding(positions: false)
    let attention = try draft.turnedAttention()
    for block in draft.blocks() { x = try draft.encoderBlock(block, x, attention) }
    draft.projectedVocabulary(x)
  }
}

extension Draft {
  /// Attention whose queries and keys are turned by their positions.
  fileprivate mutating func turnedAttention() throws -> AttentionParts {
    // The first block's queries show the width, which nothing has shown yet where there is an embedding projection.
    _ = claims.claim("block.0.attention.query.weight", .size(.width), .size(.width))
    return AttentionParts(angles: angles(width: max(1, size(.width) / (try heads()))))
  }
}
