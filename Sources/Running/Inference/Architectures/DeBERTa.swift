import Bytes

extension Design {
  /// DeBERTa (He and others 2021): the blocks of BERT, whose queries and keys look at the vectors of distances too
  /// (transformers 4.38.2, `modeling_deberta.py`).
  ///
  /// Padding is zeros after the embedding, and sees nothing.
  static let deberta = Design(
    "deberta",
    reads: ["heads", "epsilon", "activation", "relative.terms", "relative.distance", "length", "embedding.position"]
  ) { draft in
    var parts = AttentionParts()
    parts.biases = [.query, .value, .output]
    parts.isJoint = true
    try draft.disentangledEncoder(parts)
  }

  /// DeBERTa V2 and V3 (He and others 2021 and 2023): distances in buckets, whose vectors the matrices of the contents project
  /// too, and a convolution beside the first block, where weights show one (`modeling_deberta_v2.py`).
  static let debertaV2 = Design(
    "deberta-v2",
    reads: [
      "heads", "epsilon", "activation", "relative.terms", "relative.distance", "relative.buckets", "length",
      "relative.shared", "relative.norm", "embedding.position", "convolution.activation",
    ]
  ) { draft in try draft.disentangledEncoder(AttentionParts()) }
}

extension Draft {
  fileprivate mutating func disentangledEncoder(_ parts: AttentionParts) throws {
    try beginStack(mask: AttentionMask.none, padding: Padding(sight: .nothing))
    var x = append(.clearPadding(ClearPadding()), try normalizedEmbedding(positions: addsPositions()))
    let vectors = try vectorsOfDistances()
    for block in blocks() {
      let y = try encoderBlock(block, x, disentangled(parts, block + "attention", vectors))
      x = block.block == 0 && has("convolution.") ? try convolved(x, beside: y) : y
    }
    try maskedLanguageModel(x)
  }

  /// Whether the positions of tokens are added to the embedding; else the table may be there, and is for training alone.
  private mutating func addsPositions() throws -> Bool {
    if try value(of: .embeddingHasPositions) { return true }
    if has("embedding.position.") { _ = try positionTable() }
    return false
  }

  /// The rows of the table of distances, normalised where a setting says so.
  private mutating func vectorsOfDistances() throws -> Value {
    let weight = claims.claim("embedding.relative.weight", .size(.distances), .size(.width))
    let vectors = table(weight, rows: size(.distances), features: .size(.width))
    guard try value(of: .relativeNorm) == .layer else { return vectors }
    return try normalized("embedding.relative.norm", vectors, epsilon: value(of: .epsilon), isObserved: false)
  }

  /// Attention of a block, which projects the vectors of distances to keys and queries: by matrices for them alone, or by those that
  /// project the contents.
  private mutating func disentangled(_ parts: AttentionParts, _ part: Part, _ vectors: Value) throws -> AttentionParts {
    let (chosen, isShared) = (try value(of: .relativeTerms), try value(of: .sharesRelativeProjections))
    func projected(_ kind: String, _ term: RelativeTerms, _ draft: inout Draft) -> Value? {
      guard chosen == .both || chosen == term else { return nil }
      let own = "\(part.weights).position.\(kind)"
      return draft.linear(
        isShared ? "\(part.weights).\(kind)" : own, vectors, to: .size(.width),
        hasBias: isShared || draft.claims.hasWeight("\(own).bias"))
    }
    let (keys, queries) = (projected("key", .c2p, &self), projected("query", .p2c, &self))
    var parts = parts
    parts.termInputs = [keys, queries].compactMap { $0 }
    parts.termsInScale = 1 + parts.termInputs.count
    parts.terms = .disentangled(
      DisentangledTerms(hasKeys: keys != nil, hasQueries: queries != nil, buckets: try logarithmicBuckets()))
    return parts
  }

  /// The buckets of distances, where a setting says how many there are; else the table has two rows for each distance.
  private func logarithmicBuckets() throws -> LogarithmicBuckets? {
    func positive(_ setting: Setting<Int>) throws -> Int? {
      try settings.valueIfSaid(of: setting).flatMap { $0 > 0 ? $0 : nil }
    }
    let distance = try positive(.relativeDistanceIfPositive) ?? settings.valueIfSaid(of: .length) ?? 0
    let count = try positive(.relativeBuckets)
    guard let rows = claims.sizes[.distances] else { return nil }  // the claim of the table reports why
    guard rows.isMultiple(of: 2), rows / 2 == count ?? distance else {
      throw Problem(
        .mismatched, file: file,
        object: "the setting \(count == nil ? "relative.distance" : "relative.buckets")",
        found: "\(count ?? distance)", expected: "half as many as embedding.relative.weight has rows, \(rows)")
    }
    guard let count else { return nil }
    guard count > 1, (count / 2 + 2...largestDistance).contains(distance) else {
      throw Problem(
        .mismatched, file: file, object: "the setting relative.distance", found: "\(distance)",
        expected: "\(count / 2 + 2) to \(largestDistance), more than the distances with a bucket each")
    }
    return LogarithmicBuckets(count: count, largestDistance: distance)
  }

  /// What a convolution makes of the input of a block, added to its output and normalised.
  private mutating func convolved(_ x: Value, beside y: Value) throws -> Value {
    let weight = claims.claim("convolution.weight", .size(.width), .size(.group), .size(.kernel))
    let (width, group, taps) = (size(.width), size(.group), size(.kernel))
    guard width.isMultiple(of: group), !taps.isMultiple(of: 2) else {
      throw Problem(
        .mismatched, file: file, object: "convolution.weight", found: "\(taps) taps over groups of \(group) features",
        expected: "an odd number of taps, and groups that share out the width \(width)")
    }
    let convolution = Convolve(
      weight: weight, bias: claims.claim("convolution.bias", .size(.width)),
      activation: try value(of: .convolutionActivation))
    let z = try normalized(
      "convolution.norm", y, adding: append(.convolve(convolution), x), epsilon: value(of: .epsilon))
    return append(.clearPadding(ClearPadding()), z)
  }
}
