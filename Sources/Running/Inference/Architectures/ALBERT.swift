extension Design {
  /// ALBERT (Lan and others 2020): a BERT whose blocks are one block, run several times, after a narrow embedding
  /// (bert4keras 0.11.5, `models.py:791-906`).
  static let albert = Design(
    "albert",
    reads: [
      "blocks", "heads", "embedding.epsilon", "block.epsilon", "mlm.epsilon", "activation", "mask", "pooler.activation",
      "hierarchical", "segment.shared", "attention.residual",
    ]
  ) { draft in
    try draft.beginStack()
    var x = try draft.normalizedEmbedding()
    for block in try draft.sharedBlocks() { x = try draft.encoderBlock(block, x) }
    try draft.pooler(x)
    try draft.maskedLanguageModel(x)
  }
}
