import Tensors

extension Design {
  /// NEZHA (Wei and others 2019): a BERT with relative positions in keys and values (bert4keras 0.11.5,
  /// `models.py:949-1110`).
  static let nezha = Design(
    "nezha",
    reads: [
      "heads", "relative.distance", "embedding.epsilon", "block.epsilon", "mlm.epsilon", "activation", "mask",
      "pooler.activation", "segment.shared", "attention.residual",
    ]
  ) { draft in
    try draft.beginStack()
    var x = try draft.normalizedEmbedding(positions: false)
    let attention = AttentionParts(terms: .clipped(ClippedTerms()), termInputs: [try draft.vectorsOfDistances()])
    for block in draft.blocks() { x = try draft.encoderBlock(block, x, attention) }
    try draft.pooler(x)
    try draft.maskedLanguageModel(x)
  }
}

extension Draft {
  /// A vector for each distance; computed where no weight holds them, for they are not trained: row r is the sinusoid of
  /// Vaswani and others 2017 for position r, rounded to float32 (bert4keras 0.11.5, `models.py:1068-1090`).
  fileprivate mutating func vectorsOfDistances() throws -> Value {
    let rows = 2 * (try value(of: .relativeDistance)) + 1
    // The first block's queries show the width, which nothing has shown yet where there is an embedding projection.
    _ = claims.claim("block.0.attention.query.weight", .size(.width), .size(.width))
    let width = max(1, size(.width) / (try heads()))
    let name = "attention.relative.weight"
    let weight =
      has("attention.relative.")
      ? claims.claim(name, .fixed(rows), .fixed(width))
      : Weight(name, Sinusoid(positions: rows, width: width, .adjacent)!.table)
    return table(weight, rows: rows, features: .fixed(width))
  }
}
