import Bytes

extension Design {
  /// MPNet (Song and others 2020): a RoBERTa without segments, to whose scores a number is added for each head and bucket of
  /// distances, the same in all blocks (transformers 4.38.2, `modeling_mpnet.py`).
  static let mpnet = Design("mpnet", reads: ["epsilon", "activation", "pooler.activation", "position.padding"]) {
    draft in
    try draft.beginStack(mask: AttentionMask.none, positions: .behindPadding)
    var x = try draft.normalizedEmbedding()
    let attention = try draft.attentionByDistance()
    for block in draft.blocks() { x = try draft.encoderBlock(block, x, attention) }
    try draft.pooler(x)
    try draft.maskedLanguageModel(x)
  }
}

extension Draft {
  /// Scaled attention with T5's buckets of both directions, of which the last begins at 128.
  fileprivate mutating func attentionByDistance() throws -> AttentionParts {
    let name = "attention.relative.weight"
    let weight = claims.claim(name, .size(.buckets), .size(.heads))
    let buckets = Buckets(count: claims.sizes[.buckets] ?? 32, largestDistance: 128, bothWays: true)
    guard buckets.exact > 0, buckets.exact < buckets.largestDistance else {
      throw Problem(
        .mismatched, file: file, object: name, found: "\(buckets.count) buckets", expected: "4 to 511")
    }
    return AttentionParts(
      terms: .buckets(BucketTerms(buckets)),
      termInputs: [table(weight, rows: buckets.count, features: .size(.heads))])
  }
}
