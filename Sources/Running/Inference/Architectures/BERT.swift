extension Design {
  /// BERT (Devlin and others 2018): learned positions, post-norm blocks, a pooler, and a masked language model.
  ///
  /// The Chinese RoBERTa, WoBERT, SimBERT and LaBSE are weights of the same computation (bert4keras 0.11.5, `models.py:408-788`).
  static let bert = Design(
    "bert",
    reads: [
      "heads", "epsilon", "activation", "mask", "pooler.activation", "hierarchical", "segment.shared",
      "attention.residual", "condition.activation",
    ]
  ) { draft in
    try draft.beginStack()
    var x = try draft.normalizedEmbedding()
    for block in draft.blocks() { x = try draft.encoderBlock(block, x) }
    try draft.pooler(x)
    try draft.maskedLanguageModel(x)
  }
}

extension Draft {
  /// A block of BERT: attention and feed-forward layers, each added to its input and normalised.
  mutating func encoderBlock(
    _ block: Part, _ x: Value, _ attention: AttentionParts = AttentionParts()
  ) throws -> Value {
    let y = try sublayer(block + "attention", x, .post) { try $0.attention(block + "attention", $1, attention) }
    return try sublayer(block + "feedforward", y, .post) { try $0.feedForward(block + "feedforward", $1) }
  }
}
