extension Design {
  /// ELECTRA (Clark and others 2020): a BERT that tells which tokens have been replaced (bert4keras 0.11.5,
  /// `models.py:1427-1494`).
  static let electra = Design(
    "electra", reads: ["heads", "epsilon", "activation", "hierarchical", "segment.shared", "attention.residual"]
  ) { draft in
    try draft.beginStack(mask: AttentionMask.none)
    var x = try draft.normalizedEmbedding()
    for block in draft.blocks() { x = try draft.encoderBlock(block, x) }
    try draft.discriminator(x)
  }
}
