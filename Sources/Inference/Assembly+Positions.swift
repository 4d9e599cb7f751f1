import Bytes

/// The position schemes of architectures, made of their weights and settings.
extension Assembly {
  /// A vector for each position.
  static func learnedPositions(_ assembly: inout Assembly) -> any PositionScheme {
    LearnedPositions(
      table: assembly.claims.claim("embedding.position.weight", .size(.positions), assembly.embeddingWidth))
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
