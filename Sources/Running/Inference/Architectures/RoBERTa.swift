extension Design {
  /// RoBERTa (Liu and others 2019), XLM-R and CamemBERT: a BERT whose positions begin behind the padding token, and pass over it
  /// (transformers 4.38.2, `modeling_roberta.py`).
  static let roberta = Design(
    "roberta", reads: ["heads", "epsilon", "activation", "pooler.activation", "position.padding"]
  ) { draft in
    try draft.beginStack(mask: AttentionMask.none, positions: .behindPadding)
    var x = try draft.normalizedEmbedding()
    for block in draft.blocks() { x = try draft.encoderBlock(block, x) }
    try draft.pooler(x)
    try draft.maskedLanguageModel(x)
  }
}
