extension Design {
  /// GAU-α (Su and others 2022): gated attention units with rotary positions, and the embedding and norms of RoFormerV2.
  ///
  /// bert4keras has the unit (`layers.py:580-712`) and no model of it; the model is the one that its author published.
  static let gau = Design("gau", reads: ["epsilon", "activation", "attention.normalization", "mask"]) { draft in
    draft.norm = Draft.NormParts(kind: .rootMeanSquare, hasGamma: false, hasBeta: false)
    draft.hasBiases = false
    try draft.beginStack()
    var x = try draft.normalizedEmbedding(positions: false)
    // The first block's scales show the width of queries and keys.
    _ = draft.claims.claim("block.0.attention.query.gamma", .size(.key))
    let angles = draft.angles(width: draft.size(.key))
    for block in draft.blocks() {
      x = try draft.sublayer(block + "attention", x, .post) {
        try $0.gatedAttention(block + "attention", $1, turnedBy: angles)
      }
    }
    draft.projectedVocabulary(x)
  }
}

extension Draft {
  /// Attention and feed-forward layers in one: the mixed values of a single head, gated (Hua and others 2022, "Transformer
  /// Quality in Linear Time").
  ///
  ///     [u, v, z] = f(W x + b),   q = γ_q z + β_q,   k = γ_k z + β_k,   y = W_o (u ⊙ Σ A v)
  ///
  /// (bert4keras 0.11.5, `layers.py:580-712`)
  fileprivate mutating func gatedAttention(_ part: Part, _ x: Value, turnedBy angles: Value) throws -> Value {
    let hasBias = claims.hasWeight(part.weights + ".intermediate.bias")
    func scaled(_ name: String, _ claims: inout WeightClaims) -> Operation {
      .scaleFeatures(
        ScaleFeatures(
          gamma: claims.claim("\(part.weights).\(name).gamma", .size(.key)),
          beta: hasBias ? claims.claim("\(part.weights).\(name).beta", .size(.key)) : nil))
    }
    let (query, key) = (scaled("query", &claims), scaled("key", &claims))
    _ = claims.claim(part.weights + ".output.weight", .size(.width), .size(.units))
    let (units, width) = (size(.units), size(.key))
    let h = linear(
      part.weights + ".intermediate", x, to: .fixed(2 * units + width), hasBias: hasBias,
      activation: try value(of: .activation))
    let (u, v) = (slice(h, 0..<units, .size(.units)), slice(h, units..<2 * units, .size(.units)))
    let z = slice(h, 2 * units..<2 * units + width, .size(.key))
    let (q, k) = (append(query, z), append(key, z))
    let turn = Operation.turn(Turn(heads: 1))
    let mixed = try attend(
      append(turn, q, angles), append(turn, k, angles), v,
      Attend(slot: nextAttention(), heads: 1, divisor: width, normalization: value(of: .attentionNormalization)))
    return linear(
      part.weights + ".output", append(.multiply(Multiply()), mixed, u), to: x.features, hasBias: hasBias,
      point: Point(part.point + ".output"))
  }

  private mutating func slice(_ x: Value, _ range: Range<Int>, _ features: Extent) -> Value {
    append(.slice(Slice(range: range)), [x], along: x.axis, features: features)
  }
}
