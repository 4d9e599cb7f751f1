import Bytes

extension Design {
  /// T5 1.0 (Raffel and others 2020): encoder, decoder or both, pre-norm, without biases, with unscaled scores and
  /// bucketed positions (bert4keras 0.11.5, `models.py:1972-2592`).
  static let t5 = Design("t5", reads: ["epsilon", "activation", "relative.distance", "cross.position"]) { draft in
    if let x = try draft.encoderAndDecoder(hasGate: false) { draft.languageModel(x, isScaled: true) }
  }

  /// T5 1.1 and mT5 (Shazeer 2020; Xue and others 2021): with a gate in the feed-forward layers, and an output matrix of its
  /// own.
  static let t5Gated = Design(
    "t5-gated", reads: ["epsilon", "activation", "relative.distance", "cross.position", "lm.scaled", "lm.tied"]
  ) { draft in
    if let x = try draft.encoderAndDecoder(hasGate: true) { try draft.separateLanguageModel(x) }
  }
}

extension Draft {
  /// Both stacks, as far as weights show them.
  ///
  /// - Returns: The features of the decoder; nil where there is none.
  fileprivate mutating func encoderAndDecoder(hasGate: Bool) throws -> Value? {
    norm = NormParts(kind: .rootMeanSquare, hasBeta: false)
    hasBiases = false
    var encoded: Value?
    if has("encoder.") || !has("decoder.") { encoded = try encoder(hasGate: hasGate) }
    features = encoded
    guard has("decoder.") else { return nil }
    return try decoder(of: encoded, hasGate: hasGate)
  }

  private mutating func encoder(hasGate: Bool) throws -> Value {
    try beginStack("encoder", mask: AttentionMask.none)
    let attention = try bucketedAttention("encoder", bothWays: true)
    var x = embedded([Embed.Table(tokenTable(), by: .token)], point: Point("encoder.embedding.token"))
    for block in blocks("encoder.") {
      x = try sublayer(block + "attention", x, .pre) { try $0.attention(block + "attention", $1, attention) }
      x = try sublayer(block + "feedforward", x, .pre) {
        try $0.feedForward(block + "feedforward", $1, hasGate: hasGate)
      }
    }
    return try normalized("encoder.norm", x, epsilon: value(of: .epsilon))
  }

  /// - Parameter encoded: What the encoder made of its tokens; nil where somebody else's did.
  private mutating func decoder(of encoded: Value?, hasGate: Bool) throws -> Value {
    try beginStack("decoder", of: encoded == nil ? .input : .decoder, mask: .lm)
    let attention = try bucketedAttention("decoder", bothWays: false)
    var cross = attention
    if try !value(of: .crossHasPositions) { (cross.terms, cross.termInputs) = (.none, []) }
    let others =
      encoded ?? append(.given(Given(part: .context)), [], along: .tokens(.context), features: .size(.width))
    var x = embedded([Embed.Table(tokenTable(), by: .token)], point: Point("decoder.embedding.token"))
    for block in blocks("decoder.") {
      x = try sublayer(block + "attention", x, .pre) { try $0.attention(block + "attention", $1, attention) }
      x = try sublayer(block + "cross", x, .pre) { try $0.attention(block + "cross", $1, to: others, cross) }
      x = try sublayer(block + "feedforward", x, .pre) {
        try $0.feedForward(block + "feedforward", $1, hasGate: hasGate)
      }
    }
    return try normalized("decoder.norm", x, epsilon: value(of: .epsilon))
  }

  /// Unscaled attention, to whose scores a number is added for each head and bucket of distances.
  private mutating func bucketedAttention(_ stack: String, bothWays: Bool) throws -> AttentionParts {
    let name = "\(stack).attention.relative.weight"
    let weight = claims.claim(name, .size(.buckets), .size(.heads))
    let buckets = Buckets(
      count: claims.sizes[.buckets] ?? 32, largestDistance: try value(of: .relativeDistance), bothWays: bothWays)
    guard buckets.exact > 0, buckets.largestDistance > buckets.exact else {
      throw Problem(
        .mismatched, file: file, object: name, found: "\(buckets.count) buckets",
        expected: "at least 4, of which a quarter or a half is less than relative.distance, \(buckets.largestDistance)")
    }
    return AttentionParts(
      inner: .size(.attention), isScaled: false, terms: .buckets(BucketTerms(buckets)),
      termInputs: [table(weight, rows: buckets.count, features: .size(.heads))])
  }
}
