import Bytes

/// The position schemes of architectures, made of their weights and settings.
extension Assembly {
  /// A vector for each position, or for each two where a setting stretches them.
  static func learnedPositions(_ assembly: inout Assembly) throws -> any PositionScheme {
    let table = assembly.claims.claim("embedding.position.weight", .size(.positions), assembly.embeddingWidth)
    guard let coarseness = try assembly.configuration.checkedCoarseness(of: assembly.file) else {
      return LearnedPositions(table: table)
    }
    return HierarchicalPositions(table: table, coarseness: coarseness)
  }

  /// A vector for each distance; computed where no weight holds them, for they are not trained.
  static func relativePositions(_ assembly: inout Assembly) throws -> any PositionScheme {
    let largest = try assembly.configuration.checkedDistance(of: assembly.file)
    // The first block's queries show the width, which nothing has shown yet where there is an embedding projection.
    _ = assembly.claims.claim("block.0.attention.query.weight", .size(.width), .size(.width))
    let width = max(1, (assembly.claims.sizes[.width] ?? 1) / assembly.headCount)
    guard assembly.claims.hasWeights("attention.relative.") else {
      return RelativePositions(sinusoidUpTo: largest, width: width)
    }
    return RelativePositions(
      table: assembly.claims.claim("attention.relative.weight", .fixed(2 * largest + 1), .fixed(width)))
  }

  /// Nothing, in the embeddings of an architecture that has a vector for tokens to be predicted, which is not computed with.
  static func positionsOfContent(_ assembly: inout Assembly) -> any PositionScheme {
    _ = assembly.claims.claim("embedding.mask.weight", .size(.width))
    return NoPositions()
  }

  /// A sinusoid of distances, and segments, with weights of every block.
  static func xlnetPositions(_ assembly: inout Assembly, attention: String) throws -> any PositionScheme {
    let width = WeightClaims.Extent.size(.width)
    let positions = XLNetPositions(
      projection: assembly.claims.claim("\(attention).position.weight", width, width),
      contentBias: assembly.claims.claim("\(attention).content.bias", .size(.heads), .size(.headWidth)),
      positionBias: assembly.claims.claim("\(attention).position.bias", width),
      largestDistance: assembly.configuration.relativeDistance.flatMap { $0 > 0 ? $0 : nil },
      segments: XLNetPositions.Segments(
        bias: assembly.claims.claim("\(attention).segment.bias", width),
        weight: assembly.claims.claim("\(attention).segment.weight", .fixed(2), width)))
    let sizes = assembly.claims.sizes
    guard let heads = sizes[.heads], let headWidth = sizes[.headWidth], let features = sizes[.width],
      features.isMultiple(of: heads), features / heads != headWidth
    else { return positions }
    throw Problem(
      .mismatched, file: assembly.file, object: "\(attention).content.bias",
      found: "\(heads) heads of \(headWidth) features", expected: "heads that share out the width \(features)")
  }

  /// A vector for each position, where a setting says that it is added; else it may be there and is for training alone.
  static func optionalPositions(_ assembly: inout Assembly) throws -> any PositionScheme {
    if assembly.configuration.embeddingHasPositions { return try learnedPositions(&assembly) }
    if assembly.claims.hasWeights("embedding.position.") { _ = try learnedPositions(&assembly) }
    return NoPositions()
  }

  /// Vectors of distances that every block projects to keys and queries, by matrices for them alone, or by those that project
  /// the contents.
  static func disentangledPositions(_ assembly: inout Assembly, attention: String) throws -> any PositionScheme {
    func projection(_ kind: String, _ terms: RelativeTerms) -> Linear? {
      guard [.both, terms].contains(assembly.configuration.relativeTerms) else { return nil }
      let own = "\(attention).position.\(kind)"
      let isShared = assembly.configuration.sharesRelativeProjections
      return assembly.linear(
        isShared ? "\(attention).\(kind)" : own, .size(.width), .size(.width),
        hasBias: isShared || assembly.claims.hasWeight("\(own).bias"))
    }
    let table = assembly.claims.claim("embedding.relative.weight", .size(.distances), .size(.width))
    return DisentangledPositions(
      table: table,
      norm: assembly.configuration.normalizesRelative ? assembly.norm("embedding.relative.norm", .size(.width)) : nil,
      key: projection("key", .c2p), query: projection("query", .p2c), buckets: try assembly.logarithmicBuckets())
  }

  /// The buckets of distances, where a setting says how many there are; else the table has two rows for each distance.
  private func logarithmicBuckets() throws -> LogarithmicBuckets? {
    let distance = configuration.relativeDistance.flatMap { $0 > 0 ? $0 : nil } ?? configuration.length ?? 0
    let count = configuration.relativeBuckets.flatMap { $0 > 0 ? $0 : nil }
    guard let rows = claims.sizes[.distances] else { return nil }  // the claim of the table reports why
    guard rows.isMultiple(of: 2), rows / 2 == count ?? distance else {
      throw Problem(
        .mismatched, file: file,
        object: "the setting \(count == nil ? "relative.distance" : "relative.buckets")",
        found: "\(count ?? distance)", expected: "half as many as embedding.relative.weight has rows, \(rows)")
    }
    guard let count else { return nil }
    guard count > 1, (count / 2 + 2...Configuration.largestDistance).contains(distance) else {
      throw Problem(
        .mismatched, file: file, object: "the setting relative.distance", found: "\(distance)",
        expected: "\(count / 2 + 2) to \(Configuration.largestDistance), more than the distances with a bucket each")
    }
    return LogarithmicBuckets(count: count, largestDistance: distance)
  }

  /// A number for each head and bucket of distances.
  mutating func bucketPositions(_ stack: String, bothWays: Bool) throws -> any PositionScheme {
    let table = claims.claim("\(stack).attention.relative.weight", .size(.buckets), .size(.heads))
    let buckets = Buckets(
      count: claims.sizes[.buckets] ?? 32, largestDistance: try configuration.checkedDistance(of: file),
      bothWays: bothWays)
    guard buckets.exact > 0, buckets.largestDistance > buckets.exact else {
      throw Problem(
        .mismatched, file: file, object: "\(stack).attention.relative.weight", found: "\(buckets.count) buckets",
        expected: "at least 4, of which a quarter or a half is less than relative.distance, \(buckets.largestDistance)")
    }
    return BucketPositions(table: table, buckets: buckets)
  }
}
