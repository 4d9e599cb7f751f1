import Bytes

extension Design {
  /// XLNet (Yang and others 2019) as an encoder: the blocks of BERT, whose attention knows distances and segments as
  /// Transformer-XL does (transformers 4.38.2, `modeling_xlnet.py`).
  ///
  /// This is its content stream, in which each token sees itself. What predicts a token without seeing it, the query stream of
  /// `perm_mask` and `target_mapping`, begins with `embedding.mask.weight` and is not computed; nor are memories of earlier
  /// texts, `mems`.
  static let xlnet = Design(
    "xlnet", reads: ["epsilon", "activation", "mask", "relative.distance", "padding"]
  ) { draft in
    try draft.beginStack(padding: Padding(token: 5, sparesFirst: false, sight: .othersAndItself))
    var x = draft.embedded(try draft.tokenAndSegmentTables(), point: .embeddingToken)
    _ = draft.claims.claim("embedding.mask.weight", .size(.width))
    let distance = try draft.settings.valueIfSaid(of: .relativeDistanceIfPositive).flatMap { $0 > 0 ? $0 : nil }
    let waves = draft.append(
      .waves(Waves(source: .input, width: draft.size(.width), largestDistance: distance)), [],
      along: .distances(.input), features: .size(.width))
    for block in draft.blocks() {
      x = try draft.encoderBlock(block, x, draft.wavedAttention(block + "attention", waves))
    }
    if draft.has("lm.") { draft.languageModel(x) }
  }
}

extension Draft {
  /// Attention with the weights that a block has for distances and segments.
  fileprivate mutating func wavedAttention(_ part: Part, _ waves: Value) throws -> AttentionParts {
    let width = Extent.size(.width)
    let projected = linear("\(part.weights).position", waves, to: width, hasBias: false)
    let terms = WaveTerms(
      contentBias: claims.claim("\(part.weights).content.bias", .size(.heads), .size(.head)),
      positionBias: claims.claim("\(part.weights).position.bias", width),
      segments: WaveTerms.Segments(
        bias: claims.claim("\(part.weights).segment.bias", width),
        weight: claims.claim("\(part.weights).segment.weight", .fixed(2), width)))
    if let heads = claims.sizes[.heads], let head = claims.sizes[.head], let features = claims.sizes[.width],
      features.isMultiple(of: heads), features / heads != head
    {
      throw Problem(
        .mismatched, file: file, object: "\(part.weights).content.bias",
        found: "\(heads) heads of \(head) features", expected: "heads that share out the width \(features)")
    }
    return AttentionParts(biases: [], terms: .waves(terms), termInputs: [projected])
  }
}
