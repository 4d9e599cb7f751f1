extension Design {
  /// GPT (Radford and others 2018): the blocks of BERT, causal, on embeddings that nothing normalises (bert4keras 0.11.5,
  /// `models.py:1497-1613`).
  static let gpt = Design(
    "gpt", reads: ["heads", "epsilon", "activation", "padding.zero", "hierarchical", "segment.shared"]
  ) { draft in
    try draft.beginStack(mask: .lm)
    var x = draft.embedded(try draft.tokenAndSegmentTables() + [draft.positionTable()], point: .embeddingSum)
    for block in draft.blocks() { x = try draft.encoderBlock(block, x) }
    draft.languageModel(x)
  }

  /// GPT-2 (Radford and others 2019): normalises before each sublayer and once at the end (`models.py:1616-1778`).
  static let gpt2 = Design(
    "gpt2",
    reads: [
      "heads", "epsilon", "activation", "padding.zero", "hierarchical", "attention.scaled", "attention.by-depth",
    ]
  ) { draft in
    try draft.beginStack(mask: .lm)
    var x = draft.embedded(try draft.tokenAndSegmentTables() + [draft.positionTable()], point: .embeddingSum)
    for block in draft.blocks() {
      x = try draft.sublayer(block + "attention", x, .pre) { try $0.attention(block + "attention", $1) }
      x = try draft.sublayer(block + "feedforward", x, .pre) { try $0.feedForward(block + "feedforward", $1) }
    }
    draft.languageModel(try draft.normalized("norm", x, epsilon: draft.value(of: .epsilon)))
  }

  /// GPT2-ML (Zhang 2019, after Grover, Zellers and others 2019): attention without a normalisation of its own, and two
  /// around the feed-forward layers, the second after the residual (`models.py:1781-1969`).
  static let gpt2ML = Design("gpt2-ml", reads: ["heads", "epsilon", "activation", "hierarchical"]) { draft in
    try draft.beginStack(mask: .lm)
    var x = try draft.normalizedEmbedding()
    for block in draft.blocks() {
      x = try draft.sublayer(block + "attention", x, .none) { try $0.attention(block + "attention", $1) }
      x = try draft.sublayer(block + "feedforward", x, .pre) { try $0.feedForward(block + "feedforward", $1) }
      x = try draft.normalized(block.weights + ".norm", x, epsilon: draft.value(of: .epsilon))
    }
    draft.languageModel(x)
  }
}
